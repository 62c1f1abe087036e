import {
  callPolicy,
  throwIfAborted,
  type Attempt,
  type CallPolicy,
  type CallSettings,
} from '../call/index.ts';
import { isMortiseError, MortiseError, withErrorFields } from '../errors.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { ProviderMetadata } from '../call/contract.ts';
import { positive, wholeNumber } from '../shared/options.ts';
import type { KeyValueStore } from '../store/key-value-contract.ts';
import { requireKeyValueStore } from '../store/check.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import { EmbeddingCall, type CallFailure } from './call.ts';
import type {
  EmbeddedText,
  EmbeddingKind,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedOptions,
  PartialEmbeddingResult,
} from './contract.ts';
import type { EmbeddingRows } from './rows.ts';
import { EmbeddingStream } from './stream.ts';

/** What every embedding model of an integration takes. */
export interface BaseEmbeddingOptions extends CallSettings {
  /** The integration, such as `openai`. */
  provider: string;
  model: string;
  /**
   * Looked into before the limiter is asked. A store that fails costs a warning, never the call; one that does not answer
   * within 30 s, or `timeoutMs` if that is less, is left alone by every call for a minute, after which one tries it again.
   */
  cache?: KeyValueStore | undefined;
  /**
   * Requests under way at once in one call. Default: 5; for a stream whose vectors have a known length as many as give
   * 4 MiB of vectors, at least 2 and at most 5.
   */
  concurrency?: number | undefined;
  /**
   * Counts tokens for `maxBatchTokens` and the limiter. Default: an estimate, of which batches then use three quarters
   * of `maxBatchTokens` at most.
   */
  tokenizer?: TokenCounter | undefined;
}

/** What the texts of one request are, and what the caller asked for. */
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
  readonly providerMetadata?: ProviderMetadata | undefined;
}

/** Requests under way at once in one call, unless it says otherwise. */
export const DEFAULT_EMBEDDING_CONCURRENCY = 5;
/** A stream is there for bounded memory, and what arrives at once is held several times: as text, bytes and garbage. */
const STREAM_BYTES = 4 * 2 ** 20;
const LEAST_STREAM_CONCURRENCY = 2;

/**
 * An `EmbeddingModel` from `metadata` and `embed`, which makes one request: no retries, batching or checks in it.
 * Core batches, pools, de-duplicates, caches, retries, places the rows and checks them.
 */
export abstract class BaseEmbedding<
  P extends ProviderOptions = ProviderOptions,
