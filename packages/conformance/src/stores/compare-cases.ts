import type { KeyValueStore, SetOptions, StoreValue } from '@mortise/core/store';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { pause } from '../shared/helpers.ts';
import { AWKWARD_NAMES, opened, VALUES } from './lab.ts';
import type { KeyValueSubject } from './subject.ts';

type Compare = (
  key: string,
  expected: StoreValue | undefined,
  value: StoreValue,
  options?: SetOptions,
) => Promise<boolean>;

function comparing(context: CaseContext<KeyValueSubject>, store: KeyValueStore): Compare {
  context.check.ok(store.compareAndSet !== undefined, 'compareAndSet is declared and not there');
  return (...given) => (store.compareAndSet as Compare).call(store, ...given);
}

/** Pairs of values that some backends take for one another. */
const UNEQUAL: readonly (readonly [StoreValue, StoreValue])[] = [
  [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)],
  [Uint8Array.of(), Uint8Array.of(0)],
  [Uint8Array.of(91, 49, 93), [1]],
  [Uint8Array.of(34, 97, 34), 'a'],
  [new Uint8Array(), ''],
  ['1', 1],
  [null, 'null'],
  [0, false],
  ['a', 'A'],
  ['é', 'e\u0301'],
  ['\ud83d', '\ude00'],
  [{ a: 1 }, { a: 1, b: null }],
  [
    [1, 2],
    [2, 1],
  ],
];

