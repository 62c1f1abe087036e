import { runCall, type Attempt, type CallPolicy, type Warning } from '../call/index.ts';
import { MortiseError } from '../errors.ts';
import { hub } from '../events/hub.ts';
import { emitPoint, inSpan } from '../events/span.ts';
import { isObject } from '../shared/json.ts';
import type { ProviderMetadata } from '../call/contract.ts';
import { positive, finiteNumber, wholeNumber } from '../shared/options.ts';
import type { KeyValueStore } from '../store/key-value-contract.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import { estimateTokenizer } from '../tokenizer/estimate.ts';
import type { EmbedReply } from './base.ts';
import { utf8Length, type BatchLimits } from './batch.ts';
import { embeddingKeys, openCallCache, type CallCache } from './cache.ts';
import type { EmbeddingKind, EmbeddingMetadata, EmbeddingResult, EmbedManyOptions } from './contract.ts';
import { placeRows } from './rows.ts';
import { EmbeddingRun, readAhead, type RunPlan } from './run.ts';

export interface EmbeddingCallPlan {
  readonly about: { readonly provider: string; readonly model: string };
  readonly metadata: EmbeddingMetadata;
  readonly kind: EmbeddingKind;
  /** What every vector must have, where that is known. */
  readonly dimensions: number | undefined;
  /** The provider's own part of `providerOptions`. */
  readonly ownOptions: { readonly [option: string]: unknown } | undefined;
  readonly policy: CallPolicy;
  readonly options: EmbedManyOptions;
  readonly total: number | undefined;
  readonly controller: AbortController;
  readonly concurrency: number;
  readonly store: KeyValueStore | undefined;
  readonly tokenizer: TokenCounter | undefined;
  embed(inputs: readonly string[], attempt: Attempt): Promise<EmbedReply>;
}

/** Where the texts of a run stop and its vectors go: what tells a list from a stream. */
export interface EmbeddingSink {
  room(taken: number): number;
  place(index: number, text: string, vector: Float32Array, cached: boolean): void;
  /** Vectors were placed. */
  placed?(): void;
  /** Somebody waits for the next vector. Absent: always. */
  starved?(): boolean;
}

/** `byCaller`: `error` is the reason of the caller's signal. */
export interface CallFailure {
  readonly error: unknown;
  readonly byCaller: boolean;
}

/** An estimate may be too low for a text that is all rare words or digits. */
const ESTIMATE_SHARE = 0.75;
/** A cache that takes longer is slower than what it saves. */
const STORE_TIMEOUT_MS = 30_000;

/** One call: its requests with their spans, and what is counted over all of them. */
export class EmbeddingCall {
  readonly #plan: EmbeddingCallPlan;
  readonly #cache: CallCache | undefined;
  readonly #limits: BatchLimits;
  /** The span around the call. Requests of a stream start wherever it is read. */
  readonly #parent: string | undefined;
  readonly #warnings = new Map<string, Warning>();
  #run: EmbeddingRun | undefined;
  #dimensions: number | undefined;
  #batches = 0;
  readonly #providerMetadata: { readonly batch: number; readonly metadata: ProviderMetadata }[] = [];
  #done = 0;
  #reported = 0;
  #cached = 0;
  #tokens = 0;
  /** A reply did not say what it cost. */
  #uncounted = false;

