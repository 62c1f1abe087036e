import type { JsonObject } from '@mortise/core';
import type { WireRequest } from '../wire.ts';

/** One event of a stream as a dialect writes it, before it is framed. */
export interface Frame {
  /** The `event` field, where the provider sends one. */
  readonly event?: string;
  readonly data: string;
  /** A line of JSON by itself (JSON Lines) instead of a server-sent event. Then `event-stream` stands in `without`. */
  readonly line?: true;
  /** A framing of the wire's own, such as AWS's in binary. Then `event-stream` and `lines` stand in `without`. */
  readonly format?: FrameFormat;
  /** The events without which the reply is cut; the first of them is where a cut goes. */
  readonly terminal?: true;
}

/** How a frame stands on the wire where it is no text. Cases change `event` and `data`, and frame what they made. */
export interface FrameFormat {
  readonly contentType: string;
  bytes(frame: Pick<Frame, 'event' | 'data'>): Uint8Array;
}

/** What every dialect says. A dialect holds no state and does no I/O. */
export interface DialectBase {
  /** Kebab case, such as `openai-responses`. */
  readonly name: string;
  /**
   * What the provider's format cannot say, and why: cases that need it are skipped with that reason. A key is
   * what a case requires, without its `wire:`. Language models: `argument-text`, `call-index`, `citations-back`,
   * `document`, `document-citations`, `error-kind`, `event-stream`, `interleaved`, `members-of-blocks`, `reasoning`, `redacted`, `request-id`,
   * `result-name`, `schema`, `several-texts`, `signature`, `tool-choice`, `tool-description`, `tool-failure`, `tool-tokens`,
   * `unknown-block`, `unplaced-citations`, `url-citations`, `usage-repeated`, and, which spare a part of a reply, `cache-read`, `cache-write`, `created`, `model`, `quote`,
   * `reasoning-tokens`.
   * Of wires that are unlike these: `argument-pieces` (a stream gives arguments as objects, or by path), `lines` (frames are no text),
   * `reply-id` (replies have no id), `blocked-prompt`, `early-reason`, `failed-end`, `part-signature`.
   * Embedding models: `float` (the API gives base64 alone), `index`, `kind`, `model`, `request-id`, `warned`. Rerankers: `model`, `request-id`, `usage`,
   * `warned`.
   */
  readonly without: Readonly<Record<string, string>>;
  /** The header of an error reply that names the request to the provider's support. Without it the case of it is skipped. */
  readonly requestId?: string;
  /**
   * The body and the headers of an error reply, as the provider writes them. It is asked for statuses beyond the
   * provider's own list too (408, 409, 529 and others, as proxies send them): there the status leads, and the body may be
   * that of any error.
   */
  failure(failure: Failure): {
    readonly body: JsonObject;
    readonly headers: Readonly<Record<string, string>>;
    /** The provider's own for a `quota` (402, say) or a `context-length` (413); no other is replaced. Default: as asked for. */
    readonly status?: number | undefined;
  };
}

/** An HTTP error. `quota` comes with 429 or what the dialect says instead, and is not a matter of waiting. */
export interface Failure {
  readonly status: number;
  readonly kind?: 'rate' | 'quota' | 'context-length' | undefined;
  readonly message: string;
}

/** A reply in nobody's format: the same for all dialects, and what a right adapter makes of it follows from it. */
export interface WireAnswer {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970, a whole number. A dialect that has no place for it says `created` in its `without`. */
  readonly created?: number | undefined;
  readonly parts: readonly AnswerPart[];
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter';
  /** By the contract's counting (L-01): parts are included in the whole. Absent: the provider says nothing. */
  readonly usage?: AnswerUsage | undefined;
}

/** Tokens by the contract's counting: parts are included in the whole. */
export interface AnswerUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** Part of `inputTokens`: what tools of the provider's own read, where it counts that apart from the prompt. */
  readonly toolTokens?: number | undefined;
}

/** What a part of a text rests on: a document of the request, or a page. */
export interface AnswerCitation {
  /** The words of the answer, and where they stand in its text, in UTF-16 units. */
  readonly words: string;
  readonly start: number;
  readonly end: number;
  readonly title?: string | undefined;
  /** The words of the source. */
  readonly quote?: string | undefined;
  /** The document's `id`, as `request.documents` read it. */
  readonly document?: string | number | undefined;
  readonly url?: string | undefined;
}

/**
 * What only the server knows, and wants back with the text or the call: members of the part as it stands on the wire. A
 * dialect that does not write them skips the cases of them; where a text is not an object of its own, they belong to the message.
 */
export type OwnMembers = JsonObject;