/** What a store with `compareAndSet` promises. */
export const compareCases: readonly ConformanceCase<KeyValueSubject>[] = [
  {
    id: 'kv-cas',
    rule: 'S-05',
    title: 'compareAndSet replaces the value that get gave, of any kind, under any key and namespace',
    requires: ['compare-and-set'],
    async run(context) {
      const { store } = await opened(context);
      const compare = comparing(context, store);
      for (const [at, value] of VALUES.entries()) {
        const namespace = AWKWARD_NAMES[at % AWKWARD_NAMES.length] as string;
        const key = AWKWARD_NAMES[(at + 3) % AWKWARD_NAMES.length] as string;
        const next = VALUES[(at + 1) % VALUES.length] as StoreValue;
        await store.set(key, value, { namespace });
        const got = await store.get(key, { namespace });
        context.check.equal(await compare(key, got, next, { namespace }), true, `value ${at}`);
        context.check.equal(await store.get(key, { namespace }), next, `after value ${at}`);
        context.check.equal(await store.get(key, { namespace: 'other' }), undefined, 'another namespace');
        await store.delete(key, { namespace });
      }
      await context.check.error(
        compare('a', undefined, undefined as unknown as StoreValue),
        'invalid-request',
        'what is neither bytes nor JSON',
      );
      context.check.equal(await store.get('a'), undefined, 'nothing was kept');
    },
  },
  {
    id: 'kv-cas-absent',
    rule: 'S-05',
    title: 'compareAndSet that expects nothing sets what is not there, and nothing else; null is something',
    requires: ['compare-and-set'],
    async run(context) {
      const { store } = await opened(context);
      const compare = comparing(context, store);
      context.check.equal(await compare('a', null, 1), false, 'null where nothing is');
      context.check.equal(await compare('a', 0, 1), false, '0 where nothing is');
      context.check.equal(await store.get('a'), undefined, 'nothing was set');
      context.check.equal(await compare('a', undefined, null), true, 'nothing where nothing is');
      context.check.equal(await compare('a', undefined, 1), false, 'nothing where null is');
      context.check.equal(await store.get('a'), null, 'null stays');
      await store.delete('a');
      context.check.equal(await compare('a', undefined, 2), true, 'nothing after a delete');
      context.check.equal(await store.get('a'), 2, 'the new value');
    },
  },
  {
    id: 'kv-cas-unequal',
    rule: 'S-05',
    title:
      'compareAndSet leaves another value as it is, however alike: bytes byte for byte, JSON to its kind',
    requires: ['compare-and-set'],
    async run(context) {
      const { store } = await opened(context);
      const compare = comparing(context, store);
      for (const [at, pair] of UNEQUAL.entries()) {
        for (const [value, other] of [pair, pair.toReversed() as [StoreValue, StoreValue]]) {
          await store.set('a', value);
          context.check.equal(await compare('a', other, 'changed'), false, `pair ${at}`);
          context.check.equal(await store.get('a'), value, `the value of pair ${at}`);
        }
      }
    },
  },
  {
    id: 'kv-cas-ttl',
    rule: 'S-05',
    title: 'compareAndSet takes an entry whose ttl has run out as absent, and sets a ttl of its own',
    requires: ['compare-and-set'],
    async run(context) {
      const { store } = await opened(context);
      const compare = comparing(context, store);
      await store.set('a', 1, { ttlMs: 20 });
      await pause(60);
      context.check.equal(await compare('a', 1, 2), false, 'what has expired');
      context.check.equal(await compare('a', undefined, 3, { ttlMs: 20 }), true, 'nothing');
      await pause(60);
      context.check.equal(await store.get('a'), undefined, 'after its own ttl');
      await store.set('b', 1, { ttlMs: 100 });
      // It may have run out by now, where a backend is slow.
      const isChanged = await compare('b', 1, 2);
      const expected = isChanged ? 2 : undefined;
      context.check.equal(await store.get('b'), expected, 'a value with a ttl that was changed');
      await pause(150);
      context.check.equal(await store.get('b'), expected, 'the new value after the ttl of the old one');
      for (const ttlMs of [0, -1, NaN])
        await context.check.error(
          compare('c', undefined, 1, { ttlMs }),
          'invalid-request',
          `a ttl of ${ttlMs}`,
        );
    },
  },
  {
    id: 'kv-cas-once',
    rule: 'S-05',
    title:
      'compareAndSet succeeds for one of all who expect the same, also through another instance: no update is lost',
    requires: ['compare-and-set'],
    async run(context) {
      const open = await opened(context);
      const other = (await open.reopen?.()) ?? open.store;
      const stores = [open.store, other].map((store) => comparing(context, store));
      const first = await Promise.all(
        Array.from({ length: 16 }, (_, at) => (stores[at % 2] as Compare)('a', undefined, at)),
      );
      context.check.equal(first.filter(Boolean).length, 1, 'of 16 who expected nothing');
      context.check.equal(
        await other.get('a'),
        first.indexOf(true),
        'the value is of the one that succeeded',
      );
      // Everybody adds one, and tries again when somebody else was faster.
      await open.store.set('count', 0);
      const adding = Array.from({ length: 8 }, async (_, at) => {
        const store = at % 2 === 0 ? open.store : other;
        const compare = stores[at % 2] as Compare;
        for (let added = 0; added < 5;) {
          const count = (await store.get('count')) as number;
          if (await compare('count', count, count + 1)) added++;
        }
      });
      await context.check.within(30_000, Promise.all(adding), 'eight who add one');
      context.check.equal(await open.store.get('count'), 40, 'the sum');
    },
  },
  {
    id: 'kv-cas-abort',
    rule: 'C-01',
    title: "compareAndSet rejects with exactly the caller's reason, and does nothing",
    requires: ['compare-and-set'],
    async run(context) {
      const { store } = await opened(context);
      const compare = comparing(context, store);
      await store.set('a', 1);
      const asked = compare('a', 1, 2, { signal: AbortSignal.abort('enough') });
      context.check.equal(await context.check.rejects(asked, 'compareAndSet'), 'enough', 'the reason');
      context.check.equal(await store.get('a'), 1, 'what is there');
    },
  },
  {
    id: 'kv-cas-failure',
    rule: 'S-05',
    title: 'compareAndSet rejects where its backend fails: a failure is not a value that differs',
    requires: ['compare-and-set', 'failure'],
    async run(context) {
      const open = await context.subject.broken!();
      context.after(() => open.close?.());
      const compare = comparing(context, open.store);
      await context.check.rejects(compare('a', undefined, 1), 'compareAndSet');
    },
  },
];
