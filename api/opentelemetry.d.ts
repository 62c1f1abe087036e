// The API of @mortise/opentelemetry. Written by `pnpm api`.
// entry . index.d.ts

// ---- content.d.ts
export type Redact = (text: string, place: {
    readonly attribute: string;
    readonly event: string;
}) => string | undefined;
export interface ContentOptions {
    redact?: Redact | undefined;
    maxTextChars?: number | undefined;
    maxAttributeChars?: number | undefined;
}

// ---- index.d.ts
export type { ContentOptions, Redact } from './content.ts';
export type { CostOf } from './metrics.ts';
export { CONVENTIONS } from './names.ts';
export { reportToOpenTelemetry, type ReportOptions } from './report.ts';

// ---- metrics.d.ts
import type { Usage } from '@mortise/core';
export type CostOf = (call: {
    readonly usage: Usage;
    readonly provider: string;
    readonly model: string;
}) => number | undefined;

// ---- names.d.ts
export declare const CONVENTIONS = "1.41.0";

// ---- report.d.ts
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { ContentOptions } from './content.ts';
import type { CostOf } from './metrics.ts';
export interface ReportOptions {
    tracerProvider?: TracerProvider | undefined;
    meterProvider?: MeterProvider | undefined;
    content?: boolean | ContentOptions | undefined;
    costOf?: CostOf | undefined;
}
export declare function reportToOpenTelemetry(given?: ReportOptions): () => void;
