import { emitPoint } from '@mortise/core/events';
import { raceAbort, type AnsweredBy } from '@mortise/core/call';
import { errorText } from '@mortise/core';
import { framed, sha256Hex, isObject, type JsonValue, canonicalJson, base64Of } from '@mortise/core/shared';
import type { KeyValueStore, StoreValue } from '@mortise/core/store';
import { createStoreGuard, type StoreGuard } from './store-guard.ts';
import { storeLocksOf } from './store-lock.ts';
import { type ChatOptions, type LLM, toMessages, type ChatInput, type ChatReply } from '@mortise/core/llm';

/** `chat` and `complete` of one text are two questions: a model may put the one into a template. */
export type CallKind = 'chat' | 'complete';

export interface ReplyCacheOptions {
  readonly scope: string;
  readonly ttlMs: number | undefined;
}

/** A reply with who gave it; what was kept before that was known does not say. */
export type KeptReply = ChatReply & AnsweredBy;

/** A reply that was there, or the duty to get it for everybody who waits for it. */
export type Entry =
  | { readonly reply: KeptReply; readonly lead?: undefined }
  | { readonly lead: Lead; readonly reply?: undefined };

export interface Lead {
  /** Writes the reply, then hands it to those who wait. Rejects only with the caller's own reason. */
  keep(reply: KeptReply): Promise<void>;
  /** There will be no reply, unless there is one already: somebody else makes the request. */
  leave(): void;
  /** Somebody waits: a stream must go on also when its reader does not. */
  onFollowed(drive: () => void): void;
}

const NAMESPACE = 'llm';
/** A cache that takes longer is of little use before a model that answers in seconds. */
const STORE_TIMEOUT_MS = 10_000;

/** What `withCache` knows of a store: keys, entries, and requests under way. */
export class ReplyCache {
  readonly #llm: LLM;
  readonly #store: KeyValueStore;
  readonly #options: ReplyCacheOptions;
  readonly #flights: Map<string, Flight>;

  constructor(llm: LLM, store: KeyValueStore, options: ReplyCacheOptions) {
    this.#llm = llm;
    this.#store = store;
    this.#options = options;
    this.#flights = flightsOf(store);
  }

  /** `signal` ends the wait; it may end before `options.signal` does, when a stream is left. */
  async enter(
    kind: CallKind,
    input: ChatInput,
    options: ChatOptions,
    signal: AbortSignal | undefined,
  ): Promise<Entry> {
    const key = this.#key(kind, input, options);
    if (key === undefined) return { lead: ALONE };
    for (;;) {
      const other = this.#flights.get(key);
      if (other === undefined) return this.#lead(key, options, signal);
      const followed = other.follow();
      const reply = await (signal === undefined ? followed : raceAbort(followed, signal));
      if (reply === undefined) continue;
      this.#looked(true);
      return { reply };
    }
  }

  async #lead(key: string, options: ChatOptions, signal: AbortSignal | undefined): Promise<Entry> {
    // Before the look into the store, so that those who come meanwhile share it.
    const flight = new Flight();
    this.#flights.set(key, flight);
    const end = (reply: KeptReply | undefined): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      flight.land(reply);
    };
    const guard = createStoreGuard({
      store: this.#store,
      timeoutMs: STORE_TIMEOUT_MS,
      warn: (message) => this.#warn(message),
    });
    const look = async (keys: readonly string[], ended: AbortSignal | undefined) => [
      await this.#read(keys[0] as string, guard, ended),
    ];
    const locks = storeLocksOf({ store: this.#store, namespace: NAMESPACE, guard, look });
    try {
      let reply = await this.#read(key, guard, signal);
      // The same question of another process: one of them asks, and the others wait for what it keeps.
      if (reply === undefined && locks !== undefined) {
        let claimed = await locks.claim([key], signal);
        if (claimed.theirs.length > 0) claimed = await locks.wait([key], signal);
        reply = claimed.found.get(key);
      }
      this.#looked(reply !== undefined);
      if (reply !== undefined) {
        end(reply);
        return { reply: structuredClone(reply) };
      }
    } catch (error) {
      end(undefined);
      throw error;
    }
    let keeping = false;
    const leave = (reply?: KeptReply): void => {
      end(reply);
      locks?.release([key]);
    };
    const keep = async (reply: KeptReply): Promise<void> => {
      keeping = true;
      let copy: KeptReply | undefined;
      try {
        await this.#write(key, reply, guard);
        copy = this.#copyOf(reply);
      } finally {
        // Whatever happens: those who wait would wait for ever.
        leave(copy);
      }
    };
    return {
      lead: {
        // What was paid for is kept also when its caller does not wait for that.
        keep: (reply) =>
          options.signal === undefined ? keep(reply) : raceAbort(keep(reply), options.signal),
        leave() {
          if (!keeping) leave();
        },
        onFollowed(drive) {
          flight.onFollowed(drive);
          // Nobody knows whether another process waits.
          if (locks !== undefined) drive();
        },
      },
    };
  }

  async #read(
    key: string,
    guard: StoreGuard,
    signal: AbortSignal | undefined,
  ): Promise<KeptReply | undefined> {
    const value = await guard('read', signal, () => this.#store.get(key, { namespace: NAMESPACE, signal }));
    if (value == null) return undefined;
    const reply = decode(value);
    if (reply === undefined)
      this.#warn('The cache holds a value that is not a reply; the model is asked again.');
    return reply;
  }

  async #write(key: string, reply: KeptReply, guard: StoreGuard): Promise<void> {
    let value: StoreValue;
    try {
      value = encode(reply);
    } catch (error) {
      return this.#warn(`The reply is not kept: ${errorText(error)}`);
    }
    const { ttlMs } = this.#options;
    await guard('written', undefined, () => this.#store.set(key, value, { namespace: NAMESPACE, ttlMs }));
  }

  /** What cannot be copied is not shared: who waits asks for himself. */
  #copyOf(reply: KeptReply): KeptReply | undefined {
    try {
      return structuredClone(reply);
    } catch (error) {
      this.#warn(`The reply is not shared: ${errorText(error)}`);
      return undefined;
    }
  }

  #key(kind: CallKind, input: ChatInput, options: ChatOptions): string | undefined {
    const { provider, model } = this.#llm;
    try {
      return replyCacheKey({ provider, model, scope: this.#options.scope, kind }, input, options);
    } catch (error) {
      this.#warn(`The call is not cached: ${errorText(error)}`);
      return undefined;
    }
  }

  #looked(hit: boolean): void {
    const { provider, model } = this.#llm;
    emitPoint('cache', { provider, model, hits: Number(hit), misses: Number(!hit) });
  }

  #warn(message: string): void {
    const { provider, model } = this.#llm;
    emitPoint('warning', { provider, model, type: 'other', setting: 'cache', message });
  }
}

