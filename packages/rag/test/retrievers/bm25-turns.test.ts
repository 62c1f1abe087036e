import { describe, expect, it } from 'vitest';
import { runInSlices, timeSlices } from '@mortise/core/call';
import { createTextNode } from '@mortise/core/retriever';
import { BM25Index, BM25Retriever } from '@mortise/rag';
import { expectToBeLeft, turnsDuring } from '../turns.ts';

const ROWS = 30_000;
const words = ['tree', 'house', 'river', 'stone', 'cloud', 'wood', 'bridge'];
const nodes = Array.from({ length: ROWS }, (_, row) => {
  const text = `water ${words[row % 7]} ${words[row % 5]} ${row % 101} n${row}`;
  return createTextNode({ id: `${row}`, text });
});
const gone = nodes.filter((_, row) => row % 4 !== 0).map(({ id }) => id);

describe('BM25Index over many nodes', () => {
  it('gives the event loop its turns by its steps, and finds what it finds in one step', async () => {
    const [index, other] = [new BM25Index(), new BM25Index()];
    const retriever = new BM25Retriever({ index, topK: 50 });
    expect(await turnsDuring(() => runInSlices(index.upsertSteps(nodes)))).toBeGreaterThan(3);
    expect(await turnsDuring(() => retriever.retrieve('water of a river'))).toBeGreaterThan(1);
    // Three of four go, so that the rows are swept as well.
    expect(await turnsDuring(() => runInSlices(index.removeSteps(gone)))).toBeGreaterThan(1);
    other.upsert(nodes);
    other.remove(gone);
    const fresh = new BM25Index();
    fresh.upsert(nodes.filter((_, row) => row % 4 === 0));
    for (const query of ['water of a river', 'stone 100', 'bridge', 'nothing of it']) {
      const found = await retriever.retrieve(query);
      expect(found).toEqual(other.search(query, 50));
      expect(found).toEqual(fresh.search(query, 50));
    }
  });

  it('C-01: leaves a signal its turn', async () => {
    const index = new BM25Index();
    const upsert = (signal?: AbortSignal) => runInSlices(index.upsertSteps(nodes), timeSlices(signal));
    await expectToBeLeft(upsert, await turnsDuring(() => upsert()));
    index.upsert(nodes);
    const retriever = new BM25Retriever({ index, topK: ROWS });
    const whole = await turnsDuring(() => retriever.retrieve('water'));
    expect(whole).toBeGreaterThan(2);
    await expectToBeLeft((signal) => retriever.retrieve('water', { signal }), whole);
  });

  it('what changes while rows are swept or ranked is neither lost nor found twice', async () => {
    const index = new BM25Index();
    index.upsert(nodes);
    const removing = index.removeSteps(gone);
    const ranking = index.rankedSteps('water');
    ranking.next();
    for (let step = removing.next(), at = 0; step.done !== true; step = removing.next(), at++)
      if (at === gone.length + 2) index.upsert([createTextNode({ id: 'late', text: 'water late' })]);
    const ids = (await runInSlices(ranking)).map(({ node }) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(index.search('late', 2).map(({ node }) => node.id)).toEqual(['late']);
    expect(index.ranked('water')).toHaveLength(index.size);
  });
});
