import type { ConformanceCase } from '../frame/case.ts';
import { pause } from '../shared/helpers.ts';
import type { KeyValueSubject } from './subject.ts';
import { AWKWARD_NAMES, entriesOf, opened, VALUES } from './lab.ts';

/** What only some stores can do: list their entries, outlive their process, fail. */
export const optionalCases: readonly ConformanceCase<KeyValueSubject>[] = [
  {
    id: 'kv-iterate',
    rule: 'S-03',
    title: 'iterates over the live entries of one namespace',
    requires: ['iterate'],
    async run(context) {
      const { store } = await opened(context);
      const entries = [...AWKWARD_NAMES, ...Array.from({ length: 200 }, (_, at) => `k${at}`)].map(
        (key, at) => [key, VALUES[at % VALUES.length]!] as const,
      );
      await store.setMany(entries, { namespace: 'n' });
      await store.setMany([['a', 1]]);
      await store.set('gone', 1, { namespace: 'n', ttlMs: 1 });
      await pause(20);
      const found = await entriesOf(store, { namespace: 'n' });
      context.check.equal(found.length, entries.length, 'how many');
      context.check.equal(new Map(found), new Map(entries), 'which');
      context.check.equal(await entriesOf(store), [['a', 1]], 'the default namespace');
      context.check.equal(await entriesOf(store, { namespace: 'none' }), [], 'an empty one');
    },
  },
  {
    id: 'kv-iterate-break',
    rule: 'S-03',
    title: 'can be left in the middle of an iteration, and changed during one',
    requires: ['iterate'],
    async run(context) {
      const { store } = await opened(context);
      await store.setMany(Array.from({ length: 100 }, (_, at) => [`k${at}`, at] as const));
      for await (const [key] of store.iterate()) {
        await store.delete(key);
        break;
      }
      for await (const [key] of store.iterate()) await store.delete(key);
      context.check.equal(await entriesOf(store), [], 'all were deleted');
      await store.set('a', 1);
      context.check.equal(await store.get('a'), 1, 'the store goes on');
    },
  },
  {
    id: 'kv-restart',
    rule: 'S-03',
    title: 'still has everything after a restart, deletions and times to live included',
    requires: ['persistence'],
    async run(context) {
      const open = await opened(context);
      const { store } = open;
      for (const [at, value] of VALUES.entries()) await store.set(`v${at}`, value, { namespace: 'n' });
      await store.setMany(AWKWARD_NAMES.map((key, at) => [key, at] as const));
      await store.set('short', 1, { ttlMs: 50 });
      await store.set('gone', 1);
      await store.delete('gone');
      await pause(100);
      const again = await open.reopen!();
      const keys = VALUES.map((_, at) => `v${at}`);
      context.check.equal(await again.getMany(keys, { namespace: 'n' }), VALUES, 'the values');
      context.check.equal(await again.getMany(AWKWARD_NAMES), [...AWKWARD_NAMES.keys()], 'the names');
      context.check.equal(await again.getMany(['short', 'gone']), [undefined, undefined], 'what is over');
    },
  },
  {
    id: 'kv-two',
    rule: 'S-03',
    title: 'shows one instance what another has written',
    requires: ['persistence'],
    async run(context) {
      const open = await opened(context);
      const { store } = open;
      await store.set('a', 1);
      const other = await open.reopen!();
      await Promise.all([
        store.setMany(Array.from({ length: 100 }, (_, at) => [`x${at}`, at] as const)),
        other.setMany(Array.from({ length: 100 }, (_, at) => [`y${at}`, at] as const)),
      ]);
      await other.set('a', 2);
      context.check.equal(await store.getMany(['a', 'x99', 'y99']), [2, 99, 99], 'the first one');
      context.check.equal(await other.getMany(['a', 'x99', 'y99']), [2, 99, 99], 'the second one');
    },
  },
  {
    id: 'kv-failure',
    rule: 'S-03',
    title: 'rejects where its backend fails: a failure is not a miss',
    requires: ['failure'],
    async run(context) {
      const open = await context.subject.broken!();
      context.after(() => open.close?.());
      const { store } = open;
      const calls: [string, () => Promise<unknown>][] = [
        ['get', () => store.get('a')],
        ['set', () => store.set('a', 1)],
        ['delete', () => store.delete('a')],
        ['getMany', () => store.getMany(['a', 'b'])],
        ['setMany', () => store.setMany([['a', 1]])],
        ['iterate', () => entriesOf(store)],
      ];
      for (const [name, call] of calls) await context.check.rejects(call(), name);
    },
  },
];
