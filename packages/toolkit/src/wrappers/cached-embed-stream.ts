import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { linkedController, throwIfAborted, timeSlices } from '@mortise/core/call';
import {
  checkInput,
  inputKey,
  streamConcurrency,
  TextFeed,
  type EmbeddedText,
  type EmbeddingInput,
  type EmbeddingModel,
  type EmbeddingResult,
  type EmbeddingSink,
  type EmbedManyOptions,
  type RunFailure,
  type StreamRun,
  type TextSource,
} from '@mortise/core/embedding';
import { heard } from '@mortise/core/shared';
import { isPartial } from './cached-embed-list.ts';
import { Flight, lookupSize, type EmbeddingCacheCall } from './embedding-cache.ts';
import { ModelTexts } from './model-texts.ts';
import type { Claimed } from './store-lock.ts';

export interface CachedEmbedStreamOptions {
  readonly model: EmbeddingModel;
  readonly cache: EmbeddingCacheCall;
  readonly call: EmbedManyOptions;
  /** Of the texts, where the source knows. */
  readonly total: number | undefined;
  /** Aborted when the stream is left. */
  readonly left: AbortSignal;
}

/** One distinct input and the places in the source that wait for its vector. */
interface Entry {
  readonly input: EmbeddingInput;
  readonly places: number[];
  key: string;
  flight: Flight | undefined;
  vector: Float32Array | undefined;
  cached: boolean;
}

/** After so long without a text the model is given what there is; it then waits for more itself. */
const LINGER_MS = 20;
/** For models that take any number of texts. */
const MOST_TEXTS = 2048;

/**
 * `embedStream` through a cache: texts are looked up as they are taken from the source, and one stream of the model embeds
 * the misses. It is given a batch's worth at a time, or a slow reader would have texts sent one by one.
 */
export class CachedEmbedStream implements StreamRun {
  readonly readAhead: number;
  readonly #options: CachedEmbedStreamOptions;
  /** Of everything under way. */
  #linked!: ReturnType<typeof linkedController>;
  readonly #batch: number;
  readonly #lookup: number;
  #sink: EmbeddingSink = { room: () => 0, place: () => undefined };
  readonly #entries = new Map<string, Entry>();
  /** Entries that other calls may be waiting for. */
  readonly #leading = new Set<Entry>();
  /** Misses that the model has not been given. */
  #held: Entry[] = [];
  readonly #feed = new ModelTexts();
  /** What the model has been given, by its place there. */
  readonly #sent = new Map<number, Entry>();
  #fed = 0;
  #embedding: Promise<void> | undefined;
  #following = 0;
  /** Hurried when the source has paused, or somebody waits: the model is given what there is. */
  #texts!: TextFeed;
  #failure: { readonly error: unknown } | undefined;
  #done = 0;
  #cached = 0;
  #tokens = 0;
  /** What the model said of a stream of its that failed. */
  #said: Partial<Omit<EmbeddingResult, 'embeddings'>> = {};

  constructor(options: CachedEmbedStreamOptions) {
    const { model, call } = options;
    const { concurrency = streamConcurrency(model.metadata, call.dimensions) } = call;
    this.#options = options;
    this.#batch = Math.min(model.metadata.maxBatchSize, MOST_TEXTS);
    this.#lookup = lookupSize(model);
    this.readAhead = concurrency * this.#batch + this.#lookup;
  }

  get abortedByCaller(): RunFailure | undefined {
    const { signal } = this.#options.call;
    return signal?.aborted === true ? { error: signal.reason as unknown, byCaller: true } : undefined;
  }

