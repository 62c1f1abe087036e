import { runPool } from '../call/pool.ts';
import { timeSlices } from '../call/time-slice.ts';
import { throwIfAborted, watchdog, type Watchdog } from '../call/timers.ts';
import { Batcher, type BatchCost, type BatchLimits } from './batch.ts';
import { Flight, type CallCache } from './cache.ts';

/** What a run is made of: where texts come from, how a batch is embedded, where vectors go. */
export interface RunPlan {
  readonly source: Iterator<string> | AsyncIterator<string>;
  readonly limits: BatchLimits;
  readonly concurrency: number;
  readonly cache: CallCache | undefined;
  /** Aborts every request of the run. */
  readonly controller: AbortController;
  /** Throws for a text that cannot be embedded. */
  check(text: unknown, index: number): void;
  tokens(text: string): number;
  bytes(text: string): number;
  /** One request with its retries. Vectors in the order of the texts. */
  request(texts: readonly string[], tokens: number): Promise<readonly Float32Array[]>;
  /** What every vector of the call must have, as far as it is known yet. */
  dimensions(): number | undefined;
  /** Why requests under way are aborted when another has failed. */
  siblingReason(): unknown;
  /** How many texts may be taken from the source now. */
  room(taken: number): number;
  /** Somebody waits for a vector, and has all that came before it. */
  starved(): boolean;
  place(index: number, text: string, vector: Float32Array, cached: boolean): void;
  /** Vectors were placed. */
  progress(): void;
  looked(hits: number, misses: number): void;
}

/** One distinct text and the places in the input that wait for its vector. */
interface Entry extends BatchCost {
  readonly text: string;
  readonly index: number;
  /** Further places, while there is no vector. */
  others: number[] | undefined;
  key: string | undefined;
  vector: Float32Array | undefined;
  cached: boolean;
}

/** A source that pauses for so long has what it gave so far sent: it may be waiting for just that. */
const LINGER_MS = 100;
/** Keys of one look into a cache: worth a round trip and no more. */
const SMALLEST_LOOKUP = 64;
const LARGEST_LOOKUP = 256;

/**
 * Takes texts from the source, looks them up, batches the misses and keeps `concurrency` requests under way.
 * It knows nothing of results beyond `place`, so that a list and a stream are the same run.
 */
