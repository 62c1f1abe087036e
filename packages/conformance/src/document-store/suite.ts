import type { DocumentStore } from '@mortise/core/store';
import { requireMembers } from '@mortise/core/shared';
import type { Suite } from '../frame/case.ts';
import { AWKWARD_NAMES } from '../stores/lab.ts';
import type { DocumentStoreSubject } from './subject.ts';
import { idsOf, NODES, opened, record, sourcesOf, textNode } from './lab.ts';
import { optionalCases } from './optional-cases.ts';
import { outsideCases } from './outside-cases.ts';
import { termsCases } from './terms-cases.ts';

const MEMBERS = [
  'upsert',
  'get',
  'getMany',
  'delete',
  'iterate',
  'setSource',
  'getSource',
  'deleteSource',
  'sources',
] as const satisfies readonly (keyof DocumentStore)[];

/** What every document store must do. */
export const documentStoreSuite: Suite<DocumentStoreSubject> = [
  {
    id: 'docs-members',
    rule: 'S-01',
    title: 'has every member of the contract',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const checked = requireMembers(store, MEMBERS, 'store', 'DocumentStore');
      context.check.equal(checked, store, 'the store passes the check of its members');
    },
  },
  {
    id: 'docs-nodes',
    rule: 'S-03',
    title: 'gives back every kind of node with all of its members',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      await store.upsert(NODES);
      for (const node of NODES) context.check.equal(await store.get(node.id), node, `the node ${node.id}`);
      context.check.equal(await store.getMany(NODES.map(({ id }) => id)), NODES, 'getMany');
    },
  },
  {
    id: 'docs-names',
    rule: 'S-03',
    title: 'keeps all ids apart, those of nodes and those of documents',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const nodes = AWKWARD_NAMES.map((id, at) => textNode(id, `node ${at}`));
      await store.upsert(nodes);
      for (const [at, id] of AWKWARD_NAMES.entries())
        await store.setSource(record(id, [id], { hash: `${at}` }));
      context.check.equal(await store.getMany(AWKWARD_NAMES), nodes, 'the nodes');
      for (const [at, id] of AWKWARD_NAMES.entries()) {
        const found = await store.getSource(id);
        context.check.equal(
          found,
          record(id, [id], { hash: `${at}` }),
          `the record of ${JSON.stringify(id)}`,
        );
      }
      context.check.equal(await idsOf(store), [...AWKWARD_NAMES].sort(), 'all ids');
    },
  },
  {
    id: 'docs-miss',
    rule: 'S-03',
    title: 'gives a miss as undefined, in the order of the ids',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const [a, b] = [textNode('a'), textNode('b')];
      await store.upsert([a, b]);
      context.check.equal(
        await store.getMany(['x', 'b', 'x', 'a', 'b']),
        [undefined, b, undefined, a, b],
        'getMany',
      );
      context.check.equal(await store.getMany([]), [], 'no ids');
      context.check.equal(await store.get('x'), undefined, 'get');
      context.check.equal(await store.getSource('a'), undefined, 'a record that was never set');
    },
  },
  {
    id: 'docs-replace',
    rule: 'S-03',
    title: 'replaces a node whole; of two with one id the last wins',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const rich = { ...textNode('a', 'first'), metadata: { old: 1 }, embedding: Float32Array.of(1, 2) };
      await store.upsert([rich, textNode('b')]);
      await store.upsert([textNode('a', 'second')]);
      context.check.equal(await store.get('a'), textNode('a', 'second'), 'nothing of the first is left');
      await store.upsert(Array.from({ length: 20 }, (_, at) => textNode('c', `text ${at}`)));
      context.check.equal(await store.get('c'), textNode('c', 'text 19'), 'the last of 20');
      context.check.equal(await idsOf(store), ['a', 'b', 'c'], 'one node an id');
    },
  },
  {
    id: 'docs-delete',
    rule: 'S-03',
    title: 'deletes the nodes that are named, and takes a missing one as deleted',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      await store.upsert(['a', 'b', 'c'].map((id) => textNode(id)));
      await store.delete(['a', 'never', 'c', 'a']);
      await store.delete(['a']);
      await store.delete([]);
      context.check.equal(await idsOf(store), ['b'], 'what is left');
    },
  },
  {
    id: 'docs-sources',
    rule: 'S-03',
    title: 'keeps the record of a document as it was set last',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const first = record('d', ['1', '2'], { strayIds: ['0'], metadata: { deep: [{ a: null }] } });
      await store.setSource(first);
      context.check.equal(await store.getSource('d'), first, 'with every member');
      const second = record('d', ['3'], { hash: 'another' });
      await store.setSource(second);
      context.check.equal(await store.getSource('d'), second, 'nothing of the first is left');
      await store.setSource(record('e', []));
      context.check.equal(await sourcesOf(store), [second, record('e', [])], 'all records');
    },
  },
  {
    id: 'docs-unsettled',
    rule: 'I-01',
    title: 'finds every record with stray nodes',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const stray = record('b', [], { hash: '', strayIds: ['x'] });
      for (const one of [record('a', []), stray, record('c', ['y'])]) await store.setSource(one);
      const found = await sourcesOf(store, { unsettled: true });
      context.check.equal(
        found.filter(({ strayIds }) => strayIds !== undefined),
        [stray],
        'the unsettled one',
      );
      await store.setSource(record('b', ['x']));
      const after = await sourcesOf(store, { unsettled: true });
      context.check.equal(
        after.filter(({ strayIds }) => strayIds !== undefined),
        [],
        'after it was settled',
      );
      context.check.equal((await sourcesOf(store)).length, 3, 'all of them');
    },
  },
  {
    id: 'docs-delete-source',
    rule: 'S-03',
    title: 'leaves none of the nodes of a document that is deleted, and all of the others',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const ids = Array.from({ length: 300 }, (_, at) => `n${at}`);
      await store.upsert([...ids, 'stray', 'mine'].map((id) => textNode(id)));
      await store.setSource(record('d', ids, { strayIds: ['stray', 'n0'] }));
      await store.setSource(record('e', ['mine']));
      await store.deleteSource('d');
      await store.deleteSource('d');
      await store.deleteSource('never');
      context.check.equal(await idsOf(store), ['mine'], 'the nodes');
      context.check.equal(await sourcesOf(store), [record('e', ['mine'])], 'the records');
      context.check.equal(await store.getSource('d'), undefined, 'its record');
    },
  },
  {
    id: 'docs-equal-content',
    rule: 'I-02',
    title: 'keeps documents of equal content and equal hash apart',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      await store.upsert([textNode('a#0', 'Same.'), textNode('b#0', 'Same.')]);
      const records = ['a', 'b'].map((id) => record(id, [`${id}#0`], { hash: 'one hash' }));
      for (const one of records) await store.setSource(one);
      context.check.equal(await sourcesOf(store), records, 'both');
      await store.deleteSource('a');
      context.check.equal(await store.get('b#0'), textNode('b#0', 'Same.'), 'the node of the other');
      context.check.equal(await sourcesOf(store), [records[1]], 'the record of the other');
    },
  },
  {
    id: 'docs-copies',
    rule: 'S-03',
    title: 'is not changed by what happens to what was given and got',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const fresh = () => ({ ...textNode('a'), metadata: { list: [1] }, embedding: Float32Array.of(1, 2) });
      const node = fresh();
      const given = record('d', ['a'], { metadata: { list: [1] } });
      const writing = [store.upsert([node]), store.setSource(given)];
      node.text = 'changed';
      node.metadata.list.push(9);
      node.embedding.fill(9);
      given.nodeIds.push('b');
      await Promise.all(writing);
      const expected = record('d', ['a'], { metadata: { list: [1] } });
      const [found, foundRecord] = [(await store.get('a')) as typeof node, await store.getSource('d')];
      context.check.equal([found, foundRecord], [fresh(), expected], 'after what was given was changed');
      found.metadata.list.push(7);
      found.embedding.fill(7);
      foundRecord!.nodeIds.push('c');
      context.check.equal(
        [await store.get('a'), await store.getSource('d')],
        [fresh(), expected],
        'after what was got was changed',
      );
    },
  },
  {
    id: 'docs-iterate-break',
    rule: 'S-03',
    title: 'can be left in the middle of an iteration, and changed during one',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const ids = Array.from({ length: 200 }, (_, at) => `n${at}`);
      await store.upsert(ids.map((id) => textNode(id)));
      for (const id of ids) await store.setSource(record(id, [id]));
      for await (const { id } of store.iterate()) {
        context.check.ok(ids.includes(id), `the node ${id}`);
        break;
      }
      for await (const { sourceId } of store.sources()) await store.deleteSource(sourceId);
      context.check.equal([await idsOf(store), await sourcesOf(store)], [[], []], 'all were deleted');
    },
  },
  {
    id: 'docs-abort',
    rule: 'C-01',
    title: "rejects with exactly the caller's reason, and does nothing",
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      await store.upsert([textNode('a')]);
      await store.setSource(record('d', ['a']));
      const options = { signal: AbortSignal.abort('enough') };
      const calls: [string, () => Promise<unknown>][] = [
        ['upsert', () => store.upsert([textNode('b')], options)],
        ['get', () => store.get('a', options)],
        ['getMany', () => store.getMany(['a'], options)],
        ['delete', () => store.delete(['a'], options)],
        ['iterate', () => idsOf(store, options)],
        ['setSource', () => store.setSource(record('e', []), options)],
        ['getSource', () => store.getSource('d', options)],
        ['deleteSource', () => store.deleteSource('d', options)],
        ['sources', () => sourcesOf(store, options)],
      ];
      for (const [name, call] of calls)
        context.check.equal(await context.check.rejects(call(), name), 'enough', `the reason of ${name}`);
      context.check.equal(await idsOf(store), ['a'], 'the nodes');
      context.check.equal(await sourcesOf(store), [record('d', ['a'])], 'the records');
    },
  },
  ...outsideCases,
  ...optionalCases,
  ...termsCases,
];
