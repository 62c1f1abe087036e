import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { similarity } from '@mortise/core/embedding';
import { MemoryVectorStore } from '@mortise/rag';

const node = (id: string, metadata = {}, source = 'd') =>
  createTextNode({ id, text: id, metadata, relationships: { source: { id: source } } });
const entry = (id: string, ...vector: number[]) => ({ node: node(id), embedding: Float32Array.from(vector) });
const query = (...vector: number[]) => ({ embedding: Float32Array.from(vector), topK: 10 });

describe('MemoryVectorStore', () => {
  it('finds the nearest by cosine, best first, exactly as comparing with each would', async () => {
    const vector = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(vector, { minLength: 1, maxLength: 40 }),
        vector,
        fc.integer({ min: 1, max: 45 }),
        async (rows, asked, topK) => {
          const store = new MemoryVectorStore();
          await store.upsert(rows.map((row, at) => entry(`${at}`, ...row)));
          const found = await store.query({ embedding: Float32Array.from(asked), topK });
          const expected = rows
            .map((row) => similarity(row.map(Math.fround), asked.map(Math.fround)))
            .sort((a, b) => b - a);
          expect(found).toHaveLength(Math.min(topK, rows.length));
          for (const [at, { score, evidence }] of found.entries()) {
            expect(score).toBeCloseTo(expected[at] as number, 5);
            expect(evidence).toEqual({ similarity: score });
          }
        },
      ),
    );
  });

  it('a zero vector is like nothing: 0, never NaN', async () => {
    const store = new MemoryVectorStore();
    await store.upsert([entry('zero', 0, 0), entry('one', 1, 0)]);
    expect((await store.query(query(0, 0))).map(({ score }) => score)).toEqual([0, 0]);
    expect((await store.query(query(-1, 0))).map(({ node: { id }, score }) => [id, score])).toEqual([
      ['zero', 0],
      ['one', -1],
    ]);
  });

  it('S-04: an upsert of the same id replaces', async () => {
    const store = new MemoryVectorStore();
    await store.upsert([entry('a', 1, 0), entry('b', 0, 1)]);
    await store.upsert([entry('a', 0, 2)]);
    expect(store.size).toBe(2);
    expect((await store.query(query(0, 1))).map(({ score }) => score)).toEqual([1, 1]);
  });

  it('S-04: deletes by id, source document and filter, and keeps every other node with its own vector', async () => {
    const store = new MemoryVectorStore();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await store.upsert(
      names.map((id, at) => ({
        node: node(id, { lang: at % 2 ? 'en' : 'de' }, `s${at >> 1}`),
        embedding: Float32Array.of(1, at),
      })),
    );
    await store.delete({ ids: ['a', 'gone'] });
    await store.delete({ sourceIds: ['s1'] });
    await store.delete({ filter: { key: 'lang', op: '==', value: 'de' } });
    const rest = await store.query(query(1, 5));
    expect(rest.map(({ node: { id } }) => id)).toEqual(['f', 'b']);
    expect(rest[0]?.score).toBeCloseTo(1, 6);
    await store.delete({ ids: ['b', 'f'] });
    expect(await store.query(query(1, 5))).toEqual([]);
  });

  it('filters before it counts to topK', async () => {
    const store = new MemoryVectorStore();
    await store.upsert(
      ['x', 'y', 'z'].map((id, at) => ({ node: node(id, { at }), embedding: Float32Array.of(1, at) })),
    );
    const found = await store.query({ ...query(1, 0), topK: 1, filter: { key: 'at', op: '>', value: 0 } });
    expect(found.map(({ node: { id } }) => id)).toEqual(['y']);
  });

  it('S-04: refuses other dimensions, vectors that are not finite, and modes it does not have', async () => {
    const store = new MemoryVectorStore();
    await store.upsert([entry('a', 1, 0)]);
    await expect(store.upsert([entry('b', 1)])).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(store.upsert([entry('b', 1, NaN)])).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(store.query(query(1))).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(store.query({ ...query(1, 0), mode: 'text', text: 'a' })).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(store.size).toBe(1);
  });

  it('C-05: keeps and gives copies', async () => {
    const store = new MemoryVectorStore();
    const given = entry('a', 1, 0);
    await store.upsert([given]);
    given.embedding.fill(0);
    given.node.metadata['changed'] = true;
    const [first] = await store.query(query(1, 0));
    first!.node.metadata['changed'] = true;
    expect(await store.query(query(1, 0))).toMatchObject([{ node: { metadata: {} }, score: 1 }]);
  });
});