/** What makes one model another. */
interface ReplyKeyFields {
  readonly provider: string;
  readonly model: string;
  readonly scope: string;
  readonly kind: CallKind;
}

/**
 * SHA-256 of `mortise-llm-1` and the fields provider, model, scope, kind, messages and options, length-framed as those of
 * `embeddingCacheKey`; messages and options are canonical JSON. Every option counts but those of the call itself
 * (`signal`, `timeoutMs`, `deadlineMs`, `parent`): one that core does not know may change the answer too.
 */
function replyCacheKey(fields: ReplyKeyFields, input: ChatInput, options: ChatOptions): string {
  const { signal: _signal, timeoutMs: _timeout, deadlineMs: _deadline, parent: _parent, ...asked } = options;
  const request = { ...asked, tools: asked.tools?.map(definitionOf) };
  const { provider, model, scope, kind } = fields;
  const parts = [provider, model, scope, kind, jsonOf(toMessages(input)), jsonOf(request)];
  return sha256Hex(`mortise-llm-1${parts.map(framed).join('')}`);
}

/** A tool as the model sees it; how it runs here changes no answer. */
function definitionOf({ name, description, parameters, strict }: NonNullable<ChatOptions['tools']>[number]) {
  return { name, description, parameters, strict };
}

function jsonOf(value: unknown): string {
  return canonicalJson(withoutBytes(value));
}

/** Bytes as base64, which by the contract means the same. */
function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return base64Of(value);
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (!isObject(value) || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutBytes(member)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** With a hash of its own: a value that was changed or cut is not a reply. */
function encode(reply: KeptReply): StoreValue {
  const text = canonicalJson(reply);
  return { sha256: sha256Hex(text), reply: JSON.parse(text) as JsonValue };
}

function decode(value: StoreValue): KeptReply | undefined {
  if (!isObject(value) || !isObject(value['reply'])) return undefined;
  const { sha256, reply } = value;
  try {
    return sha256Hex(canonicalJson(reply)) === sha256 ? (reply as unknown as KeptReply) : undefined;
  } catch {
    // What a store gives may be anything.
    return undefined;
  }
}

/** A call that has no key: nobody can wait for it. */
const ALONE: Lead = {
  keep: () => Promise.resolve(),
  leave: () => undefined,
  onFollowed: () => undefined,
};

/** A request under way for one key. */
class Flight {
  readonly #landed = Promise.withResolvers<KeptReply | undefined>();
  #followed = false;
  #drive: (() => void) | undefined;

  /** Resolves with a reply of its own, or with nothing when the leader failed or left. */
  async follow(): Promise<KeptReply | undefined> {
    this.#followed = true;
    this.#drive?.();
    return structuredClone(await this.#landed.promise);
  }

  onFollowed(drive: () => void): void {
    this.#drive = drive;
    if (this.#followed) drive();
  }

  land(reply: KeptReply | undefined): void {
    this.#landed.resolve(reply);
  }
}

/** Wrappers that share a store share its flights. */
const flights = new WeakMap<KeyValueStore, Map<string, Flight>>();

function flightsOf(store: KeyValueStore): Map<string, Flight> {
  let found = flights.get(store);
  if (found === undefined) flights.set(store, (found = new Map<string, Flight>()));
  return found;
}
