import { createDocument, createIndexNode, createTextNode, type Node } from '@mortise/core/retriever';
import type { Suite } from '../frame/case.ts';
import { AWKWARD_NAMES } from '../stores/lab.ts';
import type { VectorStoreSubject } from './subject.ts';
import { opened } from './lab.ts';

/** What is written is what is found. */
export const writeCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-nodes',
    rule: 'S-04',
    title: 'gives back every kind of node whole, with all that it was given',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...NODES.map((node, at) => ({ node, embedding: lab.at(at) })));
      const found = (await lab.query()).map(({ node }) => node);
      context.check.equal(found.length, NODES.length, 'how many');
      for (const [at, node] of NODES.entries()) context.check.equal(found[at], node, `the node '${node.id}'`);
    },
  },
  {
    id: 'vs-ids',
    rule: 'S-04',
    title: 'keeps all ids and source documents apart, whatever characters they have',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(...AWKWARD_NAMES.map((id) => lab.entry(id, 10, { source: `of ${id}` })));
      context.check.equal(await lab.all(), AWKWARD_NAMES.toSorted(), 'the ids');
      const [first, second, ...others] = AWKWARD_NAMES as [string, string, ...string[]];
      await lab.delete({ ids: [first], sourceIds: [`of ${second}`] });
      context.check.equal(await lab.all(), others.toSorted(), 'all but two');
      for (const [at, id] of others.entries())
        await lab.delete(at % 2 === 0 ? { ids: [id] } : { sourceIds: [`of ${id}`] });
      context.check.equal(await lab.all(), [], 'none');
    },
  },
  {
    id: 'vs-replace',
    rule: 'S-04',
    title: 'replaces an entry with an id that is there: vector, text, metadata and source document',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(
        lab.entry('a', 0, { source: 'old' }),
        lab.entry('b', 45),
        lab.entry('d', 60, { source: 'old' }),
        lab.entry('c', 80),
      );
      await lab.upsert(lab.entry('a', 90, { text: 'new', metadata: { version: 2 }, source: 'new' }));
      const found = await lab.query();
      context.check.equal(
        found.map(({ node }) => node.id),
        ['b', 'd', 'c', 'a'],
        'the order by the new vector',
      );
      const expected = lab.entry('a', 90, { text: 'new', metadata: { version: 2 }, source: 'new' }).node;
      context.check.equal(found[3]?.node, expected, 'the node');
      await lab.delete({ sourceIds: ['old'] });
      context.check.equal(await lab.all(), ['a', 'b', 'c'], 'after a delete by the old source');
      await lab.delete({ sourceIds: ['new'] });
      context.check.equal(await lab.all(), ['b', 'c'], 'after a delete by the new source');
    },
  },
  {
    id: 'vs-replace-filter',
    rule: 'S-04',
    title: 'filters a replaced entry by its new metadata alone',
    requires: ['dense', 'filter:=='],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0, { metadata: { old: 1, both: 'x' } }));
      await lab.upsert(lab.entry('a', 0, { metadata: { new: 1, both: 'y' } }));
      const count = async (key: string, value: string | number): Promise<number> =>
        (await lab.ids({ filter: { key, op: '==', value } })).length;
      context.check.equal(await count('old', 1), 0, 'a member that is gone');
      context.check.equal(await count('both', 'x'), 0, 'the old value');
      context.check.equal(await count('both', 'y'), 1, 'the new value');
      context.check.equal(await count('new', 1), 1, 'a new member');
    },
  },
  {
    id: 'vs-replace-lists',
    rule: 'S-04',
    title: 'filters a replaced entry by the members that its lists have now',
    requires: ['dense', 'filter:contains'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0, { metadata: { tags: ['x', 'y', 'z'] } }));
      await lab.upsert(lab.entry('a', 0, { metadata: { tags: ['y'] } }));
      const found = (value: string): Promise<string[]> =>
        lab.ids({ filter: { key: 'tags', op: 'contains', value } });
      context.check.equal(await found('y'), ['a'], 'by the member that is left');
      for (const gone of ['x', 'z']) context.check.equal(await found(gone), [], `by ${gone}, which is gone`);
    },
  },
  {
    id: 'vs-again-other',
    rule: 'S-04',
    title: 'finds nothing of what was deleted by what took its place',
    requires: ['dense', 'filter:=='],
    async run(context) {
      const lab = await opened(context);
      const ids = ['a', 'b', 'c', 'd'];
      await lab.upsert(
        ...ids.map((id, at) => lab.entry(id, at * 10, { metadata: { old: id }, source: 's' })),
      );
      await lab.delete({ ids });
      const others = ids.map((id) => `${id} after`);
      await lab.upsert(...others.map((id, at) => lab.entry(id, 80 - at * 10, { metadata: { now: id } })));
      for (const id of ids)
        context.check.equal(
          await lab.ids({ filter: { key: 'old', op: '==', value: id } }),
          [],
          `by a member of ${id}, which was deleted`,
        );
      context.check.equal(await lab.ids(), others.toReversed(), 'the order by the new vectors');
      await lab.delete({ sourceIds: ['s'] });
      context.check.equal(await lab.all(), others.toSorted(), 'after a delete by the old source');
    },
  },
  {
    id: 'vs-last-wins',
    rule: 'S-04',
    title: 'keeps the last of two entries with one id in a call',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(
        lab.entry('a', 0, { text: 'first' }),
        lab.entry('b', 45),
        lab.entry('a', 90, { text: 'last' }),
      );
      const found = await lab.query();
      context.check.equal(
        found.map(({ node }) => [node.id, node.text]),
        [
          ['b', 'The text of b.'],
          ['a', 'last'],
        ],
        'what is there',
      );
    },
  },
  {
    id: 'vs-again',
    rule: 'S-04',
    title: 'takes again what was deleted, also after everything was',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(40, 4);
      for (let round = 0; round < 3; round++) {
        await lab.upsert(...entries);
        context.check.equal((await lab.all()).length, 40, `round ${round}: all of them`);
        for (const { node, embedding } of entries.slice(0, 5))
          context.check.equal(
            await lab.ids({ embedding, topK: 1 }),
            [node.id],
            `round ${round}: the nearest`,
          );
        await lab.delete({ ids: entries.map(({ node }) => node.id) });
        context.check.equal(await lab.all(), [], `round ${round}: none`);
      }
    },
  },
  {
    id: 'vs-empty',
    rule: 'S-04',
    title: 'finds nothing while it is empty, and takes writes of nothing',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      context.check.equal(await lab.query({ topK: 3 }), [], 'a query');
      await lab.upsert();
      await lab.delete({ ids: ['a'], sourceIds: ['b'] });
      context.check.equal(await lab.query({ topK: 3 }), [], 'after writes of nothing');
    },
  },
  {
    id: 'vs-copies',
    rule: 'C-05',
    title: 'is not changed by what happens to the entries given and the nodes got, and changes neither',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const given = lab.entry('a', 0, { metadata: { list: [1] }, source: 's' });
      const kept = structuredClone(given);
      const writing = lab.store.upsert([given, lab.entry('b', 40)]);
      context.check.equal(given, kept, 'the given entry');
      given.node.text = 'changed';
      (given.node.metadata['list'] as number[]).push(9);
      given.embedding.reverse();
      await writing;
      await lab.open.settled?.();
      const [first] = await lab.query();
      context.check.equal(first?.node, kept.node, 'after the given entry was changed');
      first!.node.text = 'changed';
      (first!.node.metadata['list'] as number[]).push(7);
      delete first!.node.relationships;
      const query = lab.at(0);
      const [again] = await lab.query({ embedding: query });
      context.check.equal(again?.node, kept.node, 'after the got node was changed');
      context.check.equal(query, lab.at(0), 'the vector of the query');
    },
  },
  {
    id: 'vs-concurrent',
    rule: 'S-04',
    title: 'loses and doubles nothing when it is written and read at once',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(400, 6, (at) => ({ relationships: { source: { id: `s${at % 10}` } } }));
      await lab.store.upsert(entries.slice(0, 50));
      await Promise.all([
        ...Array.from({ length: 8 }, (_, at) => lab.store.upsert(entries.slice(at * 50, at * 50 + 50))),
        ...Array.from({ length: 8 }, (_, at) =>
          lab.store.upsert([lab.entry('same', at * 10, { text: `${at}` })]),
        ),
        ...Array.from({ length: 4 }, () => lab.store.query({ topK: 10, embedding: lab.axis(0) })),
      ]);
      await lab.open.settled?.();
      const expected = [...entries.map(({ node }) => node.id), 'same'].toSorted();
      context.check.equal(await lab.all(), expected, 'what is there');
      await Promise.all([lab.store.delete({ sourceIds: ['s1'] }), lab.store.delete({ sourceIds: ['s2'] })]);
      await lab.open.settled?.();
      context.check.equal((await lab.all()).length, expected.length - 80, 'after two deletes at once');
    },
  },
];

