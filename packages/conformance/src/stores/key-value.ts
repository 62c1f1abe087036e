import { requireKeyValueStore } from '@mortise/core/store';
import type { KeyValueOptions, KeyValueStore, StoreEntry, StoreValue } from '@mortise/core/store';
import type { Suite, Trial } from '../frame/case.ts';
import type { KeyValueSubject, OpenKeyValueStore } from './conformance.ts';

/** Names that a backend may take for something else: separators, paths, prototypes, other encodings of one text. */
const AWKWARD_NAMES: readonly string[] = [
  '',
  'a',
  'A',
  'a:',
  ':a',
  '1:a',
  'a::b',
  'a/b',
  '../a',
  '.',
  'nul',
  'a b',
  'a\u0000',
  'a\n',
  '"a"',
  "a'--",
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  '😀',
  '\ud83d',
  '\ude00',
  '\ufffd',
  'x'.repeat(2000),
];

const VALUES: readonly StoreValue[] = [
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
  Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 251),
  null,
  '',
  0,
  -0.5,
  false,
  [],
  {},
  'YWJj',
  'text with \u0000, \ud83d and 😀',
  { type: 'Buffer', data: [1, 2] },
  { ':base64:': 'AA==', nested: [{ deep: [null, true, 1e300] }] },
  JSON.parse('{"__proto__":{"polluted":true}}') as StoreValue,
];

