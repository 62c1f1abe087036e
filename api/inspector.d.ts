// The API of @mortise/inspector. Written by `pnpm api`.
// entry . index.d.ts

// ---- compare.d.ts
import type { Plain } from './plain.ts';
import type { RunSpan } from './runs.ts';
export interface Pair {
    readonly left?: RunSpan;
    readonly right?: RunSpan;
    readonly depth: number;
    readonly differences: readonly Difference[];
}
export interface Difference {
    readonly path: string;
    readonly part: 'outcome' | 'attributes' | 'content';
    readonly left?: Plain;
    readonly right?: Plain;
}
export declare function compareRuns(left: RunSpan, right: RunSpan): Pair[];

// ---- export.d.ts
import type { RecordingLine } from './format.ts';
import type { Run } from './runs.ts';
export declare function recordingOf({ root, session }: Run): RecordingLine[];

// ---- format.d.ts
import type { Plain } from './plain.ts';
export interface Header {
    readonly format: 'mortise-runs';
    readonly version: 1;
    readonly session: string;
    readonly startedAt: number;
    readonly content: boolean;
}
export interface RecordedError {
    name: string;
    message?: string;
    code?: string;
    status?: number;
    provider?: string;
    server?: string;
    model?: string;
    retryable?: boolean;
    requestId?: string;
    retryAfterMs?: number;
    position?: number;
    path?: string;
    cause?: RecordedError;
    partial?: Plain;
}
export interface RecordedEvent {
    readonly phase: 'start' | 'end' | 'error' | 'point';
    readonly name: string;
    readonly spanId: string;
    readonly parentId?: string;
    readonly time: number;
    readonly durationMs?: number;
    readonly attributes: Readonly<Record<string, Plain>>;
    readonly content?: Readonly<Record<string, Plain>>;
    readonly error?: RecordedError;
}
export type RecordingLine = Header | RecordedEvent;
export interface Recording {
    readonly lines: readonly RecordingLine[];
    readonly unreadable: number;
}
export declare function readRecording(text: string): Recording;

// ---- index.d.ts
export { inspect, type InspectOptions, type Inspector } from './inspect.ts';
export { recordRuns, type RecordingBounds, type RecordOptions, type RunRecorder } from './recorder.ts';
export { readRecording, type Header, type RecordedError, type RecordedEvent, type Recording, type RecordingLine, } from './format.ts';
export { compareRuns, type Difference, type Pair } from './compare.ts';
export { recordingOf } from './export.ts';
export { stepsOf, type Step } from './steps.ts';
export type { Plain } from './plain.ts';
export { flatten, runsOf, totalsOf, type Row, type Run, type RunPoint, type RunSpan, type SpanStatus, type Tokens, type Totals, } from './runs.ts';

// ---- inspect.d.ts
import type { MortiseError } from '@mortise/core';
import type { RecordingBounds } from './recorder.ts';
export interface InspectOptions extends RecordingBounds {
    content?: boolean | undefined;
    port?: number | undefined;
    folder?: string | undefined;
    maxBytes?: number | undefined;
    hold?: boolean | undefined;
    onError?: ((error: MortiseError) => void) | undefined;
    signal?: AbortSignal | undefined;
}
export interface Inspector {
    readonly url: string;
    stop(): Promise<void>;
}
export declare function inspect(given?: InspectOptions): Promise<Inspector>;

// ---- plain.d.ts
export type Plain = null | boolean | number | string | Plain[] | {
    [key: string]: Plain;
};

// ---- recorder.d.ts
import type { MortiseError } from '@mortise/core';
export interface RecordingBounds {
    maxFileBytes?: number | undefined;
    maxFiles?: number | undefined;
}
export interface RecordOptions extends RecordingBounds {
    folder?: string | undefined;
    content?: boolean | undefined;
    onError?: ((error: MortiseError) => void) | undefined;
}
export interface RunRecorder {
    readonly folder: string;
    flush(): Promise<void>;
    stop(): Promise<void>;
}
export declare function recordRuns(given?: RecordOptions): RunRecorder;

// ---- runs.d.ts
import type { Header, RecordedError, RecordingLine } from './format.ts';
import type { Plain } from './plain.ts';
export type SpanStatus = 'running' | 'ok' | 'error' | 'aborted';
export interface RunPoint {
    readonly name: string;
    readonly time: number;
    readonly attributes: Readonly<Record<string, Plain>>;
}
export interface RunSpan {
    readonly key: string;
    readonly spanId: string;
    readonly name: string;
    readonly startedAt: number;
    readonly durationMs?: number | undefined;
    readonly status: SpanStatus;
    readonly attributes: Readonly<Record<string, Plain>>;
    readonly content?: Readonly<Record<string, Plain>> | undefined;
    readonly error?: RecordedError | undefined;
    readonly points: readonly RunPoint[];
    readonly children: readonly RunSpan[];
}
export interface Run {
    readonly id: string;
    readonly root: RunSpan;
    readonly session: Header;
    readonly revision: number;
}
export interface Totals {
    readonly spans: number;
    readonly errors: number;
    readonly retries: number;
    readonly warnings: number;
    readonly cacheHits: number;
    readonly waitedMs: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cost?: number;
    readonly firstTokenMs?: number;
}
export declare function runsOf(lines: readonly RecordingLine[]): Run[];
export interface Row {
    readonly span: RunSpan;
    readonly depth: number;
}
export declare function flatten(root: RunSpan, closed?: ReadonlySet<string>): Row[];
export declare function totalsOf(root: RunSpan): Totals;
export declare function firstTokenMs({ attributes, points, startedAt }: RunSpan): number | undefined;
export interface Tokens {
    readonly inputTokens: number;
    readonly outputTokens: number;
}

// ---- steps.d.ts
import type { RunSpan, Tokens } from './runs.ts';
export interface Step extends Tokens {
    readonly span: RunSpan;
    readonly firstTokenMs?: number;
    readonly cost?: number;
}
export declare function stepsOf(root: RunSpan): Step[];