export class EmbeddingRun {
  readonly #plan: RunPlan;
  readonly #signal: AbortSignal;
  readonly #batcher: Batcher<Entry>;
  readonly #byText = new Map<string, Entry>();
  /** Entries of this run that other calls may be waiting for. */
  readonly #leading = new Map<Entry, Flight>();
  /** Misses that are in no batch yet. */
  #misses: Entry[] = [];
  /** Batches that were handed out and are not settled. */
  #running = 0;
  #following = 0;
  #taken = 0;
  #ended = false;
  /** Send the batch as it stands. */
  #hurried = false;
  #pendingNext: Promise<IteratorResult<string>> | undefined;
  #linger: Watchdog | undefined;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#signal = plan.controller.signal;
    this.#batcher = new Batcher(plan.limits);
  }

  /** Settles when every text has its vector and nothing runs any more; rejects with the first failure. */
  async run(): Promise<void> {
    const { concurrency } = this.#plan;
    const wake = (): void => this.notify();
    this.#signal.addEventListener('abort', wake, { once: true });
    try {
      await runPool(this.#batches(), concurrency, (batch) => this.#embed(batch.items, batch.tokens));
    } catch (error) {
      throw this.#failure === undefined ? error : this.#failure.error;
    } finally {
      this.#signal.removeEventListener('abort', wake);
      this.#linger?.stop();
      for (const entry of [...this.#leading.keys()]) this.#land(entry, undefined);
      if (!this.#ended) this.#leaveSource();
    }
  }

  /** Something changed that the run may be waiting for: a reader, a batch, a follower's vector, an abort. */
  notify(): void {
    this.#wake?.();
  }

  /** The reader has taken a text. It takes them one by one: there is something to do when a batch's worth is gone. */
  roomMade(): void {
    const { limits, cache } = this.#plan;
    const collected = this.#batcher.size + this.#misses.length;
    const missing = chunkSize(limits.maxSize, cache !== undefined) - collected;
    if (!this.#ended && this.#plan.room(this.#taken) >= Math.max(1, missing)) this.notify();
  }

  /** The text's vector has left the run; should the text come again, it is a new one. */
  forget(text: string): void {
    if (this.#byText.get(text)?.vector !== undefined) this.#byText.delete(text);
  }

  async *#batches(): AsyncGenerator<{ items: Entry[]; tokens: number }, void> {
    try {
      const slices = timeSlices(this.#signal);
      for (;;) {
        throwIfAborted(this.#signal);
        // A model within the process, and a cache in memory, settle without a turn of the event loop.
        const turn = slices.turn();
        if (turn !== undefined) await turn;
        this.#fill();
        const due = this.#misses.length > 0 || this.#batcher.full || this.#hurried;
        if (due && this.#batcher.size > 0) {
          // Another call's hurry is for one entry: it lasts until every miss was sent.
          if (this.#misses.length === 0) this.#hurried = false;
          yield this.#send();
          continue;
        }
        this.#hurried = false;
        const room = this.#ended ? 0 : this.#plan.room(this.#taken);
        if (room > 0) await this.#lookUp(await this.#take(room));
        else if (this.#batcher.size > 0 && (this.#ended || this.#stuck())) yield this.#send();
        else if (this.#ended && this.#following === 0) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #send(): { items: Entry[]; tokens: number } {
    this.#running++;
    return this.#batcher.take();
  }

  /**
   * Without room a batch that is not full waits for its reader to go on, or a slow reader would have its texts sent one
   * by one. Only when the reader waits, and no request is under way that it could wait for, it is this batch.
   */
  #stuck(): boolean {
    return this.#running === 0 && this.#plan.starved();
  }

  #fill(): void {
    let filled = 0;
    for (const entry of this.#misses) {
      if (!this.#batcher.fits(entry)) break;
      this.#batcher.add(entry);
      filled++;
    }
    this.#misses = filled === this.#misses.length ? [] : this.#misses.slice(filled);
  }

  /** New distinct texts, at most `room` and a lookup's worth. Fewer when the source pauses. */
  async #take(room: number): Promise<Entry[]> {
    const { source, cache, limits } = this.#plan;
    const size = Math.min(room, chunkSize(limits.maxSize, cache !== undefined));
    const fresh: Entry[] = [];
    const last = this.#taken + size;
    while (this.#taken < last && !this.#hurried) {
      let next: IteratorResult<string> | Promise<IteratorResult<string>> | undefined =
        this.#pendingNext ?? source.next();
      if ('then' in next) next = await this.#arrival(next, fresh.length + this.#batcher.size);
      throwIfAborted(this.#signal);
      if (next === undefined) break;
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      this.#admit(next.value, this.#taken++, fresh);
    }
    this.#linger?.pause();
    return fresh;
  }

  /** What an asynchronous source gives, or undefined when the run is woken before. */
  async #arrival(
    pending: Promise<IteratorResult<string>>,
    unsent: number,
  ): Promise<IteratorResult<string> | undefined> {
    this.#pendingNext = pending;
    if (unsent > 0) (this.#linger ??= watchdog(LINGER_MS, () => this.#onPause())).resume();
    else this.#linger?.pause();
    const next = await new Promise<IteratorResult<string> | undefined>((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      pending.then(resolve, reject);
    });
    if (next !== undefined) this.#pendingNext = undefined;
    return next;
  }

  #onPause(): void {
    this.#linger = undefined;
    this.#hurried = true;
    this.notify();
  }

  #admit(text: string, index: number, fresh: Entry[]): void {
    this.#plan.check(text, index);
    const known = this.#byText.get(text);
    if (known === undefined) {
      const entry: Entry = {
        text,
        index,
        others: undefined,
        key: undefined,
        vector: undefined,
        cached: false,
        tokens: this.#plan.tokens(text),
        bytes: this.#plan.bytes(text),
      };
      this.#byText.set(text, entry);
      fresh.push(entry);
    } else if (known.vector === undefined) (known.others ??= []).push(index);
    else this.#plan.place(index, text, known.vector.slice(), known.cached);
  }

  async #lookUp(entries: Entry[]): Promise<void> {
    const { cache } = this.#plan;
    if (cache === undefined) {
      this.#misses = this.#misses.concat(entries);
      return;
    }
    if (entries.length === 0) return;
    const keys = entries.map((entry) => cache.key(entry.text));
    const found = await cache.read(keys, this.#plan.dimensions());
    let hits = 0;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at]!;
      const vector = found[at];
      if (vector === undefined) {
        entry.key = keys[at];
        this.#claim(entry, cache);
        continue;
      }
      hits++;
      this.#settle(entry, vector, true);
    }
    this.#plan.looked(hits, entries.length - hits);
    if (hits > 0) this.#plan.progress();
  }

  /** Leads the request for the entry's key, or waits for the call that does. */
  #claim(entry: Entry, { flights }: CallCache): void {
    const key = entry.key!;
    const other = flights.get(key);
    if (other === undefined) {
      const flight = new Flight(() => {
        this.#hurried = true;
        this.notify();
      });
      flights.set(key, flight);
      this.#leading.set(entry, flight);
      this.#misses.push(entry);
      return;
    }
    this.#following++;
    other.follow((vector) => {
      this.#following--;
      if (this.#signal.aborted) return;
      if (vector === undefined) this.#claim(entry, this.#plan.cache!);
      else {
        this.#settle(entry, vector, true);
        this.#plan.progress();
      }
      this.notify();
    });
  }

  /** One batch, from the request to the cache. Its place in the pool is held until what was paid for is kept. */
  async #embed(entries: readonly Entry[], tokens: number): Promise<void> {
    try {
      const texts = entries.map((entry) => entry.text);
      const vectors = await this.#plan.request(texts, tokens);
      // First the cache, then other calls, then the caller, whose vectors are its own to change.
      await this.#plan.cache?.write(entries.map((entry, at) => [entry.key!, vectors[at]!] as const));
      for (let at = 0; at < entries.length; at++) {
        this.#land(entries[at]!, vectors[at]);
        this.#settle(entries[at]!, vectors[at]!, false);
      }
      this.#plan.progress();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#running--;
      this.notify();
    }
  }

  /** The siblings' work would be thrown away, so they are aborted. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (!this.#signal.aborted) this.#plan.controller.abort(this.#plan.siblingReason());
  }

  /** Ends the wait of other calls for this entry: with its vector, or for them to make their own request. */
  #land(entry: Entry, vector: Float32Array | undefined): void {
    const flight = this.#leading.get(entry);
    if (flight === undefined) return;
    this.#leading.delete(entry);
    this.#plan.cache?.flights.delete(entry.key!);
    flight.land(vector);
  }

  #settle(entry: Entry, vector: Float32Array, cached: boolean): void {
    entry.vector = vector;
    entry.cached = cached;
    const { text, index, others } = entry;
    // Copies first: the first place gets the vector itself.
    for (const other of others ?? []) this.#plan.place(other, text, vector.slice(), cached);
    this.#plan.place(index, text, vector, cached);
    entry.others = undefined;
  }

  /** A source that was not read to its end is told so; it may be hanging, so nobody waits for it. */
  #leaveSource(): void {
    const { source } = this.#plan;
    const leave = async (): Promise<void> => void (await source.return?.());
    leave().catch(() => undefined);
    this.#pendingNext?.catch(() => undefined);
  }
}

function chunkSize(maxBatch: number, cached: boolean): number {
  return cached ? Math.min(LARGEST_LOOKUP, Math.max(maxBatch, SMALLEST_LOOKUP)) : maxBatch;
}

/** How many texts a stream reads ahead: every place of the pool full, and one look into the cache. */
export function readAhead(maxBatch: number, concurrency: number, cached: boolean): number {
  return concurrency * maxBatch + chunkSize(maxBatch, cached);
}