/** What every key-value store must do. */
export const keyValueSuite: Suite<KeyValueSubject> = [
  {
    id: 'kv-members',
    rule: 'S-01',
    title: 'has every member of the contract',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      trial.check.equal(
        requireKeyValueStore(store, 'store'),
        store,
        'the store passes the check of its members',
      );
    },
  },
  {
    id: 'kv-values',
    rule: 'S-03',
    title: 'gives back every value, byte for byte',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      for (const [at, value] of VALUES.entries()) await store.set(`v${at}`, value);
      for (const [at, value] of VALUES.entries())
        trial.check.equal(await store.get(`v${at}`), value, `value ${at}`);
      const keys = VALUES.map((_, at) => `v${at}`);
      trial.check.equal(await store.getMany(keys), VALUES, 'getMany');
    },
  },
  {
    id: 'kv-names',
    rule: 'S-03',
    title: 'keeps all keys and namespaces apart',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      const names = [...AWKWARD_NAMES.entries()];
      for (const [n, namespace] of names)
        await store.setMany(
          names.map(([k, key]) => [key, n * 100 + k] as const),
          { namespace },
        );
      for (const [n, namespace] of names) {
        const found = await store.getMany(AWKWARD_NAMES, { namespace });
        trial.check.equal(
          found,
          names.map(([k]) => n * 100 + k),
          `the namespace ${JSON.stringify(namespace)}`,
        );
      }
      trial.check.equal(
        await store.get('a', { namespace: 'other' }),
        undefined,
        'a namespace never written to',
      );
    },
  },
  {
    id: 'kv-default-namespace',
    rule: 'S-03',
    title: "takes no namespace as the namespace ''",
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      await store.set('a', 1);
      trial.check.equal(await store.get('a', { namespace: '' }), 1, "namespace ''");
    },
  },
  {
    id: 'kv-miss',
    rule: 'S-03',
    title: 'tells null from a miss, in the order of the keys',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      await store.setMany([
        ['null', null],
        ['one', 1],
      ]);
      trial.check.equal(
        await store.getMany(['none', 'null', 'one', 'none', 'one']),
        [undefined, null, 1, undefined, 1],
        'getMany',
      );
      trial.check.equal(await store.getMany([]), [], 'no keys');
    },
  },
  {
    id: 'kv-replace',
    rule: 'S-03',
    title: 'replaces what is there; of two entries with one key the last wins',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      await store.set('a', new Uint8Array(1000));
      await store.set('a', 'short');
      trial.check.equal(await store.get('a'), 'short', 'another value of another kind');
      await store.setMany(Array.from({ length: 50 }, (_, at) => ['b', at] as const));
      trial.check.equal(await store.get('b'), 49, 'the last of 50');
    },
  },
  {
    id: 'kv-delete',
    rule: 'S-03',
    title: 'deletes one entry of one namespace, and takes a missing one as deleted',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      for (const namespace of ['', 'n']) await store.set('a', 1, { namespace });
      await store.delete('a', { namespace: 'n' });
      await store.delete('a', { namespace: 'n' });
      await store.delete('never');
      trial.check.equal(await store.get('a', { namespace: 'n' }), undefined, 'the deleted one');
      trial.check.equal(await store.get('a'), 1, 'the same key elsewhere');
    },
  },
  {
    id: 'kv-copies',
    rule: 'S-03',
    title: 'is not changed by what happens to the values given and got',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      const bytes = Uint8Array.of(1, 2, 3);
      const list = { list: [1] };
      const writing = store.setMany([
        ['bytes', bytes.subarray(1)],
        ['json', list],
      ]);
      bytes.fill(9);
      list.list.push(9);
      await writing;
      const expected = [Uint8Array.of(2, 3), { list: [1] }];
      const found = (await store.getMany(['bytes', 'json'])) as [Uint8Array, { list: number[] }];
      trial.check.equal(found, expected, 'after the given values were changed');
      found[0].fill(7);
      found[1].list.push(7);
      trial.check.equal(
        await store.getMany(['bytes', 'json']),
        expected,
        'after the got values were changed',
      );
      await store.setMany([]);
    },
  },
  {
    id: 'kv-ttl',
    rule: 'S-03',
    title: 'takes an entry whose ttl has run out as a miss, and one set again as new',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      await store.setMany(
        [
          ['short', 1],
          ['again', 1],
        ],
        { ttlMs: 60 },
      );
      await store.set('long', 2, { ttlMs: 600_000 });
      trial.check.equal(await store.getMany(['short', 'long']), [1, 2], 'at once');
      await store.set('again', 3);
      await pause(150);
      trial.check.equal(await store.getMany(['short', 'long', 'again']), [undefined, 2, 3], 'later');
      trial.check.equal(await store.get('short'), undefined, 'the expired one by itself');
      await store.set('short', 4);
      trial.check.equal(await store.get('short'), 4, 'set again');
      for (const ttlMs of [0, -1, NaN])
        await trial.check.error(store.set('a', 1, { ttlMs }), 'invalid-request', `a ttl of ${ttlMs}`);
    },
  },
  {
    id: 'kv-not-json',
    rule: 'S-03',
    title: 'refuses what is neither bytes nor JSON',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      const nothing = undefined as unknown as StoreValue;
      await trial.check.error(store.set('a', nothing), 'invalid-request', 'undefined');
      trial.check.equal(await store.get('a'), undefined, 'nothing was kept');
    },
  },
  {
    id: 'kv-many',
    rule: 'S-03',
    title: 'takes thousands of entries at once, while others are read',
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      const entries = Array.from({ length: 2000 }, (_, at) => {
        return [`k${at}`, Uint8Array.from({ length: 64 }, (_byte, i) => (at + i) % 256)] as const;
      });
      const keys = entries.map(([key]) => key);
      const half = entries.slice(0, 1000);
      await store.setMany(half);
      const [found] = await Promise.all([
        store.getMany(keys.slice(0, 1000)),
        store.setMany(entries.slice(1000)),
        store.set('k0', half[0]![1]),
      ]);
      trial.check.equal(
        found,
        half.map(([, value]) => value),
        'read while others were written',
      );
      trial.check.equal(
        await store.getMany(keys),
        entries.map(([, value]) => value),
        'all of them',
      );
    },
  },
  {
    id: 'kv-abort',
    rule: 'C-01',
    title: "rejects with exactly the caller's reason, and does nothing",
    requires: [],
    async run(trial) {
      const { store } = await opened(trial);
      await store.set('a', 1);
      const options = { signal: AbortSignal.abort('enough') };
      const calls: [string, () => Promise<unknown>][] = [
        ['get', () => store.get('a', options)],
        ['set', () => store.set('b', 2, options)],
        ['delete', () => store.delete('a', options)],
        ['getMany', () => store.getMany(['a'], options)],
        ['setMany', () => store.setMany([['b', 2]], options)],
        ['iterate', () => entriesOf(store, options)],
      ];
      for (const [name, call] of calls)
        trial.check.equal(await trial.check.rejects(call(), name), 'enough', `the reason of ${name}`);
      trial.check.equal(await store.getMany(['a', 'b']), [1, undefined], 'what is there');
    },
  },
  {
    id: 'kv-iterate',
    rule: 'S-03',
    title: 'iterates over the live entries of one namespace',
    requires: ['iterate'],
    async run(trial) {
      const { store } = await opened(trial);
      const entries = [...AWKWARD_NAMES, ...Array.from({ length: 200 }, (_, at) => `k${at}`)].map(
        (key, at) => [key, VALUES[at % VALUES.length]!] as const,
      );
      await store.setMany(entries, { namespace: 'n' });
      await store.setMany([['a', 1]]);
      await store.set('gone', 1, { namespace: 'n', ttlMs: 1 });
      await pause(20);
      const found = await entriesOf(store, { namespace: 'n' });
      trial.check.equal(found.length, entries.length, 'how many');
      trial.check.equal(new Map(found), new Map(entries), 'which');
      trial.check.equal(await entriesOf(store), [['a', 1]], 'the default namespace');
      trial.check.equal(await entriesOf(store, { namespace: 'none' }), [], 'an empty one');
    },
  },
  {
    id: 'kv-iterate-break',
    rule: 'S-03',
    title: 'can be left in the middle of an iteration, and changed during one',
    requires: ['iterate'],
    async run(trial) {
      const { store } = await opened(trial);
      await store.setMany(Array.from({ length: 100 }, (_, at) => [`k${at}`, at] as const));
      for await (const [key] of store.iterate()) {
        await store.delete(key);
        break;
      }
      for await (const [key] of store.iterate()) await store.delete(key);
      trial.check.equal(await entriesOf(store), [], 'all were deleted');
      await store.set('a', 1);
      trial.check.equal(await store.get('a'), 1, 'the store goes on');
    },
  },
  {
    id: 'kv-restart',
    rule: 'S-03',
    title: 'still has everything after a restart, deletions and times to live included',
    requires: ['persistence'],
    async run(trial) {
      const open = await opened(trial);
      const { store } = open;
      for (const [at, value] of VALUES.entries()) await store.set(`v${at}`, value, { namespace: 'n' });
      await store.setMany(AWKWARD_NAMES.map((key, at) => [key, at] as const));
      await store.set('short', 1, { ttlMs: 50 });
      await store.set('gone', 1);
      await store.delete('gone');
      await pause(100);
      const again = await open.reopen!();
      const keys = VALUES.map((_, at) => `v${at}`);
      trial.check.equal(await again.getMany(keys, { namespace: 'n' }), VALUES, 'the values');
      trial.check.equal(await again.getMany(AWKWARD_NAMES), [...AWKWARD_NAMES.keys()], 'the names');
      trial.check.equal(await again.getMany(['short', 'gone']), [undefined, undefined], 'what is over');
    },
  },
  {
    id: 'kv-two',
    rule: 'S-03',
    title: 'shows one instance what another has written',
    requires: ['persistence'],
    async run(trial) {
      const open = await opened(trial);
      const { store } = open;
      await store.set('a', 1);
      const other = await open.reopen!();
      await Promise.all([
        store.setMany(Array.from({ length: 100 }, (_, at) => [`x${at}`, at] as const)),
        other.setMany(Array.from({ length: 100 }, (_, at) => [`y${at}`, at] as const)),
      ]);
      await other.set('a', 2);
      trial.check.equal(await store.getMany(['a', 'x99', 'y99']), [2, 99, 99], 'the first one');
      trial.check.equal(await other.getMany(['a', 'x99', 'y99']), [2, 99, 99], 'the second one');
    },
  },
  {
    id: 'kv-failure',
    rule: 'S-03',
    title: 'rejects where its backend fails: a failure is no miss',
    requires: ['failure'],
    async run(trial) {
      const open = await trial.subject.broken!();
      trial.after(() => open.close?.());
      const { store } = open;
      const calls: [string, () => Promise<unknown>][] = [
        ['get', () => store.get('a')],
        ['set', () => store.set('a', 1)],
        ['delete', () => store.delete('a')],
        ['getMany', () => store.getMany(['a', 'b'])],
        ['setMany', () => store.setMany([['a', 1]])],
        ['iterate', () => entriesOf(store)],
      ];
      for (const [name, call] of calls) await trial.check.rejects(call(), name);
    },
  },
];

async function opened(trial: Trial<KeyValueSubject>): Promise<OpenKeyValueStore> {
  const open = await trial.subject.open();
  trial.after(() => open.close?.());
  return open;
}

async function entriesOf(store: KeyValueStore, options?: KeyValueOptions): Promise<StoreEntry[]> {
  const entries: StoreEntry[] = [];
  for await (const entry of store.iterate(options)) entries.push(entry);
  return entries;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