/** What a store may lose, round, reorder or take for something else. */
const NODES: readonly Node[] = [
  createTextNode({
    id: 'all',
    text: 'Grüße, 世界 \u{1f600}\n\u0000 \u2028 "quoted" \\ back',
    metadata: {
      number: 0.1,
      large: 1e300,
      negative: -5,
      yes: true,
      no: false,
      nothing: null,
      empty: '',
      list: [1, 'a', null, [true]],
      nested: { deep: { 'a.b': [{}] } },
      ' key with space ': 'x',
      ключ: 'значение',
      _id: 'mine',
      id: 'mine too',
      text: 'not the text',
      score: 12,
    },
    excludedEmbedMetadataKeys: ['number'],
    excludedLlmMetadataKeys: ['large', 'list'],
    metadataTemplate: '{key} = {value}',
    metadataSeparator: '; ',
    textTemplate: '{metadata}: {text}',
    start: 0,
    end: 17,
    relationships: {
      source: { id: 'source', hash: 'abc' },
      previous: { id: 'before' },
      next: { id: 'after', hash: 'def' },
      parent: { id: 'parent' },
      children: [{ id: 'child 1' }, { id: 'child 2', hash: 'ghi' }],
    },
  }),
  createTextNode({ id: 'bare', text: '' }),
  createDocument({ id: 'document', text: 'A document.', metadata: { path: '/a/b.md' } }),
  createIndexNode({ id: 'index', text: 'A summary.', indexId: 'target' }),
  {
    type: 'conformance:image',
    id: 'other',
    text: 'A kind of its own.',
    metadata: {},
    url: 'a.png',
    size: [1, 2],
  },
  createTextNode({ id: 'lone', text: 'cut \ud83d', metadata: { lone: '\ude00', zero: 'a\u0000b' } }),
  createTextNode({ id: 'long', text: 'x'.repeat(100_000), metadata: { long: 'y'.repeat(20_000) } }),
];