> implements EmbeddingModel<P> {
  readonly provider: string;
  readonly model: string;
  abstract readonly metadata: EmbeddingMetadata;

  readonly #policy: CallPolicy;
  readonly #cache: KeyValueStore | undefined;
  readonly #concurrency: number | undefined;
  readonly #tokenizer: TokenCounter | undefined;

  constructor(options: BaseEmbeddingOptions) {
    const { provider, model, cache, concurrency, tokenizer } = options;
    this.provider = provider;
    this.model = model;
    this.#policy = callPolicy(options);
    this.#cache = cache === undefined ? undefined : requireKeyValueStore(cache, 'cache');
    this.#concurrency = concurrency === undefined ? undefined : positive('concurrency', concurrency, true);
    this.#tokenizer = tokenizer;
  }

  /** One attempt of one request for 1 to `maxBatchSize` texts. Rejections are retried by their code. */
  abstract doEmbed(
    inputs: readonly string[],
    request: EmbedRequest<P>,
    attempt: Attempt,
  ): Promise<EmbedReply>;

  async embedQuery(query: string, options: EmbedOptions<P> = {}): Promise<Float32Array> {
    return this.#embedOne(query, { ...options, kind: 'query' });
  }

  async embedText(text: string, options: EmbedOptions<P> = {}): Promise<Float32Array> {
    return this.#embedOne(text, { ...options, kind: 'document' });
  }

  async embedTexts(texts: readonly string[], options: EmbedManyOptions<P> = {}): Promise<EmbeddingResult> {
    const result = await this.#embedAll(texts, options);
    if (result.failure === undefined) return result.embedded;
    const { error, byCaller } = result.failure;
    // The caller's own reason is handed back untouched, whatever it is.
    throw isMortiseError(error) && !byCaller ? withErrorFields(error, { partial: result.embedded }) : error;
  }

  embedStream(
    texts: AsyncIterable<string> | Iterable<string>,
    options: EmbedManyOptions<P> = {},
  ): AsyncIterable<EmbeddedText> {
    const total = Array.isArray(texts) ? texts.length : undefined;
    const { concurrency = this.#concurrency ?? this.#streamConcurrency(options.dimensions) } = options;
    return new EmbeddingStream(texts, (controller) =>
      this.#open({ ...options, concurrency }, total, controller),
    );
  }

  #streamConcurrency(asked: number | undefined): number {
    const { maxBatchSize, dimensions = 0 } = this.metadata;
    const fitting = Math.floor(STREAM_BYTES / (maxBatchSize * (asked ?? dimensions) * 4));
    if (!(fitting >= LEAST_STREAM_CONCURRENCY)) return LEAST_STREAM_CONCURRENCY;
    return Math.min(DEFAULT_EMBEDDING_CONCURRENCY, fitting);
  }

  async #embedOne(text: string, options: EmbedManyOptions<P>): Promise<Float32Array> {
    const { embedded, failure } = await this.#embedAll([text], { ...options, onProgress: undefined });
    if (failure !== undefined) throw failure.error;
    return embedded.embeddings[0]!;
  }

  async #embedAll(
    texts: readonly string[],
    options: EmbedManyOptions<P>,
  ): Promise<
    | { embedded: EmbeddingResult; failure?: undefined }
    | { embedded: PartialEmbeddingResult; failure: CallFailure }
  > {
    throwIfAborted(options.signal);
    // The caller may go on changing its list.
    const inputs = [...texts];
    const embeddings = new Array<Float32Array>(inputs.length);
    const call = this.#open(options, inputs.length, new AbortController());
    for (const [index, text] of inputs.entries()) call.check(text, index);
    const failure = await call.run(inputs[Symbol.iterator](), {
      room: (taken) => inputs.length - taken + 1,
      place: (index, _text, vector) => void (embeddings[index] = vector),
    });
    const embedded = { embeddings, ...call.summary() };
    return failure === undefined ? { embedded } : { embedded, failure };
  }

  /** Everything of one call that a list and a stream share. Throws for options that make no sense. */
  #open(options: EmbedManyOptions<P>, total: number | undefined, controller: AbortController): EmbeddingCall {
    const { kind = 'document', dimensions, providerOptions } = options;
    const { concurrency = this.#concurrency ?? DEFAULT_EMBEDDING_CONCURRENCY } = options;
    if (dimensions !== undefined) this.#checkDimensions(dimensions);
    const { provider, model, metadata } = this;
    const request: EmbedRequest<P> = {
      kind,
      ...(dimensions === undefined ? {} : { dimensions }),
      ...(providerOptions === undefined ? {} : { providerOptions }),
    };
    return new EmbeddingCall({
      about: { provider, model },
      metadata,
      kind,
      dimensions: dimensions ?? metadata.dimensions,
      ownOptions: providerOptions?.[provider],
      policy: this.#policy,
      options,
      total,
      controller,
      concurrency: positive('concurrency', concurrency, true),
      store: this.#cache,
      tokenizer: this.#tokenizer,
      embed: (inputs, attempt) => this.doEmbed(inputs, request, attempt),
    });
  }

  #checkDimensions(dimensions: number): void {
    const { provider, model, metadata } = this;
    wholeNumber('dimensions', dimensions, { code: 'invalid-request' });
    if (metadata.acceptsDimensions !== false || dimensions === metadata.dimensions) return;
    const message = `${model} has vectors of ${metadata.dimensions ?? 'one'} dimensions only, not ${dimensions}. Leave \`dimensions\` out.`;
    throw new MortiseError('unsupported', message, { provider, model });
  }
}
