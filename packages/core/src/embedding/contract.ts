import type {
  AnsweredBy,
  CallOptions,
  ProviderMetadata,
  ProviderOptions,
  Warning,
} from '../call/contract.ts';
import type { Modality } from '../llm/contract.ts';
import type { ContentBlock } from '../llm/message-contract.ts';

/**
 * What one vector stands for: a text, or text and image blocks together, as in a message, where the model's
 * `inputModalities` have images. Methods and members say `texts` for all of them.
 */
export type EmbeddingInput = string | readonly ContentBlock[];

/**
 * Turns texts, and on some models images, into vectors. `BaseEmbedding` implements all of it from one method that makes
 * one request. Blocks that the model does not declare are `unsupported`, and a malformed one `invalid-request`, before
 * anything is sent; in a stream, before what comes after them is.
 * `P` is the shape of the integration's `providerOptions`.
 */
export interface EmbeddingModel<P extends ProviderOptions = ProviderOptions> {
  /** The integration, such as `openai`; also its key in `providerOptions` and `providerMetadata`. */
  readonly provider: string;
  readonly model: string;
  readonly metadata: EmbeddingMetadata;
  /** A text that searches. On asymmetric models its vector differs from the same text's as a document. */
  embedQuery(query: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
  /** A text that is searched. */
  embedText(text: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
  /**
   * One vector a text, in the order of the texts, or an error: never fewer, never another's. A `MortiseError` of it
   * carries what was finished as `partial`, a {@link PartialEmbeddingResult}. No texts: no request.
   */
  embedTexts(texts: readonly EmbeddingInput[], options?: EmbedManyOptions<P>): Promise<EmbeddingResult>;
  /**
   * The same for more than memory holds, in input order. Single use. Nothing is sent before it is first read; it
   * reads ahead by a bounded number of texts and stops when its reader does. A batch is sent when it is full, when
   * the source ends, or when the source has paused for 100 ms. `break` settles at once and cancels what is under way.
   */
  embedStream(
    texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
    options?: EmbedManyOptions<P>,
  ): AsyncIterable<EmbeddedText>;
}

/** What is known of a model. Unknown is absent, never an invented number. */
export interface EmbeddingMetadata {
  /** Numbers in a vector. Where it is given, a row of another length is `malformed-response`. */
  dimensions?: number;
  /** Texts a request takes at most; at least 1. */
  maxBatchSize: number;
  /**
   * Tokens of all texts of a request; an image counts as 1,600. A single text above it goes alone, for the provider to
   * judge.
   */
  maxBatchTokens?: number;
  /** Bytes of all texts of a request as UTF-8, and of images as base64. A single text above it goes alone. */
  maxBatchBytes?: number;
  /** Tokens of one text. What happens above it is the provider's: most refuse, some cut. */
  maxInputTokens?: number;
  /** What an input may hold. Default: text alone, given as strings. With more, blocks of these types are taken too. */
  inputModalities?: readonly Modality[];
  /** Queries and documents are embedded differently. */
  asymmetric: boolean;
  /** True where an empty string is embedded; otherwise it is refused as `invalid-request` before anything is sent. */
  acceptsEmpty?: boolean;
  /** False where vectors cannot be shortened: the option `dimensions` is then `unsupported`. */
  acceptsDimensions?: boolean;
}

/** `deadlineMs` bounds each request with its retries and waits, not the sum of all of them. */
export interface EmbedOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
  /** Shorter vectors, where the model has them. A requirement: rows of another length are `malformed-response`. */
  dimensions?: number | undefined;
  providerOptions?: P | undefined;
}

export interface EmbedManyOptions<P extends ProviderOptions = ProviderOptions> extends EmbedOptions<P> {
  /** What the texts are. Default: `document`. */
  kind?: EmbeddingKind | undefined;
  /** Requests under way at once. Default: the model's; unless it was set 5, and for a stream of long vectors 2 to 5. */
  concurrency?: number | undefined;
  /** Called after each batch and each look into a cache. When it throws, the call goes on with one warning. */
  onProgress?: ((progress: EmbeddingProgress) => void) | undefined;
  /**
   * Called with what each request gave, and awaited before it counts: before it is yielded, reported or part of a
   * result. The place for what must not be lost, such as `withEmbeddingCache`. Each distinct text comes once, at its
   * first place. The vectors are those of the result: copy what is to be changed. When it fails, the call goes on with
   * one warning. A model that makes no requests of its own need not call it.
   */
  onBatch?: ((batch: readonly EmbeddedText[]) => Promise<void> | void) | undefined;
}

/** What a text is for: it searches, or it is searched. */
export type EmbeddingKind = 'query' | 'document' | (string & {});

export interface EmbeddingProgress {
  /** Texts that have their vector. */
  done: number;
  /** Absent for a stream over an iterable that does not know its length. */
  total?: number;
  /** Of `done`, those without a request of this call. */
  cached: number;
  /** Tokens paid for so far, as far as the provider said. */
  tokens: number;
}

/** One vector a text, with what they cost. */
export interface EmbeddingResult extends AnsweredBy {
  /** In the order of the texts. Equal texts have vectors of their own. */
  embeddings: Float32Array[];
  usage: EmbeddingUsage;
  /** How many texts were found in the cache, or came with another call's request for the same text. */
  cached: number;
  /** How many requests were made; one that was tried again counts once. Absent: the model does not say. */
  requests?: number;
  warnings: Warning[];
  /** The model that answered as the provider named it, else the one that was asked. The bases always give it. */
  model?: string;
  /** What the provider said besides, keyed by provider; where requests differ, the last batch's member stands. */
  providerMetadata?: ProviderMetadata;
}

/** `embeddings` is sparse: `embeddings[i]` belongs to text i, and there is a hole where it was not finished. */
export interface PartialEmbeddingResult extends Omit<EmbeddingResult, 'embeddings'> {
  embeddings: (Float32Array | undefined)[];
}

/** What the requests of one call came to. */
export interface EmbeddingUsage {
  /** Absent when any reply did not say; 0 when nothing was sent. */
  inputTokens?: number;
}

/** One text with its vector, in a stream or of a request. */
export interface EmbeddedText {
  /** Its place in the source, from 0. */
  index: number;
  /** What was embedded, as it was given. */
  input: EmbeddingInput;
  embedding: Float32Array;
  /** No request of this stream was made for it. */
  cached: boolean;
}

/** What the texts of one request are, and what the caller asked for: what an author's `doEmbed` is given. */
export interface EmbedRequest<P extends ProviderOptions = ProviderOptions> {
  readonly kind: EmbeddingKind;
  readonly dimensions?: number;
  readonly providerOptions?: P;
}

/** What an integration reads out of one reply; core puts the rows in their places and checks them. */
export interface EmbedReply {
  /** One row a text: in the order of the texts, or each as `{ index, embedding }` with the provider's index. */
  readonly embeddings: EmbeddingRows;
  readonly usage?: { readonly inputTokens?: number | undefined } | undefined;
  /** The model that answered, where the provider says so. */
  readonly model?: string | undefined;
  /** Which inputs of this request the provider or the model cut, from 0. Core warns of them. */
  readonly truncated?: readonly number[] | undefined;
  readonly providerMetadata?: ProviderMetadata | undefined;
}

/** A vector as a provider gave it; a `Float32Array` is taken as it is, not copied. */
export type EmbeddingRow = Float32Array | readonly number[];

/** A reply's rows: in the order of the inputs, or each with the provider's own index. */
export type EmbeddingRows = readonly EmbeddingRow[] | readonly IndexedRow[];

/** A row with the provider's own index, where its order is not that of the texts. */
export interface IndexedRow {
  /** Of the input in this request, from 0. */
  readonly index: number;
  readonly embedding: EmbeddingRow;
}
