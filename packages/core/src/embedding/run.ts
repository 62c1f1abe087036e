import type { AnsweredBy, ProviderMetadata, Warning } from '../call/contract.ts';
import { timeSlices } from '../call/time-slice.ts';
import { linkedController, raceAbort, throwIfAborted, type LinkedController } from '../call/timers.ts';
import { errorText, MortiseError } from '../errors.ts';
import { emitPoint } from '../events/span.ts';
import { heard } from '../shared/heard.ts';
import { isObject } from '../shared/json.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import { Batcher, checkInput, inputCost, inputKey, type BatchCost, type BatchLimits } from './batch.ts';
import type {
  EmbeddingInput,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedReply,
} from './contract.ts';
import type { EmbeddingSink, RunFailure, StreamRun, TextSource } from './stream.ts';
import { TextFeed, type TextTaker } from './text-feed.ts';

/** What a run is made of: the model, what a request takes, and who makes it. */
export interface EmbeddingRunOptions {
  readonly model: EmbeddingModel;
  readonly answeredBy: AnsweredBy & { readonly model: string };
  readonly limits: BatchLimits;
  /** Absent where nobody asks for tokens. */
  readonly tokenizer: TokenCounter | undefined;
  readonly concurrency: number;
  readonly call: EmbedManyOptions;
  /** Of the texts, where the source knows. */
  readonly total: number | undefined;
  /** Aborted when the stream is left. */
  readonly left: AbortSignal | undefined;
  /** The span around the call. Requests of a stream start wherever it is read. */
  readonly parent: string | undefined;
  /** One request with its retries. Vectors in the order of the inputs, which have `tokens` tokens. */
  request(inputs: readonly EmbeddingInput[], tokens: number, run: RunningRequests): Promise<Embedded>;
}

/** What requests of one run have in common. */
export interface RunningRequests {
  /** Ends all of them. */
  readonly signal: AbortSignal;
  /** What every vector must have, as far as it is known yet. */
  dimensions: number | undefined;
  warn(warning: Warning): void;
}

/** What one request gave. */
export interface Embedded {
  readonly vectors: readonly Float32Array[];
  readonly reply: EmbedReply;
}

/** One distinct input and the places that wait for its vector. */
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
export class EmbeddingRun implements StreamRun, RunningRequests, TextTaker {
  signal!: AbortSignal;
  dimensions: number | undefined;
  readonly #options: EmbeddingRunOptions;
  readonly #batcher: Batcher<Entry>;
  readonly #byKey = new Map<string, Entry>();
  #linked!: LinkedController;
  #sink!: EmbeddingSink;
  /** Taken, and too much for the batch as it stands. */
  #overflow: Entry | undefined;
  #running = 0;
  #feed!: TextFeed;
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
  /** The places of inputs that were cut; of a stream without a result they are told request by request. */
  readonly #cut: number[] = [];
  /** The one that answered last. */
  #model: string;

  constructor(options: EmbeddingRunOptions) {
    this.#options = options;
    this.#model = options.answeredBy.model;
    this.dimensions = options.call.dimensions ?? options.model.metadata.dimensions;
    this.#batcher = new Batcher(options.limits);
  }

  get abortedByCaller(): RunFailure | undefined {
    const { signal } = this.#options.call;
    return signal?.aborted === true ? { error: signal.reason as unknown, byCaller: true } : undefined;
  }

