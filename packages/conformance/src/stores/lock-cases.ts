import type { KeyLock, KeyLockOptions, KeyValueStore } from '@mortise/core/store';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { pause } from '../shared/helpers.ts';
import { AWKWARD_NAMES, opened } from './lab.ts';
import type { KeyValueSubject } from './subject.ts';

type Lock = (keys: readonly string[], options?: KeyLockOptions) => Promise<KeyLock>;

function locking(context: CaseContext<KeyValueSubject>, store: KeyValueStore): Lock {
  context.check.ok(store.lock !== undefined, 'lock is declared and not there');
  return (...given) => (store.lock as Lock).call(store, ...given);
}

/** What a store with `lock` promises. */
export const lockCases: readonly ConformanceCase<KeyValueSubject>[] = [
  {
    id: 'kv-lock',
    rule: 'S-06',
    title: 'lock gives the keys that nobody holds, in their order, and those of a lock that was released',
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      const first = await lock(['b', 'a', 'b', 'c']);
      context.check.equal(first.keys, ['b', 'a', 'c'], 'free keys, one of them twice');
      const second = await lock(['d', 'c', 'e', 'a']);
      context.check.equal(second.keys, ['d', 'e'], 'some of which are held');
      context.check.equal((await lock(['a'])).keys, [], 'all of which are held');
      context.check.equal((await lock([])).keys, [], 'no keys');
      await first.release();
      const third = await lock(['c', 'd', 'b']);
      context.check.equal(third.keys, ['c', 'b'], 'after a release');
      await first.release();
      context.check.equal((await lock(['b', 'c', 'd'])).keys, [], 'after the same release again');
      await Promise.all([second.release(), third.release()]);
    },
  },
  {
    id: 'kv-lock-names',
    rule: 'S-06',
    title: 'lock keeps all keys and namespaces apart',
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      const held: KeyLock[] = [];
      for (const namespace of AWKWARD_NAMES) {
        const one = await lock(AWKWARD_NAMES, { namespace });
        context.check.equal(one.keys, AWKWARD_NAMES, `the namespace ${JSON.stringify(namespace)}`);
        held.push(one);
      }
      context.check.equal((await lock(AWKWARD_NAMES)).keys, [], "no namespace is the namespace ''");
      await Promise.all(held.map((one) => one.release()));
    },
  },
  {
    id: 'kv-lock-once',
    rule: 'S-06',
    title: 'lock gives each key to one of all who ask at once, also through another instance',
    requires: ['lock'],
    async run(context) {
      const open = await opened(context);
      const other = (await open.reopen?.()) ?? open.store;
      const locks = [open.store, other].map((store) => locking(context, store));
      const keys = Array.from({ length: 20 }, (_, at) => `k${at}`);
      const asked = Array.from({ length: 16 }, (_, at) =>
        (locks[at % 2] as Lock)(at % 3 === 0 ? keys.toReversed() : keys),
      );
      const held = await Promise.all(asked);
      const got = held.flatMap((one) => one.keys).toSorted();
      context.check.equal(got, keys.toSorted(), 'all that was given to 16 who asked for 20 keys');
      await Promise.all(held.map((one) => one.release()));
      const again = await (locks[1] as Lock)(keys);
      context.check.equal(again.keys, keys, 'after all have let go');
      await again.release();
    },
  },
  {
    id: 'kv-lock-kept',
    rule: 'S-06',
    title: 'lock holds its keys for as long as they are not released, however short the lease',
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      const first = await lock(['a', 'b'], { leaseMs: 300 });
      await pause(750);
      const second = await lock(['a', 'b', 'c']);
      context.check.equal(second.keys, ['c'], 'after more than two leases');
      context.check.ok(first.lost?.aborted !== true, 'it says that it was lost');
      await first.release();
      const third = await lock(['a', 'b']);
      context.check.equal(third.keys, ['a', 'b'], 'after the release');
      await Promise.all([second.release(), third.release()]);
    },
  },
  {
    id: 'kv-lock-entries',
    rule: 'S-06',
    title: 'a lock is no entry, and keeps nobody from writing one',
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      await store.set('there', 1);
      const held = await lock(['there', 'not']);
      context.check.equal(await store.getMany(['there', 'not']), [1, undefined], 'while it is held');
      await store.set('not', 2);
      await store.set('there', 3);
      context.check.equal((await lock(['not', 'there'])).keys, [], 'who asks again');
      await held.release();
      context.check.equal(await store.getMany(['there', 'not']), [3, 2], 'after the release');
    },
  },
  {
    id: 'kv-lock-refused',
    rule: 'S-06',
    title: 'lock refuses a lease that is no time, and keys that are none',
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      for (const leaseMs of [0, -1, NaN])
        await context.check.error(lock(['a'], { leaseMs }), 'invalid-request', `a lease of ${leaseMs}`);
      await context.check.error(lock([1 as unknown as string]), 'invalid-request', 'a number as a key');
      const held = await lock(['a']);
      context.check.equal(held.keys, ['a'], 'nothing was locked');
      await held.release();
    },
  },
  {
    id: 'kv-lock-abort',
    rule: 'C-01',
    title: "lock rejects with exactly the caller's reason, and holds nothing",
    requires: ['lock'],
    async run(context) {
      const { store } = await opened(context);
      const lock = locking(context, store);
      const asked = lock(['a'], { signal: AbortSignal.abort('enough') });
      context.check.equal(await context.check.rejects(asked, 'lock'), 'enough', 'the reason');
      const held = await lock(['a']);
      context.check.equal(held.keys, ['a'], 'what is free');
      await held.release();
    },
  },
  {
    id: 'kv-lock-failure',
    rule: 'S-06',
    title: 'lock rejects where its backend fails: a failure is not a key that another holds',
    requires: ['lock', 'failure'],
    async run(context) {
      const open = await context.subject.broken!();
      context.after(() => open.close?.());
      await context.check.rejects(locking(context, open.store)(['a']), 'lock');
    },
  },
];
