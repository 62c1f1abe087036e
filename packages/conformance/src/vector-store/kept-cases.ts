import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { bestCosines, cosinesOf, isClose, labOf, opened } from './lab.ts';

/** What outlives the process. */
export const keptCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-restart',
    rule: 'S-04',
    title: 'still has everything after a restart: nodes, vectors, replacements, deletes and dimensions',
    requires: ['dense', 'persistence'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(200, 14, (at) => ({
        metadata: { at, name: `é${at}` },
        relationships: { source: { id: `s${at % 4}` } },
      }));
      await lab.upsert(...entries);
      await lab.upsert({ ...entries[0]!, embedding: lab.axis(2) });
      await lab.delete({ ids: ['n5'], sourceIds: ['s3'] });
      const remaining = entries
        .map((entry, at) => (at === 0 ? { ...entry, embedding: lab.axis(2) } : entry))
        .filter((_, at) => at % 4 !== 3 && at !== 5);

      const again = labOf(lab.open, lab.dimensions, await lab.open.reopen!());
      const found = await again.query();
      context.check.equal(found.length, remaining.length, 'how many');
      const byId = new Map(found.map(({ node }) => [node.id, node]));
      for (const { node } of remaining) context.check.equal(byId.get(node.id), node, `the node ${node.id}`);
      const best = bestCosines(remaining, lab.axis(0), 5);
      const cosines = cosinesOf(await again.query({ topK: 5 }), remaining, lab.axis(0));
      context.check.ok(
        isClose(cosines, best),
        `the nearest have ${cosines.join(' ')}, expected ${best.join(' ')}`,
      );
      const uneven = again.query({ embedding: Float32Array.of(1) });
      await context.check.error(uneven, 'invalid-request', 'a query of one dimension');
    },
  },
  {
    id: 'vs-restart-write',
    rule: 'S-04',
    title: 'goes on after a restart: replaces, deletes and adds as if there had been none',
    requires: ['dense', 'persistence'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(
        lab.entry('a', 0, { source: 's' }),
        lab.entry('b', 30, { source: 't' }),
        lab.entry('c', 60, { source: 'v' }),
      );
      await lab.delete({ ids: ['b'] });
      const again = labOf(lab.open, lab.dimensions, await lab.open.reopen!());
      await again.upsert(again.entry('a', 90, { source: 'u' }), again.entry('d', 10, { source: 's' }));
      context.check.equal(await again.ids(), ['d', 'c', 'a'], 'after a write');
      await again.delete({ sourceIds: ['s'] });
      context.check.equal(await again.ids(), ['c', 'a'], 'after a delete by source');
      await again.upsert(again.entry('b', 20));
      context.check.equal(await again.ids(), ['b', 'c', 'a'], 'what was deleted before, written again');
      await again.delete({ sourceIds: ['v'] });
      context.check.equal(
        await again.ids(),
        ['b', 'a'],
        'after a delete by a source from before the restart',
      );
    },
  },
];
