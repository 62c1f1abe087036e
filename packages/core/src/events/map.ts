/**
 * What happens inside Mortise, by name: a `span` takes time, a `point` does not. Later names are added here, and custom
 * code may use any name with `traced`. What each of them holds is in the guide on events. `Attributes` are plain data without content or secrets; what a user or a model
 * wrote stands in `content`, and only when a subscriber asked for it.
 */
export const EVENT_NAMES = {
  'llm.chat': 'span',
  'llm.complete': 'span',
  'first-token': 'point',
  'embedding.batch': 'span',
  'retriever.retrieve': 'span',
  'reranker.rerank': 'span',
  postprocess: 'span',
  'parser.parse': 'span',
  structured: 'span',
  'run-tools': 'span',
  'run-tools.step': 'span',
  'tool.execute': 'span',
  approval: 'point',
  'mcp.call': 'span',
  'mcp.serve': 'span',
  query: 'span',
  synthesize: 'span',
  chat: 'span',
  'ingest.run': 'span',
  'ingest.read': 'span',
  'ingest.write': 'span',
  'ingest.remove': 'span',
  retry: 'point',
  cache: 'point',
  'rate-limit': 'point',
  fallback: 'point',
  health: 'point',
  budget: 'point',
  warning: 'point',
} as const satisfies Readonly<Record<string, 'span' | 'point'>>;

/** See {@link EVENT_NAMES}. */
export type KnownEventName = keyof typeof EVENT_NAMES;

/** Readers must expect names of later versions and of applications. */
export type EventName = KnownEventName | (string & {});

/** Plain data about an event: numbers, names, counts. Never what a user or a model wrote. */
export type Attributes = { readonly [key: string]: unknown };

interface EventBase {
  /** What it is about. */
  readonly name: EventName;
  /** The operation this belongs to: `start`, `end` and `error` of one operation share it. */
  readonly spanId: string;
  /** The operation around it, if any. */
  readonly parentId?: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly attributes: Attributes;
  /** Prompts, replies, queries. Present only when a subscriber captures content. */
  readonly content?: Attributes;
}

/** An operation began. Exactly one `end` or `error` with the same `spanId` follows. */
export interface StartEvent extends EventBase {
  readonly phase: 'start';
}

/** The operation succeeded. */
export interface EndEvent extends EventBase {
  readonly phase: 'end';
  readonly durationMs: number;
}

/** The operation failed, was aborted, or was left early. */
export interface ErrorEvent extends EventBase {
  readonly phase: 'error';
  readonly durationMs: number;
  /** What was thrown: a `MortiseError`, or the caller's own abort reason. */
  readonly error: unknown;
}

/** Something without a duration: a retry, a cache hit, a warning. `spanId` is the operation it happened in. */
export interface PointEvent extends EventBase {
  readonly phase: 'point';
}

/** Everything that a subscriber gets; `phase` tells them apart. */
export type MortiseEvent = StartEvent | EndEvent | ErrorEvent | PointEvent;
