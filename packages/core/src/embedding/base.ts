import { placeOf } from '../call/place.ts';
import { answeredBy } from '../call/retry.ts';
import { counted } from '../call/counted.ts';
import { callPolicy, runCall, type Attempt, type CallPolicy } from '../call/index.ts';
import type { AnsweredBy, ModelSettings, ProviderOptions, Warning } from '../call/contract.ts';
import { throughDoor } from '../call/call.ts';
import { throwIfAborted } from '../call/timers.ts';
import { isMortiseError, MortiseError, withErrorFields } from '../errors.ts';
import { hub } from '../events/hub.ts';
import type { Attributes } from '../events/map.ts';
import { inSpan } from '../events/span.ts';
import { checkOptions, reading, finiteNumber, positive, wholeNumber } from '../shared/options.ts';
import { defined } from '../shared/json.ts';
import { isFiniteVector, isFloat32Array } from '../vectors/vector.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import { estimateTokenizer } from '../tokenizer/estimate.ts';
import { checkInput, type BatchLimits } from './batch.ts';
import type {
  EmbeddedText,
  EmbeddingInput,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbeddingRows,
  EmbedManyOptions,
  EmbedOptions,
  EmbedReply,
  EmbedRequest,
  IndexedRow,
} from './contract.ts';
import { EmbeddingRun, type Embedded, type RunningRequests } from './run.ts';
import { EmbeddingStream } from './stream.ts';

/** What every embedding model of an integration takes. */
export interface BaseEmbeddingOptions extends ModelSettings {
  /** The integration, such as `openai`. */
  provider: string;
  model: string;
  /** Where the server is, the provider's own address included: events say its host. It is not kept. Default: they say none. */
  baseURL?: string | undefined;
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
const STREAM_BYTES = 4_194_304; // 4 * 1024 * 1024
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
  readonly #place: Attributes;
  readonly #concurrency: number | undefined;
  readonly #tokenizer: TokenCounter | undefined;

