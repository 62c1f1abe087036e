import type { VectorEntry } from '@mortise/core/store';
import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { bestCosines, cosinesOf, isClose, isRanked, opened } from './lab.ts';
import { direction, sequence } from './random.ts';

const QUERIES = 20;
/** Of the nearest ten, how many a store that does not promise all of them must find. */
const RECALL = 0.9;

/** Search by vector. */
export const searchCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-order',
    rule: 'R-02',
    title: 'gives the nearest first; a higher score is better, and all are finite numbers',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const angles = [120, 0, 60, 180, 30, 90, 150];
      await lab.upsert(...angles.map((angle) => lab.entry(`${angle}`, angle)));
      const found = await lab.query();
      context.check.equal(
        found.map(({ node }) => Number(node.id)),
        angles.toSorted((a, b) => a - b),
        'the order',
      );
      context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      context.check.ok(
        found[0]!.score > found[6]!.score,
        'the nearest has no higher score than the farthest',
      );
      const turned = await lab.ids({ embedding: lab.at(180) });
      context.check.equal(
        turned.map(Number),
        angles.toSorted((a, b) => b - a),
        'the order from the other side',
      );
    },
  },
  {
    id: 'vs-topk',
    rule: 'S-04',
    title: 'gives at most topK, the best of them, and everything when there is less',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(300, 7);
      await lab.upsert(...entries);
      const all = await lab.ids();
      context.check.equal(new Set(all).size, 300, 'how many different ones');
      context.check.equal(all.length, 300, 'how many');
      for (const topK of [1, 2, 10, 299, 300, 301])
        context.check.equal(
          (await lab.ids({ topK })).length,
          Math.min(topK, 300),
          `how many of topK ${topK}`,
        );
    },
  },
  {
    id: 'vs-zero',
    rule: 'R-02',
    title: 'gives no score that is not a number, also with vectors of zeros, where it takes them',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const zero = new Float32Array(lab.dimensions);
      await lab.upsert(lab.entry('a', 0), lab.entry('b', 120));
      const taken = await lab.store.upsert([{ ...lab.entry('zero', 0), embedding: zero }]).then(
        () => true,
        () => false,
      );
      if (!taken) {
        const again = lab.store.upsert([{ ...lab.entry('zero', 0), embedding: zero }]);
        await context.check.error(again, 'invalid-request', 'an entry of zeros');
        return;
      }
      await lab.open.settled?.();
      const found = await lab.query();
      context.check.equal(found.length, 3, 'how many');
      context.check.ok(isRanked(found), `the scores are ${found.map(({ score }) => score).join(' ')}`);
      const nowhere = await lab.query({ embedding: zero });
      context.check.ok(
        isRanked(nowhere),
        `with a query of zeros: ${nowhere.map(({ score }) => score).join(' ')}`,
      );
    },
  },
  {
    id: 'vs-recall',
    rule: 'S-04',
    title: `finds at least ${RECALL * 100} of 100 of the nearest, after deletes and replacements too`,
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = await churned(lab);
      let found = 0;
      const random = sequence(9);
      for (let at = 0; at < QUERIES; at++) {
        const embedding = direction(random, lab.dimensions);
        const worst = bestCosines(entries, embedding, 10).at(-1)! - 1e-4;
        const cosines = cosinesOf(await lab.query({ embedding, topK: 10 }), entries, embedding);
        found += cosines.filter((cosine) => cosine >= worst).length;
      }
      const share = found / (QUERIES * 10);
      context.check.ok(share >= RECALL, `${share} of the nearest were found`);
    },
  },
  {
    id: 'vs-exact',
    rule: 'S-04',
    title: 'finds the very nearest, as brute force does, after deletes and replacements too',
    requires: ['dense', 'exact'],
    async run(context) {
      const lab = await opened(context);
      const entries = await churned(lab);
      const random = sequence(10);
      for (let at = 0; at < QUERIES; at++) {
        const embedding = direction(random, lab.dimensions);
        const topK = 1 + at * 3;
        const found = cosinesOf(await lab.query({ embedding, topK }), entries, embedding);
        context.check.ok(
          isClose(found, bestCosines(entries, embedding, topK)),
          `query ${at}: ${found.join(' ')}`,
        );
      }
    },
  },
];

/** Written, half of it replaced, a third of it deleted. */
async function churned(lab: Awaited<ReturnType<typeof opened>>): Promise<VectorEntry[]> {
  const first = lab.cloud(900, 8);
  const second = lab.cloud(450, 12);
  await lab.upsert(...first);
  await lab.upsert(...second);
  const entries = [...second, ...first.slice(450)];
  await lab.delete({ ids: entries.filter((_, at) => at % 3 === 0).map(({ node }) => node.id) });
  return entries.filter((_, at) => at % 3 !== 0);
}