  async run(source: TextSource, sink: EmbeddingSink): Promise<RunFailure | undefined> {
    this.#sink = sink;
    this.#linked = linkedController(this.#options.call.signal, this.#options.left);
    this.#texts = new TextFeed(source, LINGER_MS, this.#linked.signal);
    try {
      await this.#read();
    } catch (error) {
      this.#fail(error);
    }
    this.#feed.end();
    await this.#embedding;
    this.#linked.unlink();
    for (const entry of this.#leading) this.#land(entry, undefined);
    this.#texts.close();
    if (this.#failure === undefined) return undefined;
    return this.abortedByCaller ?? { error: this.#failure.error, byCaller: false };
  }

  notify(): void {
    this.#texts.notify();
  }

  /** Texts go one by one: there is something to do when a look's worth is gone. */
  handedOut(input: EmbeddingInput): void {
    const equal = inputKey(input);
    if (this.#entries.get(equal)?.vector !== undefined) this.#entries.delete(equal);
    const { ended, taken } = this.#texts;
    if (!ended && this.#sink.room(taken) >= Math.max(1, this.#lookup - this.#held.length)) this.notify();
  }

  summary(): Omit<EmbeddingResult, 'embeddings'> {
    const { usage = {}, warnings = [], ...said } = this.#said;
    return { ...said, usage, cached: this.#cached, warnings: [...this.#options.cache.warnings, ...warnings] };
  }

  /** Until every text has been taken, and those that another call embeds have come. */
  async #read(): Promise<void> {
    const texts = this.#texts;
    const slices = timeSlices(this.#linked.signal);
    for (;;) {
      throwIfAborted(this.#linked.signal);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
      this.#release();
      const room = texts.ended ? 0 : this.#sink.room(texts.taken);
      if (room > 0) await this.#lookUp(await this.#take(room));
      else if (texts.ended && this.#following === 0 && this.#held.length === 0) return;
      else await texts.change();
    }
  }

  /** New distinct texts, at most `room` and a look's worth. Fewer when the source pauses. */
  async #take(room: number): Promise<Entry[]> {
    const fresh: Entry[] = [];
    await this.#texts.take(Math.min(room, this.#lookup), {
      isHolding: () => fresh.length + this.#held.length > 0,
      admit: (input, index) => (this.#admit(input, index, fresh), true),
    });
    return fresh;
  }

  #admit(input: EmbeddingInput, index: number, fresh: Entry[]): void {
    checkInput(this.#options.model, input, index);
    const equal = inputKey(input);
    const known = this.#entries.get(equal);
    if (known === undefined) {
      const entry: Entry = {
        input,
        places: [index],
        key: '',
        flight: undefined,
        vector: undefined,
        cached: false,
      };
      this.#entries.set(equal, entry);
      fresh.push(entry);
    } else if (known.vector === undefined) known.places.push(index);
    else this.#place(index, input, known.vector.slice(), known.cached);
  }

  async #lookUp(entries: Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { cache } = this.#options;
    for (const entry of entries) entry.key = cache.key(entry.input);
    const found = await cache.read(
      entries.map(({ key }) => key),
      this.#linked.signal,
    );
    const before = this.#done;
    const missed: Entry[] = [];
    for (const [at, entry] of entries.entries()) {
      const vector = found[at];
      if (vector === undefined) missed.push(entry);
      else this.#settle(entry, vector, true);
    }
    if (this.#done > before) this.#progress();
    await this.#claim(missed);
  }

  /** Leads the requests for the entries' keys, or waits for the calls that do, of this process or another one. */
  async #claim(entries: readonly Entry[]): Promise<void> {
    const led = new Map<string, Entry>();
    for (const entry of entries) if (this.#leads(entry)) led.set(entry.key, entry);
    const { locks } = this.#options.cache;
    if (locks === undefined) this.#held.push(...led.values());
    else if (led.size > 0) this.#divide(led, await locks.claim([...led.keys()], this.#linked.signal));
  }

  /** What another process makes comes while the stream goes on. */
  #divide(led: ReadonlyMap<string, Entry>, { mine, found, theirs }: Claimed<Float32Array>): void {
    for (const [key, vector] of found) {
      const entry = led.get(key);
      if (entry === undefined) continue;
      this.#land(entry, vector);
      this.#settle(entry, vector, true);
    }
    if (found.size > 0) this.#progress();
    for (const key of mine) {
      const entry = led.get(key);
      if (entry !== undefined) this.#held.push(entry);
    }
    const { locks } = this.#options.cache;
    if (theirs.length === 0 || locks === undefined) return;
    this.#following++;
    locks
      .wait(theirs, this.#linked.signal)
      .then((claimed) => {
        this.#divide(led, claimed);
        // Another process may wait for what is ours now.
        this.#texts.hurry();
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#following--;
        this.notify();
      });
  }

  /** Whether the entry is ours to make, in this process. */
  #leads(entry: Entry): boolean {
    const { flights } = this.#options.cache;
    const other = flights.get(entry.key);
    if (other === undefined) {
      entry.flight = new Flight(() => this.#texts.hurry());
      flights.set(entry.key, entry.flight);
      this.#leading.add(entry);
      return true;
    }
    this.#following++;
    other.follow((vector) => {
      if (this.#linked.signal.aborted) {
        this.#following--;
        return;
      }
      if (vector !== undefined) {
        this.#following--;
        this.#settle(entry, vector, true);
        this.#progress();
        this.notify();
        return;
      }
      // Whoever it waited for has failed, or left.
      this.#claim([entry])
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#following--;
          this.notify();
        });
    });
    return false;
  }

  /** Gives the model whole batches, and the rest when there is nothing to wait for. */
  #release(): void {
    const { length } = this.#held;
    const { hurried, ended } = this.#texts;
    const all = hurried || ended || this.#isStuck();
    this.#texts.hurried = false;
    const count = all ? length : length - (length % this.#batch);
    if (count === 0) return;
    const given = this.#held.slice(0, count);
    this.#held = this.#held.slice(count);
    for (const entry of given) this.#sent.set(this.#fed++, entry);
    this.#feed.push(given.map(({ input }) => input));
    this.#embedding ??= this.#embed();
  }

  /** There is no room, the reader waits, and nothing is under way that it could wait for. */
  #isStuck(): boolean {
    const sink = this.#sink;
    return sink.room(this.#texts.taken) <= 0 && this.#sent.size === 0 && (sink.starved?.() ?? true);
  }

  /** One stream of the model, of all that is missing. Never rejects. */
  async #embed(): Promise<void> {
    const { model, call } = this.#options;
    try {
      const stream = model.embedStream(this.#feed, {
        ...call,
        signal: this.#linked.signal,
        onProgress: ({ tokens }) => {
          this.#tokens = tokens;
          this.#progress();
        },
        onBatch: async (batch) => {
          await this.#keep(batch).catch((error: unknown) => {
            this.#fail(error);
            throw error;
          });
          await call.onBatch?.(batch.flatMap((item) => this.#atFirstPlace(item)));
        },
      });
      for await (const item of stream) {
        // A model need not know `onBatch`.
        if (this.#sent.get(item.index)?.vector === undefined) await this.#keep([item]);
        this.#sent.delete(item.index);
        this.notify();
      }
      if (this.#sent.size > 0) throw unfinished(model, this.#sent.size);
    } catch (error) {
      if (isMortiseError(error) && isPartial(error.partial)) await this.#keepPartial(error.partial);
      this.#fail(error);
    }
  }

  #atFirstPlace(item: EmbeddedText): EmbeddedText[] {
    const [index] = this.#sent.get(item.index)?.places ?? [];
    return index === undefined ? [] : [{ ...item, index }];
  }

  async #keepPartial({
    embeddings,
    ...said
  }: {
    embeddings: readonly (Float32Array | undefined)[];
  }): Promise<void> {
    this.#said = said;
    const unkept = [...this.#sent].filter(([at, { vector }]) => vector === undefined && at in embeddings);
    const items = unkept.map(([index, { input }]) => {
      return { index, input, embedding: embeddings[index] as Float32Array, cached: false };
    });
    // What failed is told, not what failed after it.
    await this.#keep(items).catch(() => undefined);
  }

  /** First the cache, then other calls, then the reader, whose vectors are its own to change. */
  async #keep(items: readonly EmbeddedText[]): Promise<void> {
    const { cache } = this.#options;
    const made = items.flatMap((item) => {
      const entry = this.#sent.get(item.index);
      return entry === undefined ? [] : [{ ...item, entry }];
    });
    await cache.keep(made.map(({ entry, embedding }) => [entry.key, embedding] as const));
    for (const { entry, embedding, cached } of made) {
      this.#land(entry, embedding);
      this.#settle(entry, embedding, cached);
    }
    this.#sink.placed?.();
  }

  #land(entry: Entry, vector: Float32Array | undefined): void {
    const { flight, key } = entry;
    if (flight === undefined) return;
    entry.flight = undefined;
    this.#leading.delete(entry);
    this.#options.cache.flights.delete(key);
    this.#options.cache.locks?.release([key]);
    flight.land(vector);
  }