  constructor(given: BaseEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    const { provider, model, baseURL, concurrency, tokenizer } = options;
    this.provider = provider;
    this.model = model;
    this.#policy = callPolicy(options);
    this.#answeredBy = answeredBy(provider, options);
    this.#place = placeOf({ ...this.#answeredBy, model }, baseURL);
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
      () => new EmbeddingStream(texts, (left) => this.#open({ ...options, concurrency }, total, left)),
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
    return throughDoor(given, this, async (read) => {
      const options = { ...read, ...fixed };
      throwIfAborted(options.signal);
      // The caller may go on changing its list.
      const inputs = reading('texts', () => [...texts]);
      const embeddings = new Array<Float32Array>(inputs.length);
      const run = this.#open(options, inputs.length);
      for (const [index, input] of inputs.entries()) checkInput(this, input, index);
      const failure = await run.run(inputs[Symbol.iterator](), {
        room: () => Infinity,
        place: (index, _input, vector) => void (embeddings[index] = vector),
      });
      const result = { embeddings, ...run.summary() };
      if (failure === undefined) return result;
      const { error, byCaller } = failure;
      // The caller's own reason is handed back untouched, whatever it is.
      throw isMortiseError(error) && !byCaller ? withErrorFields(error, { partial: result }) : error;
    });
  }

  /** What a list and a stream share. Throws for options that make no sense. */
  #open(call: EmbedManyOptions<P>, total: number | undefined, left?: AbortSignal): EmbeddingRun {
    const { model, metadata } = this;
    const { kind = 'document', dimensions, providerOptions, parent = hub().storage?.getStore() } = call;
    const { concurrency = this.#concurrency ?? DEFAULT_EMBEDDING_CONCURRENCY } = call;
    if (dimensions !== undefined) this.#checkDimensions(dimensions);
    const isCounted = metadata.maxBatchTokens !== undefined || this.#policy.limiter !== undefined;
    const request = { kind, ...defined({ dimensions, providerOptions }) };
    return new EmbeddingRun({
      ...{ model: this, answeredBy: { ...this.#answeredBy, model }, call, total, left, parent },
      limits: batchLimits(metadata, this.#tokenizer),
      tokenizer: isCounted ? (this.#tokenizer ?? estimateTokenizer) : undefined,
      concurrency: positive('concurrency', concurrency, true),
      request: (inputs, tokens, run) => this.#request(inputs, tokens, run, request, { ...call, parent }),
    });
  }

  /** One request, in its span and with its retries. */
  #request(
    inputs: readonly EmbeddingInput[],
    tokens: number,
    run: RunningRequests,
    request: EmbedRequest<P>,
    options: EmbedManyOptions<P>,
  ): Promise<Embedded> {
    const about = { provider: this.provider, model: this.model };
    const call = {
      policy: this.#policy,
      options: { ...options, signal: run.signal },
      stream: false,
      tokens: this.#policy.limiter === undefined ? undefined : tokens,
      about,
      warn: (warning: Warning) => run.warn(warning),
    };
    return inSpan(
      'embedding.batch',
      {
        attributes: { ...this.#place, kind: request.kind, inputs: inputs.length },
        content: () => ({ inputs }),
        parent: options.parent,
      },
      (span) =>
        runCall({ ...call, span }, async (attempt) => {
          const reply = await this.doEmbed(inputs, request, attempt);
          const vectors = placeRows(reply.embeddings, inputs.length, run.dimensions);
          run.dimensions ??= vectors[0]?.length;
          const [usage, odd] = counted(reply.usage ?? {}, ['inputTokens']);
          for (const warning of odd) attempt.warn(warning);
          attempt.close({ tokens: usage.inputTokens });
          return { vectors, reply: { ...reply, usage } };
        }),
      ({ vectors, reply }) => ({
        attributes: defined({
          dimensions: vectors[0]?.length,
          inputTokens: reply.usage?.inputTokens,
          answeredBy: reply.model,
        }),
      }),
    );
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

/** Requests under way at once in a stream, unless it is told: as many as give {@link STREAM_BYTES} of vectors. */
export function streamConcurrency(
  { maxBatchSize, dimensions = 0 }: EmbeddingMetadata,
  asked = dimensions,
): number {
  const fitting = Math.floor(STREAM_BYTES / (maxBatchSize * asked * 4));
  return Math.max(LEAST_STREAM_CONCURRENCY, Math.min(DEFAULT_EMBEDDING_CONCURRENCY, fitting || 0));
}

/**
 * The rows in the order of the `count` inputs, checked in one pass: each input has exactly one, of `dimensions`
 * numbers (of one length, where that is unknown), all finite. Anything else is `malformed-response`: a vector in the
 * wrong place is found by nobody.
 */
function placeRows(rows: EmbeddingRows, count: number, dimensions: number | undefined): Float32Array[] {
  if (!Array.isArray(rows)) throw malformed('is not a list of embeddings');
  if (rows.length !== count) throw malformed(`has ${rows.length} embeddings for ${count} texts`);
  const placed = new Array<Float32Array | undefined>(count);
  const indexed = isIndexed(rows[0]);
  let expected = dimensions;
  for (let at = 0; at < count; at++) {
    const row: unknown = rows[at];
    if (isIndexed(row) !== indexed) throw malformed('has an index on some embeddings only');
    const index = indexed ? (row as IndexedRow).index : at;
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw malformed(`has index ${String(index)}, out of 0 to ${count - 1}`);
    }
    if (placed[index] !== undefined) throw malformed(`has two embeddings with index ${index}`);
    const vector = toVector(indexed ? (row as IndexedRow).embedding : row, index);
    expected ??= vector.length;
    if (vector.length !== expected) {
      throw malformed(`has ${vector.length} numbers for text ${index}, not ${expected}`);
    }
    placed[index] = vector;
  }
  return placed as Float32Array[];
}

function isIndexed(row: unknown): row is IndexedRow {
  return typeof row === 'object' && row !== null && 'embedding' in row;
}

function toVector(row: unknown, index: number): Float32Array {
  const vector = isFloat32Array(row) ? row : fromNumbers(row, index);
  if (vector.length === 0) throw malformed(`has an empty embedding for text ${index}`);
  if (!isFiniteVector(vector)) throw malformed(`has a number that is not finite in text ${index}`);
  return vector;
}

function fromNumbers(row: unknown, index: number): Float32Array {
  if (!Array.isArray(row)) throw malformed(`has no numbers for text ${index}`);
  const vector = new Float32Array(row.length);
  for (let i = 0; i < row.length; i++) {
    const value: unknown = row[i];
    // A typed array would make 0 of null and 1 of "1".
    vector[i] = typeof value === 'number' ? value : NaN;
  }
  return vector;
}

function malformed(what: string): MortiseError {
  const message = `The reply ${what}. Check the provider, and any proxy.`;
  return new MortiseError('malformed-response', message);
}
