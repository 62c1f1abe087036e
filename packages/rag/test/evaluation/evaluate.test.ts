import { describe, expect, it } from 'vitest';
import { createTextNode, type NodeWithScore, type Retriever } from '@mortise/core/retriever';
import { evaluateRetriever, retrievalMarkdown, type EvaluationCollection } from '@mortise/rag';

const found = (...ids: string[]): NodeWithScore[] =>
  ids.map((id, at) => ({ node: createTextNode({ id, text: id }), score: -at }));

const collection: EvaluationCollection = {
  queries: ['one', 'two', 'none', 'zero', 'three'].map((id) => ({ id, query: `about ${id}` })),
  judgements: new Map([
    ['one', new Map([['a', 1]])],
    ['two', new Map([['b', 2]])],
    ['three', new Map([['c', 1]])],
    ['zero', new Map([['a', 0]])],
    ['elsewhere', new Map([['a', 1]])],
  ]),
};

const ANSWERS: Record<string, NodeWithScore[]> = {
  'about one': found('a', 'x'),
  'about two': found('x', 'b'),
};
const answering: Retriever = {
  retrieve: async (query) => ANSWERS[typeof query === 'string' ? query : query.query] ?? [],
};

describe('evaluateRetriever', () => {
  it('measures the queries that have a relevant document, and names those that do not', async () => {
    const report = await evaluateRetriever(answering, collection, {
      name: 'mine',
      metrics: ['mrr@10', 'recall@1'],
    });
    expect(report).toEqual({
      name: 'mine',
      metrics: { 'mrr@10': (1 + 1 / 2 + 0) / 3, 'recall@1': 1 / 3 },
      gain: 'linear',
      queries: [
        { id: 'one', metrics: { 'mrr@10': 1, 'recall@1': 1 }, found: ['a', 'x'] },
        { id: 'two', metrics: { 'mrr@10': 1 / 2, 'recall@1': 0 }, found: ['x', 'b'] },
        { id: 'three', metrics: { 'mrr@10': 0, 'recall@1': 0 }, found: [] },
      ],
      unjudged: ['none', 'zero'],
      empty: 1,
      durationMs: expect.any(Number),
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('counts a document once, by its first node, under its id or one that is told', async () => {
    const chunk = (id: string, source: string) => ({
      node: createTextNode({
        id,
        text: id,
        metadata: { of: 'c' },
        relationships: { source: { id: source } },
      }),
      score: 1,
    });
    const chunks: Retriever = {
      retrieve: async () => [chunk('x#0', 'x'), chunk('x#1', 'x'), chunk('a#3', 'a')],
    };
    const { queries } = await evaluateRetriever(chunks, collection, { metrics: ['mrr@10'] });
    expect(queries[0]).toMatchObject({ found: ['x', 'a'], metrics: { 'mrr@10': 1 / 2 } });
    const documentId = ({ metadata }: { metadata: object }) => String((metadata as { of: string }).of);
    const other = await evaluateRetriever(chunks, collection, { metrics: ['mrr@10'], documentId });
    expect(other.queries[2]).toMatchObject({ found: ['c'], metrics: { 'mrr@10': 1 } });
  });

  it('asks for as many as the metrics look at, reports progress, and asks no more at once than it may', async () => {
    let running = 0;
    let most = 0;
    const topKs = new Set<number | undefined>();
    const retriever: Retriever = {
      async retrieve(_query, options) {
        topKs.add(options?.topK);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
        return [];
      },
    };
    const progress: [number, number][] = [];
    await evaluateRetriever(retriever, collection, {
      metrics: ['ndcg@10', 'recall@50'],
      concurrency: 2,
      onProgress: ({ done, total }) => progress.push([done, total]),
    });
    expect([...topKs]).toEqual([50]);
    expect(most).toBe(2);
    expect(progress).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('hands the vector of a query on', async () => {
    const embedding = Float32Array.of(1);
    let asked: unknown;
    const retriever: Retriever = { retrieve: async (query) => ((asked = query), []) };
    const queries = [{ id: 'one', query: 'q', embedding }];
    await evaluateRetriever(retriever, { ...collection, queries });
    expect(asked).toEqual({ query: 'q', embedding });
  });

  it('ends with the first failure, names the query and stops the others', async () => {
    let stopped = false;
    const retriever: Retriever = {
      retrieve: (query, options) =>
        JSON.stringify(query).includes('two')
          ? Promise.reject(new Error('index is gone'))
          : new Promise(() => options?.signal?.addEventListener('abort', () => (stopped = true))),
    };
    await expect(evaluateRetriever(retriever, collection)).rejects.toMatchObject({
      message: "The query 'two' could not be evaluated: index is gone",
    });
    expect(stopped).toBe(true);
  });

  it('C-01: C-02 an abort rejects with exactly the reason, and an aborted one asks nothing', async () => {
    const controller = new AbortController();
    let asked = 0;
    const retriever: Retriever = {
      retrieve() {
        asked += 1;
        controller.abort('enough');
        return new Promise(() => undefined);
      },
    };
    const { signal } = controller;
    await expect(evaluateRetriever(retriever, collection, { signal, concurrency: 1 })).rejects.toBe('enough');
    await expect(evaluateRetriever(retriever, collection, { signal })).rejects.toBe('enough');
    expect(asked).toBe(1);
  });

  it('refuses a collection that nothing can be measured on, or that has one id twice', async () => {
    const unjudged = { ...collection, judgements: new Map() };
    const twice = { ...collection, queries: [...collection.queries, { id: 'one', query: 'again' }] };
    for (const broken of [unjudged, twice])
      await expect(evaluateRetriever(answering, broken)).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(evaluateRetriever(answering, collection, { concurrency: 0 })).rejects.toMatchObject({
      code: 'configuration',
    });
  });
});

describe('retrievalMarkdown', () => {
  it('has a row for each configuration, and says what was left out', async () => {
    const report = await evaluateRetriever(answering, collection, { name: 'a|b', metrics: ['mrr@10'] });
    expect(retrievalMarkdown([{ ...report, durationMs: 1234 }])).toBe(
      `|  | mrr@10 | queries | seconds |
| --- | ---: | ---: | ---: |
| a\\|b | 0.500 | 3 | 1.2 |

- Not measured, as no document is relevant to them: 2 queries (none, zero).
- a\\|b found nothing for 1 queries, which count 0.
`,
    );
  });
});