  #settle(entry: Entry, vector: Float32Array, cached: boolean): void {
    if (entry.vector !== undefined) return;
    entry.vector = vector;
    entry.cached = cached;
    const [first, ...others] = entry.places;
    // Copies first: the first place gets the vector itself.
    for (const other of others) this.#place(other, entry.input, vector.slice(), cached);
    if (first !== undefined) this.#place(first, entry.input, vector, cached);
  }

  #place(index: number, input: EmbeddingInput, vector: Float32Array, cached: boolean): void {
    this.#done++;
    if (cached) this.#cached++;
    this.#sink.place(index, input, vector, cached);
  }

  #progress(): void {
    const { call, total, cache } = this.#options;
    const { onProgress } = call;
    this.#sink.placed?.();
    if (onProgress === undefined) return;
    const counts = { done: this.#done, cached: this.#cached, tokens: this.#tokens };
    const report = async (): Promise<unknown> =>
      onProgress({ ...counts, ...(total === undefined ? {} : { total }) });
    void heard(report(), (error) => {
      cache.warn('onProgress', `onProgress threw: ${errorText(error)}. The call goes on.`);
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (!this.#linked.signal.aborted) this.#linked.abort(error);
  }
}

function unfinished({ provider, model }: EmbeddingModel, count: number): MortiseError {
  const message = `The stream of ${model} ended, and ${count} texts have no embedding. The model does not keep to its contract.`;
  return new MortiseError('malformed-response', message, { provider, model });
}
