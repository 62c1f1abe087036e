import { answeredBy } from '../call/answered-by.ts';
import { callPolicy, runCall, type Attempt, type CallPolicy } from '../call/index.ts';
import type { AnsweredBy, ModelSettings, ProviderOptions, Warning } from '../call/contract.ts';
import { throughDoor } from '../call/door.ts';
import { throwIfAborted } from '../call/timers.ts';
import { isMortiseError, MortiseError, withErrorFields } from '../errors.ts';
import { hub } from '../events/hub.ts';
import { inSpan } from '../events/span.ts';
import { checkOptions, reading } from '../shared/inputs.ts';
import { defined } from '../shared/json.ts';
import { finiteNumber, positive, wholeNumber } from '../shared/options.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import { estimateTokenizer } from '../tokenizer/estimate.ts';
import { utf8Length, type BatchCost, type BatchLimits } from './batch.ts';
import type {
  EmbeddedText,
  EmbeddingInput,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedOptions,
  EmbedReply,
  EmbedRequest,
  PartialEmbeddingResult,
} from './contract.ts';
import { checkInput, inputCost } from './input.ts';
import { placeRows } from './rows.ts';
import { EmbeddingRun } from './run.ts';
import { EmbeddingStream, type RunFailure } from './stream.ts';

/** What every embedding model of an integration takes. */
export interface BaseEmbeddingOptions extends ModelSettings {
  /** The integration, such as `openai`. */
  provider: string;
  model: string;
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

/** Requests under way at once in one call, unless it says otherwise. */
const DEFAULT_EMBEDDING_CONCURRENCY = 5;
/** A stream is there for bounded memory, and what arrives at once is held several times: as text, bytes and garbage. */
const STREAM_BYTES = 4 * 2 ** 20;
const LEAST_STREAM_CONCURRENCY = 2;
/** An estimate may be too low for a text that is all rare words or digits. */
const ESTIMATE_SHARE = 0.75;

/**
 * An `EmbeddingModel` from `metadata` and `doEmbed`, which makes one request: no retries, batching or checks in it.
 * Core batches, pools, de-duplicates, retries, places the rows and checks them.
 */
export abstract class BaseEmbedding<
  P extends ProviderOptions = ProviderOptions,
> implements EmbeddingModel<P> {
  readonly provider: string;
  readonly model: string;
  abstract readonly metadata: EmbeddingMetadata;

  readonly #policy: CallPolicy;
  readonly #answeredBy: AnsweredBy;
  readonly #concurrency: number | undefined;
  readonly #tokenizer: TokenCounter | undefined;

  constructor(given: BaseEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    const { provider, model, concurrency, tokenizer } = options;
    this.provider = provider;
    this.model = model;
    this.#policy = callPolicy(options);
    this.#answeredBy = answeredBy(provider, options);
    this.#concurrency = concurrency === undefined ? undefined : positive('concurrency', concurrency, true);
    this.#tokenizer = tokenizer;
  }

  /**
   * One attempt of one request for 1 to `maxBatchSize` inputs. Rejections are retried by their code. A model that declares
   * no `inputModalities` is given strings alone, and may say so: `doEmbed(inputs: readonly string[], ...)`.
   */
  abstract doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest<P>,
    attempt: Attempt,
  ): Promise<EmbedReply>;

  async embedQuery(query: EmbeddingInput, options: EmbedOptions<P> = {}): Promise<Float32Array> {
    return this.#embedOne(query, options, 'query');
  }

  async embedText(text: EmbeddingInput, options: EmbedOptions<P> = {}): Promise<Float32Array> {
    return this.#embedOne(text, options, 'document');
  }

  async embedTexts(
    texts: readonly EmbeddingInput[],
    options: EmbedManyOptions<P> = {},
  ): Promise<EmbeddingResult> {
    return this.#embedMany(texts, options);
  }

  embedStream(
    texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
    given: EmbedManyOptions<P> = {},
  ): AsyncIterable<EmbeddedText> {
    const options = checkOptions(given);
    const total = Array.isArray(texts) ? texts.length : undefined;
    const { concurrency = this.#concurrency ?? streamConcurrency(this.metadata, options.dimensions) } =
      options;
    return reading(
      'The options',
      () =>
        new EmbeddingStream(texts, (controller) =>
          this.#open({ ...options, concurrency }, total, controller),
        ),
    );
  }

  async #embedOne(
    text: EmbeddingInput,
    options: EmbedOptions<P>,
    kind: EmbedRequest['kind'],
  ): Promise<Float32Array> {
    return (await this.#embedMany([text], options, { kind, onProgress: undefined })).embeddings[0]!;
  }

  #embedMany(
    texts: readonly EmbeddingInput[],
    given: EmbedManyOptions<P>,
    fixed?: EmbedManyOptions<P>,
  ): Promise<EmbeddingResult> {
    return throughDoor(given, this, async (options) => {
      const { embedded, failure } = await this.#embedAll(texts, { ...options, ...fixed });
      if (failure === undefined) return embedded;
      const { error, byCaller } = failure;
      // The caller's own reason is handed back untouched, whatever it is.
      throw isMortiseError(error) && !byCaller ? withErrorFields(error, { partial: embedded }) : error;
    });
  }

