import type { ConformanceCase } from '../frame/case.ts';
import { AWKWARD_NAMES } from '../stores/lab.ts';
import type { DocumentStoreSubject } from './subject.ts';
import { idsOf, NODES, opened, record, sourcesOf, textNode } from './lab.ts';

/** What only some stores can do: outlive their process, fail, be held by one writer. */
export const optionalCases: readonly ConformanceCase<DocumentStoreSubject>[] = [
  {
    id: 'docs-restart',
    rule: 'S-03',
    title: 'still has everything after a restart, deletions included',
    requires: ['persistence'],
    async run(context) {
      const open = await opened(context);
      const { store } = open;
      const ids = Array.from({ length: 1000 }, (_, at) => `n${at}`);
      const named = AWKWARD_NAMES.map((id) => textNode(`of ${id}`));
      await store.upsert([...NODES, ...ids.map((id) => textNode(id)), ...named]);
      const stray = record('stray', ['bare'], { strayIds: ['full'], metadata: { a: [1] } });
      await store.setSource(stray);
      await store.setSource(record('gone', ids.slice(0, 500)));
      for (const id of AWKWARD_NAMES) await store.setSource(record(`of ${id}`, []));
      await store.deleteSource('gone');
      await store.delete(['n500', 'index']);
      const again = await open.reopen!();
      const remaining = NODES.filter(({ id }) => id !== 'index');
      context.check.equal(await again.getMany(remaining.map(({ id }) => id)), remaining, 'the nodes');
      context.check.equal(await again.getMany(named.map(({ id }) => id)), named, 'the awkward ones');
      context.check.equal(
        await again.getMany(['n0', 'n499', 'n500', 'index', 'gone']),
        Array(5).fill(undefined),
        'gone',
      );
      context.check.equal(
        (await idsOf(again)).length,
        remaining.length + 499 + named.length,
        'how many nodes',
      );
      context.check.equal(await again.getSource('stray'), stray, 'the record');
      context.check.equal((await sourcesOf(again)).length, 1 + AWKWARD_NAMES.length, 'how many records');
    },
  },
  {
    id: 'docs-two',
    rule: 'S-03',
    title: 'shows one instance what another has written',
    requires: ['persistence'],
    async run(context) {
      const open = await opened(context);
      const { store } = open;
      await store.upsert([textNode('a')]);
      const other = await open.reopen!();
      const many = (name: string) => Array.from({ length: 100 }, (_, at) => textNode(`${name}${at}`));
      await Promise.all([
        store.upsert(many('x')),
        other.upsert(many('y')),
        other.setSource(record('d', ['a'])),
      ]);
      await other.upsert([textNode('a', 'another')]);
      for (const one of [store, other]) {
        const found = await one.getMany(['a', 'x99', 'y99']);
        context.check.equal(found, [textNode('a', 'another'), textNode('x99'), textNode('y99')], 'the nodes');
        context.check.equal(await one.getSource('d'), record('d', ['a']), 'the record');
      }
      await other.deleteSource('d');
      context.check.equal(
        [await store.get('a'), await store.getSource('d')],
        [undefined, undefined],
        'what is gone',
      );
    },
  },
  {
    id: 'docs-failure',
    rule: 'S-03',
    title: 'rejects where its backend fails: a failure is not a miss',
    requires: ['failure'],
    async run(context) {
      const open = await context.subject.broken!();
      context.after(() => open.close?.());
      const { store } = open;
      const calls: [string, () => Promise<unknown>][] = [
        ['upsert', () => store.upsert([textNode('a')])],
        ['get', () => store.get('a')],
        ['getMany', () => store.getMany(['a', 'b'])],
        ['delete', () => store.delete(['a'])],
        ['iterate', () => idsOf(store)],
        ['setSource', () => store.setSource(record('d', []))],
        ['getSource', () => store.getSource('d')],
        ['deleteSource', () => store.deleteSource('d')],
        ['sources', () => sourcesOf(store)],
      ];
      for (const [name, call] of calls) await context.check.rejects(call(), name);
    },
  },
  {
    id: 'docs-lock',
    rule: 'I-01',
    title: 'is held by one writer at a time, and is free again after it',
    requires: ['lock'],
    async run(context) {
      const open = await opened(context);
      const { store } = open;
      const lock = await store.lock!();
      await context.check.error(store.lock!(), 'conflict', 'a second writer');
      const other = (await open.reopen?.()) ?? store;
      await context.check.error(other.lock!(), 'conflict', 'a second writer on another instance');
      await store.upsert([textNode('a')]);
      context.check.equal(await other.get('a'), textNode('a'), 'reading goes on');
      await lock.release();
      await lock.release();
      const next = await other.lock!();
      await context.check.error(store.lock!(), 'conflict', 'while the next one holds it');
      // Of the first lock once more: it must not free the next.
      await lock.release();
      await context.check.error(store.lock!(), 'conflict', 'after the first was released again');
      await next.release();
      const aborted = store.lock!({ signal: AbortSignal.abort('enough') });
      context.check.equal(await context.check.rejects(aborted, 'aborted'), 'enough', 'the reason');
      await (await store.lock!()).release();
    },
  },
  {
    id: 'docs-lock-documents',
    rule: 'I-01',
    title: 'holds a document for one writer at a time, and the whole store for none meanwhile',
    requires: ['lock'],
    async run(context) {
      const { check } = context;
      const open = await opened(context);
      const { store } = open;
      const other = (await open.reopen?.()) ?? store;
      const lock = await store.lock!({ sourceIds: ['a', 'b'] });
      for (const [one, where] of [
        [store, ''],
        [other, ' on another instance'],
      ] as const) {
        await check.error(
          one.lock!({ sourceIds: ['b', 'c'] }),
          'conflict',
          `a document that is held${where}`,
        );
        await check.error(one.lock!(), 'conflict', `the store of a document that is held${where}`);
      }
      // A store that cannot tell documents apart says no here.
      const third = await other.lock!({ sourceIds: ['c'] }).catch(() => undefined);
      await third?.release();
      await check.error(other.lock!({ sourceIds: ['a'] }), 'conflict', 'after another document was released');
      await lock.release();
      await lock.release();
      const next = await other.lock!({ sourceIds: ['b'] });
      await lock.release();
      await check.error(store.lock!({ sourceIds: ['b'] }), 'conflict', 'after the first was released again');
      await next.release();
      const whole = await other.lock!();
      await check.error(store.lock!({ sourceIds: ['a'] }), 'conflict', 'a document of a store that is held');
      await whole.release();
      await (await store.lock!({ sourceIds: ['a', 'a'] })).release();
      await (await store.lock!()).release();
    },
  },
];
