import { errorText, isMortiseError, MortiseError, withErrorFields } from '@mortise/core';
import { raceAbort, throwIfAborted, timeSlices, type Warning } from '@mortise/core/call';
import {
  checkInput,
  inputKey,
  type EmbeddingInput,
  type EmbeddingModel,
  type EmbeddingResult,
  type EmbedManyOptions,
  type PartialEmbeddingResult,
} from '@mortise/core/embedding';
import { defined, heard, isObject } from '@mortise/core/shared';
import { Flight, lookupSize, type EmbeddingCacheCall } from './embedding-cache.ts';
import type { Claimed } from './store-lock.ts';

/** One distinct input and its places in the list. */
interface Entry {
  readonly input: EmbeddingInput;
  readonly index: number;
  /** Further places. */
  others: number[] | undefined;
  key: string;
  flight: Flight | undefined;
  settled: boolean;
}

/** `embedTexts` through a cache: all texts are looked up, and the model is given the misses as one list. */
export async function embedListCached(
  model: EmbeddingModel,
  texts: readonly EmbeddingInput[],
  options: EmbedManyOptions,
  cache: EmbeddingCacheCall,
): Promise<EmbeddingResult> {
  throwIfAborted(options.signal);
  const inputs = [...texts];
  for (const [index, input] of inputs.entries()) checkInput(model, input, index);
  return inputs.length === 0
    ? model.embedTexts(inputs, options)
    : new CachedList(model, inputs, options, cache).run();
}

/** Keys that one call locks in a store that several processes share. */
const MOST_LOCKED = 4_096;
const NONE: readonly number[] = [];
const NOTHING = { usage: { inputTokens: 0 }, cached: 0, requests: 0, warnings: [] };

class CachedList {
  readonly #model: EmbeddingModel;
  readonly #options: EmbedManyOptions;
  readonly #cache: EmbeddingCacheCall;
  readonly #total: number;
  readonly #entries: Entry[];
  readonly #embeddings: Float32Array[];
  /** What this call makes for itself and for those who wait for it, and what another call is making. */
  #led: Entry[] = [];
  #followed: Promise<Entry | undefined>[] = [];
  /** What another process is making, by key. Calls of this process wait for it here. */
  readonly #theirs = new Map<string, Entry>();
  #locked = 0;
  #done = 0;
  #reported = 0;
  #cached = 0;
  /** Tokens of the requests before the present one, and of it. */
  #tokensBefore = 0;
  #tokens = 0;
  #result: Omit<EmbeddingResult, 'embeddings'>;
  /** The model has given a result. */
  #isAnswered = false;

  constructor(
    model: EmbeddingModel,
    texts: readonly EmbeddingInput[],
    options: EmbedManyOptions,
    cache: EmbeddingCacheCall,
  ) {
    this.#model = model;
    this.#result = { provider: model.provider, model: model.model, ...NOTHING };
    this.#options = options;
    this.#cache = cache;
    this.#total = texts.length;
    this.#embeddings = new Array<Float32Array>(texts.length);
    const entries = new Map<string, Entry>();
    for (const [index, input] of texts.entries()) {
      const equal = inputKey(input);
      const known = entries.get(equal);
      if (known !== undefined) (known.others ??= []).push(index);
      else
        entries.set(equal, {
          ...{ input, index, key: '' },
          ...{ others: undefined, flight: undefined, settled: false },
        });
    }
    this.#entries = [...entries.values()];
  }

