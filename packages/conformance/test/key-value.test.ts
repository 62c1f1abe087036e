import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { keyValueConformance, keyValueSuite, runCase } from '@mortise/conformance';
import {
  MemoryKeyValueStore,
  type KeyValueStore,
  type StoreEntry,
  type StoreValue,
} from '@mortise/core/store';

keyValueConformance(
  { describe, it },
  {
    name: 'memory',
    open: () => ({ store: new MemoryKeyValueStore() }),
    declares: ['iterate', 'compare-and-set'],
    reasons: {
      persistence: 'It is in memory, gone with the process.',
      failure: 'There is no backend that could fail.',
    },
  },
);

/** A store in memory with one thing wrong. */
type Fault = (store: MemoryKeyValueStore) => Partial<KeyValueStore>;

function faulty(fault: Fault): KeyValueStore {
  const memory = new MemoryKeyValueStore();
  return {
    get: (key, options) => memory.get(key, options),
    set: (key, value, options) => memory.set(key, value, options),
    delete: (key, options) => memory.delete(key, options),
    getMany: (keys, options) => memory.getMany(keys, options),
    setMany: (entries, options) => memory.setMany(entries, options),
    iterate: (options) => memory.iterate(options),
    compareAndSet: (...given) => memory.compareAndSet(...given),
    ...fault(memory),
  };
}

const asText = (value: StoreValue): string =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString()
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** What the suite is for: each of these has been a bug of some store. */
const faults: [string, rule: string, Fault][] = [
  ['a member that is missing', 'S-01', () => ({ setMany: undefined as never })],
  [
    'null as a miss',
    'S-03',
    (m) => ({ getMany: async (keys) => (await m.getMany(keys)).map((v) => v ?? undefined) }),
  ],
  [
    'keys in lower case',
    'S-03',
    (m) => ({
      get: (key, options) => m.get(key.toLowerCase(), options),
      set: (key, value, options) => m.set(key.toLowerCase(), value, options),
      getMany: (keys, options) =>
        m.getMany(
          keys.map((key) => key.toLowerCase()),
          options,
        ),
      setMany: (entries, options) =>
        m.setMany(
          entries.map(([key, value]) => [key.toLowerCase(), value] as const),
          options,
        ),
    }),
  ],
  [
    'namespaces that are ignored',
    'S-03',
    (m) => ({
      getMany: (keys, { namespace: _n, ...options } = {}) => m.getMany(keys, options),
      setMany: (entries, { namespace: _n, ...options } = {}) => m.setMany(entries, options),
    }),
  ],
  [
    'a namespace glued to the key',
    'S-03',
    (m) => ({
      getMany: (keys, { namespace = '' } = {}) => m.getMany(keys.map((key) => `${namespace}:${key}`)),
      setMany: (entries, { namespace = '' } = {}) =>
        m.setMany(entries.map(([key, value]) => [`${namespace}:${key}`, value] as const)),
    }),
  ],
  [
    'a ttl that is ignored',
    'S-03',
    (m) => ({ setMany: (entries, { ttlMs: _t, ...options } = {}) => m.setMany(entries, options) }),
  ],
  [
    'hits only',
    'S-03',
    (m) => ({
      getMany: async (keys, options) => (await m.getMany(keys, options)).filter((v) => v !== undefined),
    }),
  ],
  [
    'the first of two wins',
    'S-03',
    (m) => ({ setMany: (entries, options) => m.setMany(entries.toReversed(), options) }),
  ],
  [
    'bytes as numbers',
    'S-03',
    (m) => ({
      set: (key, value, options) => m.set(key, value instanceof Uint8Array ? [...value] : value, options),
    }),
  ],
  [
    'one value for all readers',
    'S-03',
    () => {
      const held = new Map<string, StoreEntry[1]>();
      return {
        setMany: async (entries) => entries.forEach(([key, value]) => held.set(key, structuredClone(value))),
        getMany: async (keys) => keys.map((key) => held.get(key)),
      };
    },
  ],
  [
    'a delete that fails on what is not there',
    'S-03',
    (m) => ({
      delete: async (key, options) => {
        if ((await m.get(key, options)) === undefined) throw new Error('not there');
        await m.delete(key, options);
      },
    }),
  ],
  ['an abort that comes too late', 'C-01', (m) => ({ set: (key, value) => m.set(key, value) })],
  [
    'an abort with an error of its own',
    'C-01',
    (m) => ({
      get: (key, options) => m.get(key, options).catch(() => Promise.reject(new Error('aborted'))),
    }),
  ],
  [
    'an iteration over everything',
    'S-03',
    (m) => ({
      async *iterate(options) {
        yield* m.iterate(options);
        if (options?.namespace !== '') yield* m.iterate();
      },
    }),
  ],
  [
    'a comparison outside the write',
    'S-05',
    (m) => ({
      async compareAndSet(key, expected, value, options) {
        const found = await m.get(key, options);
        if (!isDeepStrictEqual(found, expected)) return false;
        await m.set(key, value, options);
        return true;
      },
    }),
  ],
  [
    'a comparison that expects nothing and takes what is there',
    'S-05',
    (m) => ({
      compareAndSet: async (key, expected, value, options) =>
        m.compareAndSet(key, expected ?? (await m.get(key, options)), value, options),
    }),
  ],
  [
    'a comparison of values as texts',
    'S-05',
    (m) => ({
      compareAndSet: async (key, expected, value, options) => {
        const found = await m.get(key, options);
        const isSame = found !== undefined && expected !== undefined && asText(found) === asText(expected);
        return m.compareAndSet(key, isSame ? found : expected, value, options);
      },
    }),
  ],
  [
    'a comparison with what has expired',
    'S-05',
    (m) => {
      const last = new Map<string, StoreEntry[1]>();
      return {
        async set(key, value, options) {
          last.set(key, value);
          await m.set(key, value, options);
        },
        async compareAndSet(key, expected, value, options) {
          const isOver = (await m.get(key, options)) === undefined && last.has(key);
          if (isOver && last.get(key) !== expected) return false;
          return m.compareAndSet(key, isOver ? undefined : expected, value, options);
        },
      };
    },
  ],
  [
    'a comparison that forgets the ttl',
    'S-05',
    (m) => ({
      compareAndSet: (key, expected, value, { ttlMs: _t, ...options } = {}) =>
        m.compareAndSet(key, expected, value, options),
    }),
  ],
  [
    'a comparison in one namespace',
    'S-05',
    (m) => ({
      compareAndSet: (key, expected, value, { namespace: _n, ...options } = {}) =>
        m.compareAndSet(key, expected, value, options),
    }),
  ],
  [
    'a comparison that an abort does not stop',
    'C-01',
    (m) => ({ compareAndSet: (key, expected, value) => m.compareAndSet(key, expected, value) }),
  ],
];

