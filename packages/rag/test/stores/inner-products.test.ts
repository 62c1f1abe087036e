import fc from 'fast-check';
import { expect, it } from 'vitest';
import { similarity } from '@mortise/core/embedding';
import { createTextNode } from '@mortise/core/retriever';
import { MemoryVectorStore } from '@mortise/rag';

const number = fc.double({ min: -1, max: 1, noNaN: true });

it('S-04: scores any number of rows, of any dimensions, by their cosine, wherever a row stands', async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }));
  const matrix = sizes.chain(([rows, dimensions]) =>
    fc.array(fc.array(number, { minLength: dimensions, maxLength: dimensions }), {
      minLength: rows + 1,
      maxLength: rows + 1,
    }),
  );
  await fc.assert(
    fc.asyncProperty(matrix, async (lists) => {
      const [query, ...rows] = lists.map((list) => Float32Array.from(list));
      const store = new MemoryVectorStore();
      await store.upsert(
        rows.map((embedding, at) => ({ node: createTextNode({ id: `${at}`, text: '' }), embedding })),
      );
      const found = await store.query({ embedding: query!, topK: rows.length });
      expect(found).toHaveLength(rows.length);
      for (const { node, score } of found) {
        expect(score).toBeCloseTo(similarity(rows[Number(node.id)]!, query!), 5);
        expect(store.similarityTo(query!, node.id)).toBe(score);
      }
    }),
    { numRuns: 200 },
  );
});