  async #embedAll(
    texts: readonly EmbeddingInput[],
    options: EmbedManyOptions<P>,
  ): Promise<
    | { embedded: EmbeddingResult; failure?: undefined }
    | { embedded: PartialEmbeddingResult; failure: RunFailure }
  > {
    throwIfAborted(options.signal);
    // The caller may go on changing its list.
    const inputs = reading('texts', () => [...texts]);
    const embeddings = new Array<Float32Array>(inputs.length);
    const run = this.#open(options, inputs.length, new AbortController());
    for (const [index, input] of inputs.entries()) checkInput(this, input, index);
    const failure = await run.run(inputs[Symbol.iterator](), {
      room: (taken) => inputs.length - taken + 1,
      place: (index, _input, vector) => void (embeddings[index] = vector),
    });
    const embedded = { embeddings, ...run.summary() };
    return failure === undefined ? { embedded } : { embedded, failure };
  }

  /** Everything of one call that a list and a stream share. Throws for options that make no sense. */
  #open(options: EmbedManyOptions<P>, total: number | undefined, controller: AbortController): EmbeddingRun {
    const { provider, model, metadata } = this;
    const { kind = 'document', dimensions, providerOptions, parent = hub().storage?.getStore() } = options;
    const { concurrency = this.#concurrency ?? DEFAULT_EMBEDDING_CONCURRENCY } = options;
    if (dimensions !== undefined) this.#checkDimensions(dimensions);
    const { limiter } = this.#policy;
    const request = { kind, ...defined({ dimensions, providerOptions }) };
    const call = { ...options, signal: controller.signal };
    const about = { provider, model };
    const run: EmbeddingRun = new EmbeddingRun({
      about,
      limits: batchLimits(metadata, this.#tokenizer),
      concurrency: positive('concurrency', concurrency, true),
      options,
      total,
      controller,
      parent,
      answeredBy: { ...this.#answeredBy, model },
      check: (input, index) => checkInput(this, input, index),
      costOf: costs(metadata, this.#tokenizer, limiter !== undefined),
      request: (texts, tokens) => {
        const plan = {
          policy: this.#policy,
          options: call,
          stream: false,
          tokens: limiter === undefined ? undefined : tokens,
          about,
          warn: (warning: Warning) => run.warn(warning),
        };
        return inSpan(
          'embedding.batch',
          {
            attributes: { ...about, kind, inputs: texts.length },
            content: () => ({ inputs: texts }),
            parent,
          },
          () =>
            runCall(plan, async (attempt) => {
              const reply = await this.doEmbed(texts, request, attempt);
              const vectors = placeRows(reply.embeddings, texts.length, run.dimensions);
              run.dimensions ??= vectors[0]?.length;
              attempt.close({ tokens: reply.usage?.inputTokens });
              return { vectors, reply };
            }),
          ({ vectors, reply }) => ({
            attributes: { dimensions: vectors[0]?.length, inputTokens: reply.usage?.inputTokens },
          }),
        );
      },
    });
    run.dimensions = dimensions ?? metadata.dimensions;
    return run;
  }

  #checkDimensions(dimensions: number): void {
    const { provider, model, metadata } = this;
    wholeNumber('dimensions', dimensions, { code: 'invalid-request' });
    if (metadata.acceptsDimensions !== false || dimensions === metadata.dimensions) return;
    const message = `${model} has vectors of ${metadata.dimensions ?? 'one'} dimensions. Leave \`dimensions\` out.`;
    throw new MortiseError('unsupported', message, { provider, model });
  }
}

function batchLimits(metadata: EmbeddingMetadata, tokenizer: TokenCounter | undefined): BatchLimits {
  const { maxBatchSize, maxBatchTokens, maxBatchBytes } = metadata;
  wholeNumber('metadata.maxBatchSize', maxBatchSize, { orInfinity: true });
  for (const [name, most] of Object.entries({ maxBatchTokens, maxBatchBytes }))
    if (most !== undefined) finiteNumber(`metadata.${name}`, most, { above: 0, orInfinity: true });
  const share = tokenizer === undefined ? ESTIMATE_SHARE : 1;
  const maxTokens = maxBatchTokens === undefined ? undefined : maxBatchTokens * share;
  return { maxSize: maxBatchSize, maxTokens, maxBytes: maxBatchBytes };
}

/** Each text is measured once, by what there is a limit for. */
function costs(
  { maxBatchTokens, maxBatchBytes }: EmbeddingMetadata,
  tokenizer: TokenCounter = estimateTokenizer,
  limited: boolean,
): (input: EmbeddingInput) => BatchCost {
  const countTokens = maxBatchTokens !== undefined || limited;
  const costOf = (text: string): BatchCost => ({
    tokens: countTokens ? reading('tokenizer', () => tokenizer.count(text)) : 0,
    bytes: maxBatchBytes === undefined ? 0 : utf8Length(text),
  });
  return (input) => inputCost(input, costOf);
}

/** Requests under way at once in a stream, unless it is told: as many as give {@link STREAM_BYTES} of vectors. */
export function streamConcurrency(
  { maxBatchSize, dimensions = 0 }: EmbeddingMetadata,
  asked = dimensions,
): number {
  const fitting = Math.floor(STREAM_BYTES / (maxBatchSize * asked * 4));
  return Math.max(LEAST_STREAM_CONCURRENCY, Math.min(DEFAULT_EMBEDDING_CONCURRENCY, fitting || 0));
}
