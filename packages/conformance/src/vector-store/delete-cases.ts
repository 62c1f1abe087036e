import { createDocument } from '@mortise/core/retriever';
import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { opened } from './lab.ts';

/** What is deleted is not found any more, and nothing else goes with it. */
export const deleteCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-delete-ids',
    rule: 'S-04',
    title: 'deletes by id, and takes what is not there as deleted',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(60, 3);
      await lab.upsert(...entries);
      const gone = entries.filter((_, at) => at % 3 !== 1).map(({ node }) => node.id);
      const failed = (call: Promise<void>): Promise<unknown> =>
        call.then(
          () => undefined,
          (error: unknown) => error,
        );
      context.check.equal(await failed(lab.delete({ ids: [...gone, gone[0]!] })), undefined, 'a delete');
      context.check.equal(await failed(lab.delete({ ids: ['never', ...gone] })), undefined, 'the same again');
      const remaining = entries.filter((_, at) => at % 3 === 1);
      context.check.equal(await lab.all(), remaining.map(({ node }) => node.id).toSorted(), 'what is left');
      for (const { node, embedding } of remaining)
        context.check.equal(
          await lab.ids({ embedding, topK: 1 }),
          [node.id],
          'the nearest to a vector of what is left',
        );
    },
  },
  {
    id: 'vs-delete-source',
    rule: 'S-04',
    title: 'deletes by source document and leaves none of its nodes; a document is its own source',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const node = createDocument({ id: 'doc', text: 'whole' });
      await lab.upsert(
        { node, embedding: lab.at(5) },
        ...Array.from({ length: 30 }, (_, at) =>
          lab.entry(`p${at}`, at, { source: at % 2 === 0 ? 'doc' : 'other' }),
        ),
        lab.entry('doc-2', 50, { source: 'doc-2' }),
        lab.entry('without', 60),
      );
      await lab.delete({ sourceIds: ['doc', 'never'] });
      const remaining = Array.from({ length: 15 }, (_, at) => `p${at * 2 + 1}`);
      context.check.equal(await lab.all(), [...remaining, 'doc-2', 'without'].toSorted(), 'what is left');
    },
  },
  {
    id: 'vs-delete-filter',
    rule: 'S-04',
    title: 'deletes by filter, and whatever matches any of the three',
    requires: ['dense', 'filter:=='],
    async run(context) {
      const lab = await opened(context);
      const entries = Array.from({ length: 12 }, (_, at) =>
        lab.entry(`n${at}`, at, { metadata: { even: at % 2 === 0 }, source: `s${Math.floor(at / 4)}` }),
      );
      await lab.upsert(...entries);
      await lab.delete({ filter: { key: 'even', op: '==', value: true } });
      context.check.equal(await lab.all(), ['n1', 'n11', 'n3', 'n5', 'n7', 'n9'], 'by filter');
      await lab.upsert(...entries);
      await lab.delete({
        ids: ['n1'],
        sourceIds: ['s1'],
        filter: { not: { key: 'even', op: '==', value: false } },
      });
      context.check.equal(await lab.all(), ['n11', 'n3', 'n9'], 'by any of the three');
    },
  },
  {
    id: 'vs-delete-nothing',
    rule: 'S-04',
    title: 'deletes nothing for a selection of nothing',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      // A node without a source belongs to no source document.
      await lab.upsert(lab.entry('a', 0), lab.entry('b', 1, { source: 's' }));
      for (const selection of [
        {},
        { ids: [] },
        { sourceIds: [] },
        { ids: [], sourceIds: [], filter: undefined },
      ])
        await lab.delete(selection);
      await lab.delete({ sourceIds: ['', 'a', 'undefined', 'null'] });
      context.check.equal(await lab.all(), ['a', 'b'], 'what is there');
    },
  },
];
