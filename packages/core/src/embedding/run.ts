import { runPool } from '../call/pool.ts';
import { timeSlices } from '../call/time-slice.ts';
import { raceAbort, throwIfAborted, watchdog, type Watchdog } from '../call/timers.ts';
import type { AnsweredBy, ProviderMetadata, Warning } from '../call/contract.ts';
import { errorText, MortiseError } from '../errors.ts';
import { emitPoint } from '../events/span.ts';
import { defined, isObject } from '../shared/json.ts';
import { Batcher, type BatchCost, type BatchLimits } from './batch.ts';
import type { EmbeddingInput, EmbeddingResult, EmbedManyOptions, EmbedReply } from './contract.ts';
import { inputKey } from './input.ts';
import type { EmbeddingSink, RunFailure, StreamRun, TextSource } from './stream.ts';

/** What a run is made of: what a request takes, and who makes it. */
export interface RunPlan {
  readonly about: { readonly provider: string; readonly model: string };
  readonly answeredBy: AnsweredBy & { readonly model: string };
  readonly limits: BatchLimits;
  readonly concurrency: number;
  readonly options: EmbedManyOptions;
  /** Of the texts, where the source knows. */
  readonly total: number | undefined;
  /** Aborts every request of the run. */
  readonly controller: AbortController;
  /** The span around the call. Requests of a stream start wherever it is read. */
  readonly parent: string | undefined;
  /** Throws for an input that cannot be embedded. */
  check(input: unknown, index: number): void;
  costOf(input: EmbeddingInput): BatchCost;
  /** One request with its retries. Vectors in the order of the texts. */
  request(inputs: readonly EmbeddingInput[], tokens: number, run: EmbeddingRun): Promise<Replied>;
}

export interface Replied {
  readonly vectors: readonly Float32Array[];
  readonly reply: EmbedReply;
}

type Next = IteratorResult<EmbeddingInput>;

/** One distinct input and the places in the input that wait for its vector. */
interface Entry extends BatchCost {
  readonly input: EmbeddingInput;
  readonly index: number;
  /** Further places, while there is no vector. */
  others: number[] | undefined;
  vector: Float32Array | undefined;
  /** Only its beginning, or its end, is in the vector. */
  cut: boolean;
}

/** A source that pauses for so long has what it gave so far sent: it may be waiting for just that. */
const LINGER_MS = 100;

/**
 * Takes texts from a source, batches them, keeps `concurrency` requests under way, and counts what they came to. It
 * knows nothing of results beyond its sink, so that a list and a stream are the same run.
 */
export class EmbeddingRun implements StreamRun {
  /** What every vector must have, as far as it is known yet. */
  dimensions: number | undefined;
  readonly #plan: RunPlan;
  readonly #signal: AbortSignal;
  readonly #batcher: Batcher<Entry>;
  #sink: EmbeddingSink = { room: () => 0, place: () => undefined };
  readonly #byKey = new Map<string, Entry>();
  /** Taken, and too much for the batch as it stands. */
  #overflow: Entry | undefined;
  /** Batches that were handed out and are not settled. */
  #running = 0;
  #taken = 0;
  #ended = false;
  /** The source has paused: send the batch as it stands. */
  #hurried = false;
  #pendingNext: Promise<Next> | undefined;
  #linger: Watchdog | undefined;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  #requests = 0;
  #done = 0;
  #reported = 0;
  #tokens = 0;
  /** A reply did not say what it cost. */
  #uncounted = false;
  readonly #warnings = new Map<string, Warning>();
  /** By request, for those that said something. */
  readonly #metadata: (ProviderMetadata | undefined)[] = [];

