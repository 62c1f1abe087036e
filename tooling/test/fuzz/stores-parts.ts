import type { JsonValue, TextNode } from '@mortise/core';
import type {
  DocumentStore,
  KeyLockOptions,
  KeyValueOptions,
  KeyValueStore,
  SetOptions,
  SourceRecord,
  SourcesOptions,
  StoreEntry,
  StoreOptions,
  TermQuery,
  VectorEntry,
  VectorQuery,
  VectorSelection,
  VectorStore,
} from '@mortise/core/store';
import { call, type Target } from './fuzz.ts';
import { vectorNode } from './parts.ts';

type Make<O, S> = (options: O) => S;
/** Closes what a case opened: files would stay open until the process ends. */
type Closed = { close?(): void | Promise<void> };

async function using<S extends object>(store: S, work: (store: S) => unknown): Promise<void> {
  try {
    const given = await work(store);
    if (isAsyncIterable(given)) for await (const _ of given) continue;
  } finally {
    await (store as Closed).close?.();
  }
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const asked = (): StoreOptions => ({ signal: new AbortController().signal });
const within = (): KeyValueOptions => ({ ...asked(), namespace: 'n' });
const entries = (): StoreEntry[] => [
  ['a', { list: [1, 'x'] }],
  ['b', Uint8Array.of(1, 2)],
];

export function keyValueTargets<O>(name: string, own: () => O, make: Make<O, KeyValueStore>): Target[] {
  return [
    call(
      `${name}.set`,
      () => [own(), 'a', { b: [1] }, { ...within(), ttlMs: 1_000 }] as [O, string, JsonValue, SetOptions],
      (options, key, value, set) =>
        using(make(options), async (store) => {
          await store.set(key, value, set);
          await store.get('a', { namespace: 'n' });
        }),
    ),
    call(
      `${name}.compareAndSet`,
      () =>
        [own(), 'a', { b: [1] }, Uint8Array.of(1), { ...within(), ttlMs: 1_000 }] as [
          O,
          string,
          JsonValue,
          Uint8Array,
          SetOptions,
        ],
      (options, key, expected, value, set) =>
        using(make(options), async (store) => {
          await store.compareAndSet?.(key, undefined, expected, set);
          await store.compareAndSet?.(key, expected, value, set);
        }),
    ),
    call(
      `${name}.lock`,
      () => [own(), ['a', 'b'], { ...within(), leaseMs: 1_000 }] as [O, string[], KeyLockOptions],
      (options, keys, asked) =>
        using(make(options), async (store) => {
          await (await store.lock?.(keys, asked))?.release();
        }),
    ),
    call(
      `${name}.get`,
      () => ['a', within()] as [string, KeyValueOptions],
      (key, options) => using(make(own()), (store) => store.get(key, options)),
    ),
    call(
      `${name}.delete`,
      () => ['a', within()] as [string, KeyValueOptions],
      (key, options) => using(make(own()), (store) => store.delete(key, options)),
    ),
    call(
      `${name}.getMany`,
      () => [['a', 'b'], within()] as [string[], KeyValueOptions],
      (keys, options) => using(make(own()), (store) => store.getMany(keys, options)),
    ),
    call(
      `${name}.setMany`,
      () => [entries(), { ...within(), ttlMs: 1_000 }] as [StoreEntry[], SetOptions],
      (all, options) => using(make(own()), (store) => store.setMany(all, options)),
    ),
    call(
      `${name}.iterate`,
      () => [within()] as [KeyValueOptions],
      (options) =>
        using(make(own()), async (store) => {
          await store.setMany(entries(), { namespace: 'n' });
          return store.iterate(options);
        }),
    ),
  ];
}

const record = (): SourceRecord => ({ sourceId: 'doc', hash: 'h', nodeIds: ['a'], strayIds: ['b'] });

export function documentTargets<O>(name: string, own: () => O, make: Make<O, DocumentStore>): Target[] {
  return [
    call(
      `${name}.upsert`,
      () => [own(), [vectorNode('a'), vectorNode('b')], asked()] as [O, TextNode[], StoreOptions],
      (options, nodes, given) => using(make(options), (store) => store.upsert(nodes, given)),
    ),
    call(
      `${name}.getMany`,
      () => ['a', ['a', 'b'], asked()] as [string, string[], StoreOptions],
      (id, ids, options) =>
        using(make(own()), async (store) => {
          await store.upsert([vectorNode('a')]);
          await store.get(id, options);
          await store.getMany(ids, options);
          await store.delete(ids, options);
        }),
    ),
    call(
      `${name}.setSource`,
      () => [record(), asked()] as [SourceRecord, StoreOptions],
      (source, options) => using(make(own()), (store) => store.setSource(source, options)),
    ),
    call(
      `${name}.getSource`,
      () => ['doc', asked()] as [string, StoreOptions],
      (id, options) =>
        using(make(own()), async (store) => {
          await store.setSource(record());
          await store.getSource(id, options);
          await store.deleteSource(id, options);
        }),
    ),
    call(
      `${name}.sources`,
      () => [{ ...asked(), unsettled: true }, asked()] as [SourcesOptions, StoreOptions],
      (options, other) =>
        using(make(own()), async (store) => {
          await store.upsert([vectorNode('a')]);
          for await (const _ of store.sources(options)) continue;
          return store.iterate(other);
        }),
    ),
    call(
      `${name}.lock`,
      () => [asked()] as [StoreOptions],
      (options) => using(make(own()), async (store) => (await store.lock?.(options))?.release()),
    ),
    call(
      `${name}.terms`,
      () =>
        ['english', { terms: new Map([['text', 1]]), topK: 2, also: ['a'] }, asked()] as [
          string,
          TermQuery,
          StoreOptions,
        ],
      (analysis, query, options) =>
        using(make(own()), async (store) => {
          const terms = store.terms?.(analysis);
          await terms?.rank(query, options);
        }),
    ),
  ];
}

const vectorEntries = (): VectorEntry[] => [
  { node: vectorNode('a'), embedding: Float32Array.of(1, 0) },
  { node: vectorNode('b'), embedding: Float32Array.of(0, 1) },
];
const filter = () => ({
  and: [
    { key: 'a', op: '==' as const, value: 1 },
    { not: { key: 'list', op: 'any' as const, value: ['z'] } },
  ],
});

export function vectorTargets<O>(name: string, own: () => O, make: Make<O, VectorStore>): Target[] {
  return [
    call(
      `${name}.upsert`,
      () => [own(), vectorEntries(), asked()] as [O, VectorEntry[], StoreOptions],
      (options, all, given) => using(make(options), (store) => store.upsert(all, given)),
    ),
    call(
      `${name}.query`,
      () =>
        [
          { topK: 2, mode: 'mmr', embedding: Float32Array.of(1, 0), lambda: 0.5, filter: filter() },
          asked(),
        ] as [VectorQuery, StoreOptions],
      (query, options) =>
        using(make(own()), async (store) => {
          await store.upsert(vectorEntries());
          await store.query(query, options);
        }),
    ),
    call(
      `${name}.delete`,
      () =>
        [{ ids: ['a'], sourceIds: ['doc'], filter: filter() }, asked(), asked()] as [
          VectorSelection,
          StoreOptions,
          StoreOptions,
        ],
      (selection, options, other) =>
        using(make(own()), async (store) => {
          await store.upsert(vectorEntries());
          await store.delete(selection, options);
          await store.flush?.(other);
        }),
    ),
  ];
}