/** A part in the pieces that a stream brings it in; a whole reply joins them. */
export type AnswerPart =
  | {
      readonly type: 'text';
      readonly pieces: readonly string[];
      readonly members?: OwnMembers;
      /** For wires that sign texts and calls. `request.signatures` reads them too. */
      readonly signature?: string | undefined;
      /** A stream brings them behind the pieces. */
      readonly citations?: readonly AnswerCitation[];
    }
  | {
      readonly type: 'reasoning';
      readonly pieces: readonly string[];
      readonly signature?: string | undefined;
      /** Reasoning that is hidden, as base64, for wires that have it: there are no pieces then. `request.redacted` reads it. */
      readonly redacted?: string | undefined;
    }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      /** The argument text. `null` stands for the JSON null in the argument field. */
      readonly pieces: readonly string[] | null;
      readonly members?: OwnMembers;
      readonly signature?: string | undefined;
    }
  /** A block of a kind that the provider may add tomorrow. Its name must be `hologram`: it comes back as `PROVIDER:hologram`. */
  | { readonly type: 'unknown' };

/** How a stream reports usage. */
export type UsageShape =
  /** As the provider documents it. */
  | 'once'
  /** The same final counts twice. */
  | 'duplicate'
  /** Growing snapshots during the stream, the last of them right. */
  | 'cumulative';

export interface StreamShape {
  /** Default: `once`. */
  readonly usage?: UsageShape | undefined;
  /** Pieces of all parts take turns instead of one part after another. */
  readonly interleaved?: boolean | undefined;
  /** An event of an unknown kind before the terminal one. */
  readonly unknownEvent?: boolean | undefined;
  /** The finish stands with every piece of the content, as some servers send it, and the last one alone is the end. */
  readonly earlyReason?: boolean | undefined;
  /** Parallel calls that all have one index, or none, and differ by their ids, as some servers send them. */
  readonly calls?: 'one-index' | 'no-index' | undefined;
  /** Citations that do not say which part of the content they belong to. */
  readonly unplacedCitations?: boolean | undefined;
}

/** A chat API's wire format. */
export interface LLMDialect extends DialectBase {
  /** Whether a request asks for a stream. */
  streams(request: WireRequest): boolean;
  /** The body of a whole reply. */
  body(answer: WireAnswer): JsonObject;
  /** The events of a streamed one. */
  frames(answer: WireAnswer, shape?: StreamShape): readonly Frame[];
  /**
   * An error in a stream that began with 200; of a `kind`, in the words that the provider has for it. Without a `kind` it is
   * one of the server. A dialect that says the same whatever the kind skips the case of one, for its own reason if
   * `error-kind` stands in `without`.
   */
  errorFrame(message: string, kind?: Failure['kind']): Frame;
  /** The provider's own word for a finish (`finishReason.raw`). */
  finishWord(finish: WireAnswer['finish']): string;
  /**
   * The wire has no terminal event: a finish was said, and the bytes end. The last frame, which says it, is `terminal`. A reader
   * then waits for the end of the bytes, though not for ever.
   */
  readonly endsWithBytes?: true;
  /** The word in a finish's place for an end that is a failure, such as a call that the model could not write. */
  readonly failedWord?: string;
  /** The reply to a prompt that was blocked, where that is said by something else than a finish. */
  blocked?(answer: Pick<WireAnswer, 'id' | 'model' | 'usage'>): {
    readonly body: JsonObject;
    readonly frames: readonly Frame[];
  };
  /** Where a request carries what an option asks for; for the options that the wire has a field for. */
  readonly request: RequestReader;
  /** A document that the provider takes, as base64. Default: a PDF. */
  readonly document?: { readonly mediaType: string; readonly data: string };
}

