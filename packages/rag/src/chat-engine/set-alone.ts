import type { KeyValueStore, StoreValue } from '@mortise/core/store';

/** An entry of a store. */
interface Place {
  readonly store: KeyValueStore;
  readonly key: string;
  readonly namespace?: string | undefined;
}

/** The last write of each entry that is under way. */
const writing = /* @__PURE__ */ new WeakMap<KeyValueStore, Map<string, Promise<unknown>>>();

/** `compareAndSet` for a store that has none and that this process alone writes to: one after the other. */
export async function setAlone(
  place: Place,
  expected: StoreValue | undefined,
  value: StoreValue,
): Promise<boolean> {
  const { store, key, namespace = '' } = place;
  const entries = writing.get(store) ?? new Map<string, Promise<unknown>>();
  writing.set(store, entries);
  const name = JSON.stringify([namespace, key]);
  const turn = (entries.get(name) ?? Promise.resolve()).then(() => compareAndSet(place, expected, value));
  const settled = turn.catch(() => undefined);
  entries.set(name, settled);
  try {
    return await turn;
  } finally {
    if (entries.get(name) === settled) entries.delete(name);
  }
}

async function compareAndSet(
  { store, key, namespace }: Place,
  expected: StoreValue | undefined,
  value: StoreValue,
): Promise<boolean> {
  const found = await store.get(key, { namespace });
  if (JSON.stringify(found) !== JSON.stringify(expected)) return false;
  await store.set(key, value, { namespace });
  return true;
}