  /** The places of inputs that were cut; of a stream without a result they are told batch by batch. */
  readonly #cut: number[] = [];
  /** The one that answered last. */
  #model: string;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#model = plan.answeredBy.model;
    this.#signal = plan.controller.signal;
    this.#batcher = new Batcher(plan.limits);
  }

  get abortedByCaller(): RunFailure | undefined {
    const { signal } = this.#plan.options;
    return signal?.aborted === true ? { error: signal.reason as unknown, byCaller: true } : undefined;
  }

  /** Every place of the pool full, and one batch. */
  get readAhead(): number {
    return (this.#plan.concurrency + 1) * this.#plan.limits.maxSize;
  }

  async run(source: TextSource, sink: EmbeddingSink): Promise<RunFailure | undefined> {
    const { controller, concurrency, total = Infinity, options } = this.#plan;
    this.#sink = sink;
    const wake = (): void => this.notify();
    // By hand: AbortSignal.any would stay with a long-lived signal.
    const onAbort = (): void => controller.abort(options.signal?.reason);
    if (this.abortedByCaller !== undefined) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    this.#signal.addEventListener('abort', wake, { once: true });
    try {
      const inFlight = Math.max(1, Math.min(concurrency, total));
      await runPool(this.#batches(source), inFlight, (batch) => this.#embed(batch.items, batch.tokens));
      if (this.#reported !== this.#done) this.#progress();
      return undefined;
    } catch (error) {
      return this.abortedByCaller ?? { error: (this.#failure ?? { error }).error, byCaller: false };
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      this.#signal.removeEventListener('abort', wake);
      this.#linger?.stop();
      // A source that was not read to its end is told so; it may be hanging, so nobody waits for it.
      if (!this.#ended) (async () => source.return?.())().catch(() => undefined);
      this.#pendingNext?.catch(() => undefined);
    }
  }

  /** Something changed that the run may be waiting for: a reader, a batch, an abort. */
  notify(): void {
    this.#wake?.();
  }

  /**
   * A stream handed a text out: should it come again, it is a new one. Texts go one by one: there is something to do
   * when a batch's worth is gone.
   */
  handedOut(input: EmbeddingInput): void {
    const key = inputKey(input);
    if (this.#byKey.get(key)?.vector !== undefined) this.#byKey.delete(key);
    const missing = this.#plan.limits.maxSize - this.#batcher.size;
    if (!this.#ended && this.#sink.room(this.#taken) >= Math.max(1, missing)) this.notify();
  }

  summary(): Omit<EmbeddingResult, 'embeddings'> {
    const providerMetadata: ProviderMetadata = {};
    for (const one of this.#metadata) if (one !== undefined) mergeMetadata(providerMetadata, one);
    return {
      usage: this.#uncounted ? {} : { inputTokens: this.#tokens },
      cached: 0,
      requests: this.#requests,
      warnings: [...this.#warnings.values(), ...(this.#cut.length > 0 ? [this.#cutWarning(this.#cut)] : [])],
      ...this.#plan.answeredBy,
      model: this.#model,
      ...(this.#metadata.length > 0 && { providerMetadata }),
    };
  }

  /** Each once: a callback that throws would say the same a million times. */
  warn(warning: Warning): void {
    const key = JSON.stringify(warning);
    if (this.#warnings.has(key)) return;
    this.#warnings.set(key, warning);
    this.#announce(warning);
  }

  #announce(warning: Warning): void {
    const { about, parent } = this.#plan;
    emitPoint('warning', { ...about, ...warning }, parent === undefined ? undefined : { id: parent });
  }

  #cutWarning(places: readonly number[]): Warning {
    const message = `${this.#model} cut ${places.length} of the texts, which are longer than it reads. Split them.`;
    return { type: 'other', setting: 'maxInputTokens', message, inputs: places.toSorted((a, b) => a - b) };
  }

  async *#batches(source: TextSource): AsyncGenerator<{ items: Entry[]; tokens: number }, void> {
    try {
      const slices = timeSlices(this.#signal);
      for (;;) {
        throwIfAborted(this.#signal);
        // A model within the process settles without a turn of the event loop.
        const turn = slices.turn();
        if (turn !== undefined) await turn;
        const unsent = this.#batcher.size > 0;
        if (unsent && (this.#hurried || this.#batcher.full || this.#overflow !== undefined)) {
          this.#hurried = false;
          yield this.#send();
          continue;
        }
        this.#hurried = false;
        const room = this.#ended ? 0 : this.#sink.room(this.#taken);
        if (room > 0) await this.#take(source, room);
        else if (unsent && (this.#ended || this.#stuck())) yield this.#send();
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #send(): { items: Entry[]; tokens: number } {
    this.#running++;
    const batch = this.#batcher.take();
    if (this.#overflow !== undefined) this.#batcher.add(this.#overflow);
    this.#overflow = undefined;
    return batch;
  }

  /**
   * Without room a batch that is not full waits for its reader to go on, or a slow reader would have its texts sent one
   * by one. Only when the reader waits, and no request is under way that it could wait for, it is this batch.
   */
  #stuck(): boolean {
    return this.#running === 0 && (this.#sink.starved?.() ?? true);
  }

  /** New texts, at most `room` and a batch. Fewer when the source pauses. */
  async #take(source: TextSource, room: number): Promise<void> {
    const last = this.#taken + Math.min(room, this.#plan.limits.maxSize);
    while (this.#taken < last && !this.#batcher.full && this.#overflow === undefined && !this.#hurried) {
      let next: Next | Promise<Next> | undefined = this.#pendingNext ?? source.next();
      if ('then' in next) next = await this.#arrival(next);
      throwIfAborted(this.#signal);
      if (next === undefined) break;
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      this.#admit(next.value, this.#taken++);
    }
    this.#linger?.pause();
  }

  /** What an asynchronous source gives, or undefined when the run is woken before. */
  async #arrival(pending: Promise<Next>): Promise<Next | undefined> {
    this.#pendingNext = pending;
    if (this.#batcher.size > 0)
      (this.#linger ??= watchdog(LINGER_MS, () => {
        this.#linger = undefined;
        this.#hurried = true;
        this.notify();
      })).resume();
    else this.#linger?.pause();
    const next = await new Promise<Next | undefined>((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      pending.then(resolve, reject);
    });
    if (next !== undefined) this.#pendingNext = undefined;
    return next;
  }

  #admit(input: EmbeddingInput, index: number): void {
    this.#plan.check(input, index);
    const key = inputKey(input);
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const cost = this.#plan.costOf(input);
      const entry: Entry = { input, index, others: undefined, vector: undefined, cut: false, ...cost };
      this.#byKey.set(key, entry);
      if (this.#batcher.fits(entry)) this.#batcher.add(entry);
      else this.#overflow = entry;
    } else if (known.vector === undefined) (known.others ??= []).push(index);
    else this.#place(index, known, known.vector.slice());
  }

  /** One batch, from the request to its places. Its place in the pool is held until what was paid for is kept. */
  async #embed(entries: readonly Entry[], tokens: number): Promise<void> {
    const request = this.#requests++;
    try {
      const inputs = entries.map(({ input }) => input);
      const { vectors, reply } = await this.#plan.request(inputs, tokens, this);
      this.#count(request, reply);
      await this.#keep(entries, vectors);
      for (const at of reply.truncated ?? []) if (entries[at] !== undefined) entries[at].cut = true;
      entries.forEach((entry, at) => this.#settle(entry, vectors[at]!));
      const cut = entries.filter((entry) => entry.cut);
      if (cut.length > 0) this.#announce(this.#cutWarning(cut.map(({ index }) => index)));
      this.#progress();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#running--;
      this.notify();
    }
  }

  #count(request: number, { usage, model, providerMetadata }: EmbedReply): void {
    this.#model = model ?? this.#model;
    const used = usage?.inputTokens;
    if (used === undefined || !Number.isFinite(used)) this.#uncounted = true;
    else this.#tokens += used;
    // A stream of a million batches has no result to put them into.
    if (providerMetadata !== undefined && this.#plan.total !== undefined)
      this.#metadata[request] = providerMetadata;
  }

  async #keep(entries: readonly Entry[], vectors: readonly Float32Array[]): Promise<void> {
    const { onBatch, signal } = this.#plan.options;
    if (onBatch === undefined) return;
    const keep = async (): Promise<void> =>
      onBatch(
        entries.map(({ index, input }, at) => ({ index, input, embedding: vectors[at]!, cached: false })),
      );
    try {
      await (signal === undefined ? keep() : raceAbort(keep(), signal));
    } catch (error) {
      throwIfAborted(signal);
      this.#threw('onBatch', error);
    }
  }

  /** The siblings' work would be thrown away, so they are aborted. */
  #fail(error: unknown): void {
    const { about, controller } = this.#plan;
    this.#failure ??= { error };
    if (this.#signal.aborted) return;
    const reason = 'Another request of the call failed.';
    controller.abort(new MortiseError('aborted', reason, about));
  }

  #settle(entry: Entry, vector: Float32Array): void {
    entry.vector = vector;
    const { index, others } = entry;
    // Copies first: the first place gets the vector itself.
    for (const other of others ?? []) this.#place(other, entry, vector.slice());
    this.#place(index, entry, vector);
    entry.others = undefined;
  }

  #place(index: number, { input, cut }: Entry, vector: Float32Array): void {
    this.#done++;
    if (cut && this.#plan.total !== undefined) this.#cut.push(index);
    this.#sink.place(index, input, vector);
  }

  #progress(): void {
    const { options, total } = this.#plan;
    const { onProgress } = options;
    this.#reported = this.#done;
    this.#sink.placed?.();
    if (onProgress === undefined) return;
    const counts = { done: this.#done, ...defined({ total }), cached: 0, tokens: this.#tokens };
    // Awaited, since an async callback's rejection would be nobody's.
    const report = async (): Promise<unknown> => onProgress(counts);
    report().catch((error: unknown) => this.#threw('onProgress', error));
  }

  #threw(setting: string, error: unknown): void {
    this.warn({
      type: 'other',
      setting,
      message: `${setting} threw: ${errorText(error)}. The call goes on.`,
    });
  }
}

/** Member by member under each provider; of two the later one stands. */
function mergeMetadata(into: ProviderMetadata, from: ProviderMetadata): void {
  for (const [provider, members] of Object.entries(from)) {
    const known = into[provider];
    into[provider] = isObject(known) && isObject(members) ? { ...known, ...members } : members;
  }
}