  async run(): Promise<EmbeddingResult> {
    const { signal } = this.#options;
    try {
      await this.#lookUp();
      for (;;) {
        await this.#embed(this.#led);
        this.#led = [];
        // First what is ours to make: others may wait for it as we wait for theirs.
        if (this.#theirs.size > 0) {
          await this.#awaitTheirs();
          continue;
        }
        const following = Promise.all(this.#followed);
        this.#followed = [];
        const left = await (signal === undefined ? following : raceAbort(following, signal));
        const again = left.filter((entry) => entry !== undefined);
        if (again.length === 0) break;
        // Whoever they waited for has failed, or left.
        await this.#claim(again);
      }
      if (this.#reported !== this.#done) this.#progress();
      // Its result for no texts, which takes no request: who would have answered.
      if (!this.#isAnswered) this.#add(await this.#model.embedTexts([], this.#options), []);
      return { ...this.#summary(), embeddings: this.#embeddings };
    } catch (error) {
      throwIfAborted(signal);
      if (!isMortiseError(error)) throw error;
      throw withErrorFields(error, { partial: { ...this.#summary(), embeddings: this.#embeddings } });
    } finally {
      for (const entry of this.#entries) this.#land(entry, undefined);
    }
  }

  async #lookUp(): Promise<void> {
    const { signal } = this.#options;
    const slices = timeSlices(signal);
    const size = lookupSize(this.#model);
    for (let from = 0; from < this.#entries.length; from += size) {
      const turn = slices.turn();
      if (turn !== undefined) await turn;
      const looked = this.#entries.slice(from, from + size);
      for (const entry of looked) entry.key = this.#cache.key(entry.input);
      const found = await this.#cache.read(
        looked.map(({ key }) => key),
        signal,
      );
      const before = this.#done;
      const missed: Entry[] = [];
      for (const [at, entry] of looked.entries()) {
        const vector = found[at];
        if (vector === undefined) missed.push(entry);
        else this.#settle(entry, vector, true);
      }
      if (this.#done > before) this.#progress();
      await this.#claim(missed);
    }
  }

  /** Leads the requests for the entries' keys, or waits for the calls that do, of this process or another one. */
  async #claim(entries: readonly Entry[]): Promise<void> {
    const led = entries.filter((entry) => this.#leads(entry));
    const { locks } = this.#cache;
    // Beyond that the locks would cost more than what they save: what is not locked may be made twice.
    const locked = locks === undefined ? [] : led.slice(0, Math.max(0, MOST_LOCKED - this.#locked));
    this.#locked += locked.length;
    this.#led.push(...led.slice(locked.length));
    if (locks === undefined || locked.length === 0) return;
    for (const entry of locked) this.#theirs.set(entry.key, entry);
    this.#divide(
      await locks.claim(
        locked.map(({ key }) => key),
        this.#options.signal,
      ),
    );
  }

  async #awaitTheirs(): Promise<void> {
    const { locks } = this.#cache;
    if (locks !== undefined) this.#divide(await locks.wait([...this.#theirs.keys()], this.#options.signal));
  }

  #divide({ mine, found }: Claimed<Float32Array>): void {
    for (const [key, vector] of found) {
      const entry = this.#theirs.get(key);
      if (!this.#theirs.delete(key) || entry === undefined) continue;
      this.#land(entry, vector);
      this.#settle(entry, vector, true);
    }
    for (const key of mine) {
      const entry = this.#theirs.get(key);
      if (this.#theirs.delete(key) && entry !== undefined) this.#led.push(entry);
    }
    if (found.size > 0) this.#progress();
  }

  /** Whether the entry is ours to make, in this process. */
  #leads(entry: Entry): boolean {
    const { flights } = this.#cache;
    const other = flights.get(entry.key);
    if (other === undefined) {
      entry.flight = new Flight();
      flights.set(entry.key, entry.flight);
      return true;
    }
    const landed = new Promise<Entry | undefined>((resolve) => {
      other.follow((vector) => {
        if (vector === undefined) return resolve(entry);
        this.#settle(entry, vector, true);
        this.#progress();
        resolve(undefined);
      });
    });
    this.#followed.push(landed);
    return false;
  }

  /** The misses as one list. */
  async #embed(led: readonly Entry[]): Promise<void> {
    if (led.length === 0) return;
    let failure: { readonly error: unknown } | undefined;
    const options: EmbedManyOptions = {
      ...this.#options,
      onProgress: ({ tokens }) => {
        this.#tokens = this.#tokensBefore + tokens;
        this.#progress();
      },
      onBatch: async (batch) => {
        const made = batch.map(({ index, embedding }) => [led[index] as Entry, embedding] as const);
        try {
          await this.#keep(made);
        } catch (error) {
          // The model would take it for a failure of this callback.
          failure ??= { error };
          throw error;
        }
        await this.#options.onBatch?.(
          batch.map((item) => ({ ...item, index: (led[item.index] as Entry).index })),
        );
      },
    };
    const texts = led.map(({ input }) => input);
    const { model } = this.#model;
    try {
      const { embeddings, ...result } = await this.#model.embedTexts(texts, options);
      this.#add(result, led);
      if (failure !== undefined) throw failure.error;
      if (!Array.isArray(embeddings) || embeddings.length !== led.length) {
        const message = `The model ${model} gave no list of ${led.length} embeddings for ${led.length} texts. It does not keep to its contract.`;
        throw new MortiseError('malformed-response', message, { provider: this.#model.provider, model });
      }
      await this.#keepRest(led, embeddings);
    } catch (error) {
      if (isMortiseError(error) && isPartial(error.partial)) {
        const { embeddings, ...result } = error.partial;
        this.#add(result, led);
        // What failed is told, not what failed after it.
        await this.#keepRest(led, embeddings).catch(() => undefined);
      }
      throw error;
    }
    this.#tokensBefore = this.#tokens;
  }

  /** What the model has not handed over by `onBatch`: it need not know it. */
  async #keepRest(led: readonly Entry[], embeddings: readonly (Float32Array | undefined)[]): Promise<void> {
    const size = lookupSize(this.#model);
    let made: (readonly [Entry, Float32Array])[] = [];
    for (const [at, entry] of led.entries()) {
      const vector = embeddings[at];
      if (entry.settled || !(at in embeddings)) continue;
      made.push([entry, vector as Float32Array]);
      if (made.length < size) continue;
      await this.#keep(made);
      made = [];
    }
    if (made.length > 0) await this.#keep(made);
  }

  /** First the cache, then other calls, then the caller, whose vectors are its own to change. */
  async #keep(made: readonly (readonly [Entry, Float32Array])[]): Promise<void> {
    await this.#cache.keep(made.map(([{ key }, vector]) => [key, vector] as const));
    for (const [entry, vector] of made) {
      this.#land(entry, vector);
      this.#settle(entry, vector, false);
    }
  }

  #land(entry: Entry, vector: Float32Array | undefined): void {
    if (entry.flight === undefined) return;
    const { flight, key } = entry;
    entry.flight = undefined;
    this.#cache.flights.delete(key);
    this.#cache.locks?.release([key]);
    flight.land(vector);
  }

  #settle(entry: Entry, vector: Float32Array, cached: boolean): void {
    if (entry.settled) return;
    entry.settled = true;
    const { index, others = NONE } = entry;
    for (const at of others) this.#embeddings[at] = vector?.slice();
    this.#embeddings[index] = vector;
    this.#done += 1 + others.length;
    if (cached) this.#cached += 1 + others.length;
  }

  #progress(): void {
    const { onProgress } = this.#options;
    this.#reported = this.#done;
    if (onProgress === undefined) return;
    const counts = { done: this.#done, total: this.#total, cached: this.#cached, tokens: this.#tokens };
    const report = async (): Promise<unknown> => onProgress(counts);
    void heard(report(), (error) => {
      this.#cache.warn('onProgress', `onProgress threw: ${errorText(error)}. The call goes on.`);
    });
  }

  /** Of the misses there may be several lists: a second one of what others failed to make. */
  #add(result: Partial<Omit<EmbeddingResult, 'embeddings'>>, led: readonly Entry[]): void {
    const { usage, cached = 0, requests, warnings = [], providerMetadata } = result;
    this.#isAnswered = true;
    const { usage: before, requests: sent } = this.#result;
    this.#cached += cached;
    const tokens = sum(before.inputTokens, usage?.inputTokens);
    const count = sum(sent, requests);
    const { requests: _sent, ...known } = this.#result;
    this.#result = {
      ...known,
      ...whoAnswered(result),
      usage: tokens === undefined ? {} : { inputTokens: tokens },
      warnings: [...known.warnings, ...warnings.map((warning) => atPlaces(warning, led))],
      ...(count === undefined ? {} : { requests: count }),
      ...(providerMetadata === undefined
        ? {}
        : { providerMetadata: mergedByProvider(known.providerMetadata, providerMetadata) }),
    };
  }

  #summary(): Omit<EmbeddingResult, 'embeddings'> {
    const warnings = [...this.#cache.warnings, ...this.#result.warnings];
    return { ...this.#result, cached: this.#cached, warnings };
  }
}

export function isPartial(partial: unknown): partial is PartialEmbeddingResult {
  return isObject(partial) && Array.isArray(partial['embeddings']);
}

function whoAnswered({ provider, server, model }: Partial<EmbeddingResult>): Partial<EmbeddingResult> {
  return defined({ provider, server, model });
}

/** The warning with the places of the whole list in place of those of the misses. */
function atPlaces(warning: Warning, led: readonly Entry[]): Warning {
  if (warning.inputs === undefined) return warning;
  const places = warning.inputs.flatMap((at) => {
    const entry = led[at];
    return entry === undefined ? [] : [entry.index, ...(entry.others ?? NONE)];
  });
  return { ...warning, inputs: places.toSorted((a, b) => a - b) };
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

type ByProvider = NonNullable<EmbeddingResult['providerMetadata']>;

/** Member by member under each provider; of two the later one stands. */
function mergedByProvider(before: ByProvider = {}, after: ByProvider): ByProvider {
  const merged = { ...before };
  for (const [provider, members] of Object.entries(after)) {
    const known = merged[provider];
    merged[provider] = isObject(known) && isObject(members) ? { ...known, ...members } : members;
  }
  return merged;
}