/** Reads what was sent, in nobody's format. A member that is absent stands in `without`. */
export interface RequestReader {
  /**
   * The names that a request's body may hold: a setting that is sent under any other is lost at the provider, and fails a
   * case. Without it that case is skipped.
   */
  readonly members?: readonly string[];
  /** The model's name; in the request's `path`, where the wire has it there. */
  model(body: JsonObject, request: WireRequest): unknown;
  /** Role and text of each message, the system's included. Where the provider keeps the system apart, put it first. */
  messages(body: JsonObject): readonly { readonly role: string; readonly text: string }[];
  tools(body: JsonObject): readonly { readonly name: string; readonly parameters: unknown }[];
  /** What is said of each tool, in the order of the tools. Without it the case of it is skipped. */
  toolDescriptions?(body: JsonObject): readonly unknown[];
  maxOutputTokens(body: JsonObject): unknown;
  temperature?(body: JsonObject): unknown;
  topP?(body: JsonObject): unknown;
  /**
   * Whatever asks for reasoning (an effort, a budget, a switch); undefined where nothing does, and always where the wire
   * has no place for it. Without it the case of it is skipped.
   */
  reasoning?(body: JsonObject): unknown;
  /** Whatever asks for reasoning that can be read; undefined where nothing does. For wires that give it only when asked. */
  summary?(body: JsonObject): unknown;
  /** Whether a stream was asked for its counts. For wires that give them only when asked. */
  usage?(body: JsonObject): boolean;
  stop?(body: JsonObject): unknown;
  seed?(body: JsonObject): unknown;
  /** The name of the tool that is forced, or `required`, or `none`. */
  toolChoice?(body: JsonObject): unknown;
  /** The schema of a structured reply. */
  schema?(body: JsonObject): unknown;
  /** The results of tools, by the id of their call. */
  toolResults(body: JsonObject): readonly { readonly id: string; readonly text: string }[];
  /** Ids of the calls whose results were sent as failures. Without it the case of it is skipped. */
  failedResults?(body: JsonObject): readonly string[];
  /** The names of the tools whose results were sent, in their order. Without it the case of them is skipped. */
  resultNames?(body: JsonObject): readonly unknown[];
  /** For each mark of a cache point the text, or the tool's name, that it stands behind. For wires that have such marks. */
  cachePoints?(body: JsonObject): readonly string[];
  /** The documents that were given as text, in order, with the ids by which they are cited. */
  documents?(body: JsonObject): readonly { readonly id: string | number; readonly text: string }[];
  /** Calls that the assistant made before, with the arguments as JSON text. */
  toolCalls(
    body: JsonObject,
  ): readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** The first image that was sent as base64; a string is its base64 alone, where the wire says no media type. */
  image?(body: JsonObject): SentImage | string | undefined;
  /** Base64 of the first document that was sent. */
  document?(body: JsonObject): string | undefined;
  /** Signatures, of texts and calls too, or encrypted reasoning that went back. */
  signatures?(body: JsonObject): readonly string[];
  /** Reasoning that went back hidden, as base64. For wires that have it. */
  redacted?(body: JsonObject): readonly string[];
}

/** An image as it was sent. */
export interface SentImage {
  readonly mediaType: string;
  /** Base64. */
  readonly data: string;
}

/** An embedding API's wire format. */
export interface EmbeddingDialect extends DialectBase {
  /** The texts that a request asks for, in order. */
  inputs(request: WireRequest): readonly string[];
  /**
   * The inputs of a request that may hold images, in order: a text, or what stands for its blocks. Cases of models that
   * declare images need it.
   */
  blocks?(request: WireRequest): readonly SentInput[];
  /** The model's name. Without it the case of it is skipped. */
  model?(request: WireRequest): unknown;
  /** How a request wants the vectors. */
  encoding(request: WireRequest): 'float' | 'base64';
  /** The dimensions that a request asks for, if it does. */
  dimensions?(request: WireRequest): number | undefined;
  /** What the texts are, where the provider tells queries from documents. */
  kind?(request: WireRequest): 'query' | 'document' | undefined;
  /** The body of a reply. Rows come as given: shuffled, short or broken ones are for the lab to make. */
  body(rows: readonly EmbeddingRow[], options: EmbeddingBodyOptions): JsonObject;
  /** What a reply says in headers, such as its tokens, where it does. */
  headers?(options: EmbeddingBodyOptions): Readonly<Record<string, string>>;
  /** A body that also says which inputs of its request were cut. Without it the case of it is skipped. */
  truncated?(body: JsonObject, inputs: readonly number[]): JsonObject;
  /** A body that also warns in these words. Without it the case of it is skipped. */
  warned?(body: JsonObject, message: string): JsonObject;
}

/** An input as it was sent: a text, or texts and images. */
export type SentInput = string | readonly (string | SentImage)[];

export interface EmbeddingRow {
  /** The place of its text, which the provider says where it has a field for it. */
  readonly index: number;
  /** `null` in it stands for JSON's null, which is what NaN becomes. */
  readonly vector: readonly (number | null)[];
}

/** What a reply of an embedding API says besides its rows. */
export interface EmbeddingBodyOptions {
  readonly model: string;
  readonly encoding: 'float' | 'base64';
  readonly inputTokens?: number | undefined;
}

/** A reranking API's wire format. */
export interface RerankDialect extends DialectBase {
  /** The model's name. Without it the case of it is skipped. */
  model?(request: WireRequest): unknown;
  query(request: WireRequest): string;
  documents(request: WireRequest): readonly string[];
  topN(request: WireRequest): number | undefined;
  /** The body of a reply. Results come as given, right or not. */
  body(results: readonly { readonly index: number; readonly score: number }[]): JsonObject;
  /** The members of such a body that say what was used, with this for every count. Without it the case of it is skipped. */
  usage?(count: number): JsonObject;
  /** A body that also warns in these words, of documents that were cut, say. Without it the case of it is skipped. */
  warned?(body: JsonObject, message: string): JsonObject;
}
