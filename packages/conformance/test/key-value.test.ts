import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { keyValueConformance, keyValueSuite, runCase } from '@mortise/conformance';
import { MortiseError } from '@mortise/core';
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
      lock: 'Calls of one process wait for each other without one.',
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
    lock: lockOf(),
    ...fault(memory),
  };
}

/** A lock in memory, of which a fault spoils a step. */
function lockOf({
  place = (key: string, namespace: string) => JSON.stringify([namespace, key]),
  step,
  lasts = (_leaseMs: number) => Infinity,
  isChecked = true,
  isOwned = true,
}: {
  place?: (key: string, namespace: string) => string;
  step?: () => Promise<void>;
  lasts?: (leaseMs: number) => number;
  isChecked?: boolean;
  isOwned?: boolean;
} = {}): NonNullable<KeyValueStore['lock']> {
  const held = new Map<string, { readonly until: number }>();
  return async (keys, { namespace = '', leaseMs = 10_000, signal } = {}) => {
    signal?.throwIfAborted();
    if (isChecked && !(leaseMs > 0 && keys.every((key) => typeof key === 'string')))
      throw new MortiseError('invalid-request', 'No such lock.');
    const mine = { until: performance.now() + lasts(leaseMs) };
    const free = [...new Set(keys)].filter(
      (key) => !((held.get(place(key, namespace))?.until ?? 0) > performance.now()),
    );
    if (step !== undefined) await step();
    for (const key of free) held.set(place(key, namespace), mine);
    return {
      keys: free,
      async release() {
        for (const key of free)
          if (!isOwned || held.get(place(key, namespace)) === mine) held.delete(place(key, namespace));
      },
    };
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
    'a comparison that keeps the ttl of the old value',
    'S-05',
    (m) => {
      const ends = new Map<string, number>();
      const place = (key: string, namespace = ''): string => JSON.stringify([namespace, key]);
      return {
        async set(key, value, options = {}) {
          await m.set(key, value, options);
          ends.set(place(key, options.namespace), performance.now() + (options.ttlMs ?? Infinity));
        },
        compareAndSet(key, expected, value, options = {}) {
          const left = (ends.get(place(key, options.namespace)) ?? Infinity) - performance.now();
          const isBounded = expected !== undefined && left > 0 && left < Infinity;
          return m.compareAndSet(key, expected, value, isBounded ? { ttlMs: left, ...options } : options);
        },
      };
    },
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
    'a lock that two get who ask at once',
    'S-06',
    () => ({ lock: lockOf({ step: () => Promise.resolve() }) }),
  ],
  ['a lock that is not kept', 'S-06', () => ({ lock: lockOf({ lasts: (leaseMs) => leaseMs }) })],
  ['a lock that frees what another holds', 'S-06', () => ({ lock: lockOf({ isOwned: false }) })],
  ['locks of all namespaces in one', 'S-06', () => ({ lock: lockOf({ place: (key) => key }) })],
  [
    'a lock with the namespace glued to the key',
    'S-06',
    () => ({ lock: lockOf({ place: (key, namespace) => `${namespace}:${key}` }) }),
  ],
  ['a lock that takes any lease', 'S-06', () => ({ lock: lockOf({ isChecked: false }) })],
  [
    'a lock that is an entry',
    'S-06',
    (m) => {
      const lock = lockOf();
      return {
        async lock(keys, options = {}) {
          const held = await lock(keys, options);
          await m.setMany(
            held.keys.map((key) => [key, 'locked'] as const),
            options,
          );
          return held;
        },
      };
    },
  ],
  [
    'a lock that an abort does not stop',
    'C-01',
    () => {
      const lock = lockOf();
      return { lock: (keys, { signal: _s, ...options } = {}) => lock(keys, options) };
    },
  ],
  [
    'a comparison that an abort does not stop',
    'C-01',
    (m) => ({ compareAndSet: (key, expected, value) => m.compareAndSet(key, expected, value) }),
  ],
];

/** What the faulty store could do. */
const CASES = keyValueSuite.filter(({ requires }) =>
  requires.every((feature) => ['iterate', 'compare-and-set', 'lock'].includes(feature)),
);

/** The cases that find the fault. They wait most of the time, so all at once. */
async function failedOf(cases: typeof CASES, fault: Fault): Promise<typeof CASES> {
  const failed = await Promise.all(
    cases.map((testCase) =>
      runCase(testCase, { open: () => ({ store: faulty(fault) }) }).then(
        () => [],
        () => [testCase],
      ),
    ),
  );
  return failed.flat();
}

describe('the key-value suite', () => {
  it.each(faults)('finds %s by a case of %s', async (_what, rule, fault) => {
    const cases = CASES.filter((testCase) => testCase.rule === rule);
    expect(await failedOf(cases, fault)).not.toEqual([]);
  });

  it.each(['S-05', 'S-06'])('has a fault for every case of %s that needs no backend', async (id) => {
    const cases = CASES.filter(({ rule }) => rule === id);
    const own = faults.filter(([, rule]) => rule === id);
    const found = (await Promise.all(own.map(([, , fault]) => failedOf(cases, fault)))).flat();
    expect(new Set(found)).toEqual(new Set(cases));
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

  it('finds a failure that is shown as a key that another holds', async () => {
    const testCase = keyValueSuite.find(({ id }) => id === 'kv-lock-failure')!;
    const broken = () => ({ store: faulty(() => ({})) });
    await expect(runCase(testCase, { open: broken, broken })).rejects.toThrow('lock');
  });
});