  constructor(plan: EmbeddingCallPlan) {
    const { about, kind, dimensions, ownOptions, options, policy, store, controller } = plan;
    this.#plan = plan;
    this.#dimensions = dimensions;
    this.#limits = batchLimits(plan);
    this.#parent = options.parent ?? hub().storage?.getStore();
    if (store === undefined) return;
    this.#cache = openCallCache(store, {
      key: embeddingKeys({ ...about, dimensions, kind, providerOptions: ownOptions }),
      warn: (warning) => this.#warn(warning),
      signal: controller.signal,
      callerSignal: options.signal,
      timeoutMs: Math.min(STORE_TIMEOUT_MS, positive('timeoutMs', options.timeoutMs ?? policy.timeoutMs)),
    });
  }

  /** The caller has aborted, be it after the last request. */
  get abortedByCaller(): CallFailure | undefined {
    const { signal } = this.#plan.options;
    return signal?.aborted === true ? { error: signal.reason as unknown, byCaller: true } : undefined;
  }

  /** How many texts a stream may have taken and not handed out. */
  get readAhead(): number {
    return readAhead(this.#limits.maxSize, this.#plan.concurrency, this.#cache !== undefined);
  }

  /** Throws `invalid-request` for what no request can be made of. */
  check(text: unknown, index: number): void {
    const { about, metadata } = this.#plan;
    if (typeof text === 'string' && (text !== '' || metadata.acceptsEmpty === true)) return;
    const what = text === '' ? 'is empty, which the model does not embed' : 'is not a string';
    throw new MortiseError('invalid-request', `Text ${index} ${what}. Leave it out.`, about);
  }

  /** Resolves with how the call failed, if it did: what has arrived is then still in the sink and the summary. */
  async run(
    source: Iterator<string> | AsyncIterator<string>,
    sink: EmbeddingSink,
  ): Promise<CallFailure | undefined> {
    const { about, controller, concurrency, total = Infinity, options } = this.#plan;
    const { signal } = options;
    // By hand: AbortSignal.any would stay with a long-lived signal.
    const onAbort = (): void => controller.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const run = new EmbeddingRun({
      source,
      limits: this.#limits,
      concurrency: Math.max(1, Math.min(concurrency, total)),
      cache: this.#cache,
      controller,
      check: (text, index) => this.check(text, index),
      ...this.#costs(),
      request: (texts, tokens) => this.#request(texts, tokens),
      dimensions: () => this.#dimensions,
      siblingReason: () =>
        new MortiseError('aborted', 'Another request of the same call failed; this one was aborted.', about),
      room: (taken) => sink.room(taken),
      starved: () => sink.starved?.() ?? true,
      place: (index, text, vector, cached) => {
        this.#dimensions ??= vector.length;
        this.#done++;
        if (cached) this.#cached++;
        sink.place(index, text, vector, cached);
      },
      progress: () => {
        this.#progress();
        sink.placed?.();
      },
      looked: (hits, misses) => emitPoint('cache', { ...about, hits, misses }, this.#span()),
    });
    this.#run = run;
    try {
      await run.run();
      if (this.#reported !== this.#done) this.#progress();
      return undefined;
    } catch (error) {
      const byCaller = signal?.aborted === true;
      return { error: byCaller ? (signal.reason as unknown) : error, byCaller };
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** A stream handed a text out: there is room, and the text is no longer remembered. */
  handedOut(text: string): void {
    this.#run?.forget(text);
    this.#run?.roomMade();
  }

  /** A stream's reader waits for the next text. */
  awaited(): void {
    this.#run?.notify();
  }

  /** Everything of the result but the vectors. */
  summary(): Omit<EmbeddingResult, 'embeddings'> {
    const metadata: ProviderMetadata = {};
    const inOrder = this.#providerMetadata.toSorted((a, b) => a.batch - b.batch);
    for (const { metadata: one } of inOrder) mergeMetadata(metadata, one);
    return {
      usage: this.#uncounted ? {} : { inputTokens: this.#tokens },
      cached: this.#cached,
      requests: this.#batches,
      warnings: [...this.#warnings.values()],
      ...(inOrder.length === 0 ? {} : { providerMetadata: metadata }),
    };
  }

  /** One batch: its span, its retries, its rows in their places. */
  async #request(texts: readonly string[], tokens: number): Promise<readonly Float32Array[]> {
    const { about, kind, policy, options, controller } = this.#plan;
    const batch = this.#batches++;
    const attributes = { ...about, kind, inputs: texts.length };
    const content = (): { inputs: readonly string[] } => ({ inputs: texts });
    const plan = {
      policy,
      options: { ...options, signal: controller.signal },
      stream: false,
      tokens: policy.limiter === undefined ? undefined : tokens,
      about,
      warn: (warning: Warning) => this.#warn(warning),
    };
    const send = async (): Promise<{ vectors: Float32Array[]; reply: EmbedReply }> =>
      runCall(plan, async (attempt) => {
        const reply = await this.#plan.embed(texts, attempt);
        const vectors = placeRows(reply.embeddings, texts.length, this.#dimensions);
        this.#dimensions ??= vectors[0]?.length;
        attempt.close({ tokens: reply.usage?.inputTokens });
        return { vectors, reply };
      });
    const { vectors, reply } = await inSpan(
      'embedding.batch',
      { attributes, content, parent: this.#parent },
      send,
      (sent) => ({
        attributes: { dimensions: sent.vectors[0]?.length, inputTokens: sent.reply.usage?.inputTokens },
      }),
    );
    const used = reply.usage?.inputTokens;
    if (used === undefined || !Number.isFinite(used)) this.#uncounted = true;
    else this.#tokens += used;
    const { providerMetadata: metadata } = reply;
    // A stream of a million batches has no result to put them into.
    if (metadata !== undefined && this.#plan.total !== undefined)
      this.#providerMetadata.push({ batch, metadata });
    return vectors;
  }

  #costs(): Pick<RunPlan, 'tokens' | 'bytes'> {
    const { metadata, policy, tokenizer = estimateTokenizer } = this.#plan;
    const countTokens = metadata.maxBatchTokens !== undefined || policy.limiter !== undefined;
    const countBytes = metadata.maxBatchBytes !== undefined;
    return {
      tokens: countTokens ? (text) => tokenizer.count(text) : () => 0,
      bytes: countBytes ? utf8Length : () => 0,
    };
  }

  #progress(): void {
    const { options, total } = this.#plan;
    const { onProgress } = options;
    if (onProgress === undefined) return;
    this.#reported = this.#done;
    const report = async (): Promise<void> => {
      const counts = { done: this.#done, cached: this.#cached, tokens: this.#tokens };
      // Awaited, since an async callback's rejection would be nobody's.
      await (onProgress({ ...counts, ...(total === undefined ? {} : { total }) }) as unknown);
    };
    report().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warn({
        type: 'other',
        setting: 'onProgress',
        message: `onProgress threw: ${reason}. The call goes on.`,
      });
    });
  }

  /** Each once: a broken cache would say the same a million times. */
  #warn(warning: Warning): void {
    const key = `${warning.type}\n${warning.setting}\n${warning.message}`;
    if (this.#warnings.has(key)) return;
    this.#warnings.set(key, warning);
    emitPoint('warning', { ...this.#plan.about, ...warning }, this.#span());
  }

  #span(): { id: string } | undefined {
    return this.#parent === undefined ? undefined : { id: this.#parent };
  }
}

function batchLimits({ metadata, tokenizer }: EmbeddingCallPlan): BatchLimits {
  const { maxBatchSize, maxBatchTokens, maxBatchBytes } = metadata;
  wholeNumber('metadata.maxBatchSize', maxBatchSize, { orInfinity: true });
  for (const [name, most] of Object.entries({ maxBatchTokens, maxBatchBytes }))
    if (most !== undefined) finiteNumber(`metadata.${name}`, most, { above: 0, orInfinity: true });
  const exact = tokenizer !== undefined;
  const maxTokens = maxBatchTokens === undefined || exact ? maxBatchTokens : maxBatchTokens * ESTIMATE_SHARE;
  return { maxSize: maxBatchSize, maxTokens, maxBytes: maxBatchBytes };
}

/** Member by member under each provider; of two the later one stands. */
function mergeMetadata(into: ProviderMetadata, from: ProviderMetadata): void {
  for (const [provider, members] of Object.entries(from)) {
    const known = into[provider];
    into[provider] = isObject(known) && isObject(members) ? { ...known, ...members } : members;
  }
}