/** What the faulty store could do. */
const CASES = keyValueSuite.filter(({ requires }) =>
  requires.every((feature) => feature === 'iterate' || feature === 'compare-and-set'),
);

describe('the key-value suite', () => {
  it.each(faults)('finds %s by a case of %s', async (_what, rule, fault) => {
    const failed = new Set<string>();
    for (const testCase of CASES)
      await runCase(testCase, { open: () => ({ store: faulty(fault) }) }).catch(() =>
        failed.add(testCase.rule),
      );
    expect([...failed]).toContain(rule);
  });

  it('has a fault for every case of S-05 that needs no backend', async () => {
    const cases = CASES.filter(({ rule }) => rule === 'S-05');
    const found = new Set<string>();
    for (const testCase of cases)
      for (const [, , fault] of faults)
        await runCase(testCase, { open: () => ({ store: faulty(fault) }) }).catch(() =>
          found.add(testCase.id),
        );
    expect([...found]).toEqual(cases.map(({ id }) => id));
  });

  it('passes the store without a fault', async () => {
    for (const testCase of CASES) await runCase(testCase, { open: () => ({ store: faulty(() => ({})) }) });
    expect(keyValueSuite.length).toBeGreaterThan(10);
  });

  it('finds a failure that is shown as a miss', async () => {
    const testCase = keyValueSuite.find(({ id }) => id === 'kv-failure')!;
    const broken = () => ({ store: new MemoryKeyValueStore() });
    await expect(runCase(testCase, { open: broken, broken })).rejects.toThrow('get');
  });

  it('finds a failure that is shown as a value that differs', async () => {
    const testCase = keyValueSuite.find(({ id }) => id === 'kv-cas-failure')!;
    const broken = () => ({ store: faulty(() => ({ compareAndSet: async () => false })) });
    await expect(runCase(testCase, { open: broken, broken })).rejects.toThrow('compareAndSet');
  });
});
