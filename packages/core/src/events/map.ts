/**
 * What happens inside Mortise, by name. Names of 1.0 are listed; later ones are added here, and custom code
 * may use any name with `traced`. `Attributes` are plain data without content or secrets; what a user or a model
 * wrote stands in `content`, and only when a subscriber asked for it.
 */
export type KnownEventName =
  | 'llm.chat'
  | 'llm.complete'
  | 'embedding.batch'
  | 'retriever.retrieve'
  | 'reranker.rerank'
  | 'parser.parse'
  | 'tool.execute'
  | 'query'
  | 'synthesize'
  | 'ingest.read'
  | 'ingest.run'
  | 'ingest.write'
  | 'ingest.remove'
  | 'retry'
  | 'cache'
  | 'rate-limit'
  | 'fallback'
  | 'health'
  | 'budget'
  | 'warning';

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
