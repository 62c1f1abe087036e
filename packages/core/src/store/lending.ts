import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry } from './key-value-contract.ts';

/** An entry as the store itself holds it. Its value is to be read: never changed, never handed out. */
export interface LentEntry {
  /** Bytes, or JSON as its text. What is set under the key later is another entry. */
  readonly value: Uint8Array | string;
  /** A note of the one reader there is, the cache of embeddings: the value is a sound vector. */
  isVector: boolean;
}

/** How a store of core's own spares core's own cache a copy of every value, and a second look at each number. */
export interface Lender {
  /** As `getMany`. */
  lend(keys: readonly string[], options: KeyValueOptions): (LentEntry | undefined)[];
  /** As `setMany`: the entries that were made. */
  keep(entries: readonly StoreEntry[], options: SetOptions): LentEntry[];
}

interface Registered extends Lender {
  readonly methods: Pick<KeyValueStore, 'getMany' | 'setMany'>;
}

/** Not members of the store: what is lent is no part of its contract. */
const lenders = /* @__PURE__ */ new WeakMap<KeyValueStore, Registered>();

/** `methods` are those that the lender stands for. */
export function registerLender(store: KeyValueStore, methods: Registered['methods'], lender: Lender): void {
  const { getMany, setMany } = methods;
  lenders.set(store, { ...lender, methods: { getMany, setMany } });
}

/** Absent for every other store, and where a subclass or a test has put something else in the place of a method. */
export function lenderOf(store: KeyValueStore): Lender | undefined {
  const lender = lenders.get(store);
  if (lender === undefined) return undefined;
  const { getMany, setMany } = lender.methods;
  return store.getMany === getMany && store.setMany === setMany ? lender : undefined;
}