  /** Every request that may be under way full, and one batch. */
  get readAhead(): number {
    return (this.#options.concurrency + 1) * this.#options.limits.maxSize;
  }

  async run(source: TextSource, sink: EmbeddingSink): Promise<RunFailure | undefined> {
    this.#sink = sink;
    this.#linked = linkedController(this.#options.call.signal, this.#options.left);
    this.signal = this.#linked.signal;
    this.#feed = new TextFeed(source, LINGER_MS, this.signal);
    try {
      await this.#sendAll();
      if (this.#reported !== this.#done) this.#progress();
    } catch (error) {
      this.#fail(error);
      while (this.#running > 0) await this.#feed.change();
    }
    this.#linked.unlink();
    this.#feed.close();
    if (this.#failure === undefined) return undefined;
    return this.abortedByCaller ?? { error: this.#failure.error, byCaller: false };
  }

  /** Something changed that the run may be waiting for: a reader, a request, an abort. */
  notify(): void {
    this.#feed.notify();
  }

  /**
   * A stream handed a text out: should it come again, it is a new one. Texts go one by one: there is something to do
   * when a batch's worth is gone.
   */
  handedOut(input: EmbeddingInput): void {
    const key = inputKey(input);
    if (this.#byKey.get(key)?.vector !== undefined) this.#byKey.delete(key);
    const missing = this.#options.limits.maxSize - this.#batcher.size;
    const { ended, taken } = this.#feed;
    if (!ended && this.#sink.room(taken) >= Math.max(1, missing)) this.notify();
  }

  summary(): Omit<EmbeddingResult, 'embeddings'> {
    const providerMetadata: ProviderMetadata = {};
    for (const said of this.#metadata)
      // Member by member under each provider; of two the later one stands.
      for (const [provider, members] of Object.entries(said ?? {})) {
        const known = providerMetadata[provider];
        providerMetadata[provider] =
          isObject(known) && isObject(members) ? { ...known, ...members } : members;
      }
    const warnings = [...this.#warnings.values()];
    if (this.#cut.length > 0) warnings.push(this.#cutWarning(this.#cut));
    return {
      usage: this.#uncounted ? {} : { inputTokens: this.#tokens },
      cached: 0,
      requests: this.#requests,
      warnings,
      ...this.#options.answeredBy,
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
    const { parent, model } = this.#options;
    const about = { provider: model.provider, model: model.model };
    emitPoint('warning', { ...about, ...warning }, parent === undefined ? undefined : { id: parent });
  }

  #cutWarning(places: readonly number[]): Warning {
    const message = `${this.#model} cut ${places.length} of the texts, which are longer than it reads. Split them.`;
    return { type: 'other', setting: 'maxInputTokens', message, inputs: places.toSorted((a, b) => a - b) };
  }

  /**
   * Until every text has its vector, or one request has failed. Without room a batch that is not full waits for its reader to
   * go on, or a slow reader would have its texts sent one by one: it is sent at the end, or when the reader waits and no
   * request is under way that it could wait for.
   */
  async #sendAll(): Promise<void> {
    const { concurrency, limits } = this.#options;
    const feed = this.#feed;
    const slices = timeSlices(this.signal);
    for (;;) {
      throwIfAborted(this.signal);
      // A model within the process settles without a turn of the event loop.
      const turn = slices.turn();
      if (turn !== undefined) await turn;
      const { size } = this.#batcher;
      const room = feed.ended ? 0 : this.#sink.room(feed.taken);
      const isStuck = this.#running === 0 && (this.#sink.starved?.() ?? true);
      const isDue =
        size >= limits.maxSize ||
        this.#overflow !== undefined ||
        feed.hurried ||
        (room <= 0 && (feed.ended || isStuck));
      if (this.#running >= concurrency) await feed.change();
      else if (size > 0 && isDue) void this.#embed();
      else if (room > 0) {
        feed.hurried = false;
        // At most a batch.
        await feed.take(Math.min(room, limits.maxSize), this);
      } else if (feed.ended && this.#running === 0) return;
      else await feed.change();
    }
  }

  isHolding(): boolean {
    return this.#batcher.size > 0;
  }

  /** Whether the batch has room for more. */
  admit(input: EmbeddingInput, index: number): boolean {
    const { model, tokenizer, limits } = this.#options;
    checkInput(model, input, index);
    const key = inputKey(input);
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const { tokens, bytes } = inputCost(input, tokenizer, limits.maxBytes !== undefined);
      const entry: Entry = { input, index, others: undefined, vector: undefined, cut: false, tokens, bytes };
      this.#byKey.set(key, entry);
      if (this.#batcher.fits(entry)) this.#batcher.add(entry);
      else this.#overflow = entry;
    } else if (known.vector === undefined) (known.others ??= []).push(index);
    else this.#place(index, known, known.vector.slice());
    return this.#batcher.size < limits.maxSize && this.#overflow === undefined;
  }

  /** The batch, from its request to its places. It counts as running until what was paid for is kept. Never rejects. */
  async #embed(): Promise<void> {
    const { items: entries, tokens } = this.#batcher.take();
    if (this.#overflow !== undefined) this.#batcher.add(this.#overflow);
    this.#overflow = undefined;
    this.#feed.hurried = false;
    this.#running++;
    const at = this.#requests++;
    try {
      const inputs = entries.map(({ input }) => input);
      const { vectors, reply } = await this.#options.request(inputs, tokens, this);
      const { usage, model, providerMetadata, truncated = [] } = reply;
      const used = usage?.inputTokens;
      if (used === undefined || !Number.isFinite(used)) this.#uncounted = true;
      else this.#tokens += used;
      this.#model = model ?? this.#model;
      // A stream of a million batches has no result to put them into.
      if (providerMetadata !== undefined && this.#options.total !== undefined)
        this.#metadata[at] = providerMetadata;
      if (this.#options.call.onBatch !== undefined) await this.#keep(entries, vectors);
      for (const place of truncated) if (entries[place] !== undefined) entries[place].cut = true;
      entries.forEach((entry, place) => {
        const vector = (entry.vector = vectors[place]!);
        // Copies first: the first place gets the vector itself.
        for (const other of entry.others ?? []) this.#place(other, entry, vector.slice());
        this.#place(entry.index, entry, vector);
        entry.others = undefined;
      });
      if (truncated.length > 0)
        this.#announce(this.#cutWarning(entries.filter(({ cut }) => cut).map(({ index }) => index)));
      this.#progress();
    } catch (error) {
      this.#fail(error);
    }
    this.#running--;
    this.notify();
  }

  async #keep(entries: readonly Entry[], vectors: readonly Float32Array[]): Promise<void> {
    const { onBatch, signal } = this.#options.call;
    const keep = async (): Promise<void> =>
      onBatch?.(
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
    this.#failure ??= { error };
    if (this.signal.aborted) return;
    const { provider, model } = this.#options.model;
    const reason = 'Another request of the call failed.';
    this.#linked.abort(new MortiseError('aborted', reason, { provider, model }));
  }

  #place(index: number, { input, cut }: Entry, vector: Float32Array): void {
    this.#done++;
    if (cut && this.#options.total !== undefined) this.#cut.push(index);
    this.#sink.place(index, input, vector);
  }

  #progress(): void {
    const { call, total } = this.#options;
    const { onProgress } = call;
    this.#reported = this.#done;
    this.#sink.placed?.();
    if (onProgress === undefined) return;
    const counts = { done: this.#done, cached: 0, tokens: this.#tokens };
    const report = async (): Promise<unknown> =>
      onProgress(total === undefined ? counts : { ...counts, total });
    void heard(report(), (error) => this.#threw('onProgress', error));
  }

  #threw(setting: string, error: unknown): void {
    this.warn({
      type: 'other',
      setting,
      message: `${setting} threw: ${errorText(error)}. The call goes on.`,
    });
  }
}
