import { KeyvKeyValueStore } from '@mortise/keyv';
import { call, fuzz } from './fuzz.ts';
import { keyValueTargets } from './stores-parts.ts';

type Options = ConstructorParameters<typeof KeyvKeyValueStore>[0];

/** A Keyv in memory, as plain as its contract: what it answers may be spoilt. */
function keyv(): Options {
  const kept = new Map<string, unknown>();
  return {
    get: async (key: string) => kept.get(key),
    getMany: async (keys: string[]) => keys.map((key) => kept.get(key)),
    set: async (key: string, value: unknown) => kept.set(key, value).size > 0,
    setMany: async (entries: { key: string; value: unknown }[]) => {
      for (const { key, value } of entries) kept.set(key, value);
      return entries.map(() => true);
    },
    delete: async (key: string) => kept.delete(key) || true,
    on: () => undefined,
    store: new Map(),
    async *iterator() {
      yield* kept;
    },
  };
}

fuzz('integrations/keyv', [
  ...keyValueTargets('KeyvKeyValueStore', keyv, (given) => new KeyvKeyValueStore(given)),
  call(
    'KeyvKeyValueStore, its Redis',
    () => [{ namespace: 'n', answer: 1 }] as [{ namespace: string; answer: unknown }],
    async ({ namespace, answer }) => {
      const client = { eval: async () => answer };
      const store = new KeyvKeyValueStore({
        ...keyv(),
        namespace,
        store: { getClient: async () => client },
      });
      await (await store.lock?.(['a']))?.release();
    },
  ),
  call(
    'KeyvKeyValueStore, its Keyv',
    () => [keyv()] as [Options],
    async (given) => {
      const store = new KeyvKeyValueStore(given);
      await store.setMany([['a', 1]]);
      await store.getMany(['a']);
      await store.get('a');
      for await (const _ of store.iterate()) continue;
      await store.delete('a');
    },
  ),
]);
