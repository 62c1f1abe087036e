import { fuse } from '@mortise/rag';
import { similarity } from '@mortise/core/embedding';
import type { VectorQuery } from '@mortise/core/store';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entry, folderOfTests, near } from './folder.ts';

const { open } = folderOfTests();
const ids = (found: readonly { node: { id: string } }[]) => found.map(({ node }) => node.id);

it('S-04: finds words as the language stems them, and not those of what was replaced or deleted', async () => {
  const store = open();
  const words = async (text: string) => ids(await store.query({ mode: 'text', text, topK: 10 })).toSorted();
  await store.upsert([
    entry('a', [1, 0], { text: 'Sawing dovetails' }),
    entry('b', [0, 1], { text: 'A dovetail, sawn' }),
    entry('c', [1, 1], { text: 'Über Nägel' }),
  ]);
  expect(await words('dovetail saw')).toEqual(['a', 'b']);
  expect(await words('nagel')).toEqual(['c']);
  expect(await words('the of and')).toEqual([]);
  await store.optimize();
  expect(await words('dovetail')).toEqual(['a', 'b']);
  await store.upsert([entry('a', [1, 0], { text: 'Planing boards' })]);
  await store.delete({ ids: ['c'] });
  expect([await words('dovetail'), await words('boards'), await words('nagel')]).toEqual([['b'], ['a'], []]);
  await store.optimize();
  expect([await words('dovetail'), await words('boards'), await words('nagel')]).toEqual([['b'], ['a'], []]);
});

it('S-04: fuses words and vectors by relative scores, as `fuse` of @mortise/rag does', async () => {
  const store = open();
  const words = ['saw', 'pin', 'tail', 'board'];
  const made = Array.from({ length: 24 }, (_, at) =>
    entry(`n${at}`, [Math.cos(at), Math.sin(at)], {
      text: `${words.filter((_, bit) => ((at * 7) >> bit) & 1).join(' ') || 'glue'} number ${at}`,
    }),
  );
  await store.upsert(made);
  const question = fc.record({
    text: fc.subarray([...words, 'glue', 'nail']).map((list) => list.join(' ')),
    angle: fc.double({ min: 0, max: 7, noNaN: true }),
    alpha: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(question, async ({ text, angle, alpha }) => {
      const query: VectorQuery = { text, ...near(Math.cos(angle), Math.sin(angle)) };
      const lists = [await store.query(query), await store.query({ ...query, mode: 'text' })];
      const expected = new Map(fuse(lists, [alpha, 1 - alpha]).map(({ node, score }) => [node.id, score]));
      const found = await store.query({ ...query, mode: 'hybrid', alpha });
      expect(found).toHaveLength(expected.size);
      for (const { node, score, evidence } of found) {
        expect(score).toBeCloseTo(expected.get(node.id) as number, 5);
        const own = made.find((each) => each.node.id === node.id)!.embedding;
        expect(evidence?.['similarity']).toBeCloseTo(similarity(own, query.embedding as Float32Array), 5);
      }
    }),
    { numRuns: 20 },
  );
});

it('S-04: along the graph finds most of the nearest, all that a filter lets pass, and what came after', async () => {
  const store = open({ index: 'hnsw' });
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  const vector = () => Array.from({ length: 16 }, random);
  const made = Array.from({ length: 1_500 }, (_, at) =>
    entry(`n${at}`, vector(), { metadata: { rare: at % 500 === 0 } }),
  );
  await store.upsert(made);
  await store.optimize();
  const exact = open();
  let same = 0;
  for (let at = 0; at < 20; at++) {
    const query = { topK: 10, embedding: Float32Array.from(vector()) };
    const best = new Set(ids(await exact.query(query)));
    same += ids(await store.query(query)).filter((id) => best.has(id)).length;
  }
  expect(same).toBeGreaterThan(180);
  const rare = { key: 'rare', op: '==', value: true } as const;
  expect(await store.query({ topK: 10, embedding: Float32Array.from(vector()), filter: rare })).toHaveLength(
    3,
  );
  const late = vector();
  await store.upsert([entry('late', late)]);
  await store.delete({ ids: ['n0'] });
  const [nearest] = await store.query({ topK: 1, embedding: Float32Array.from(late) });
  expect(nearest?.node.id).toBe('late');
  expect(nearest?.score).toBeCloseTo(1, 5);
  await store.optimize();
  const everything = ids(await store.query({ topK: 5_000, embedding: Float32Array.from(late) }));
  expect([everything.length, everything.includes('n0')]).toEqual([1_500, false]);
});
