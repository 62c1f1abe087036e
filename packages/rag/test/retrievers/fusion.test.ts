import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Retriever } from '@mortise/core/retriever';
import { ScriptedLLM } from '@mortise/core/testing';
import { fuse, FusionRetriever, type FusionMode, type FusionRetrieverOptions } from '@mortise/rag';
import { FakeRetriever, ids, scored, warningsOf } from './fake.ts';

describe('fusion', () => {
  it('brings each list to 0..1, weights it, and adds up', () => {
    const lists = [
      [scored('a', 30), scored('b', 20), scored('c', 10)],
      [scored('c', 0.9), scored('b', 0.5), scored('d', 0.1)],
    ];
    const fused = fuse(lists, [0.7, 0.3]).map((result) => [result.node.id, result.score]);
    expect(fused).toEqual([
      ['a', 0.7],
      ['b', 0.35 + 0.15],
      ['c', 0.3],
      ['d', 0],
    ]);
  });

  it('counts a list of equal scores 1 a node when they are above 0, else 0', () => {
    expect(fuse([[scored('a', 5), scored('b', 5)]], [1]).map(({ score }) => score)).toEqual([1, 1]);
    expect(fuse([[scored('a', 0)], [scored('b', -1)]], [0.5, 0.5]).map(({ score }) => score)).toEqual([0, 0]);
    expect(fuse([[], [scored('a', 2)]], [0.5, 0.5]).map(({ score }) => score)).toEqual([0.5]);
  });

  it('R-02: keeps the raw evidence of all lists, and changes no list', () => {
    const lists = [[scored('a', 3, { bm25: 3, coverage: 0.5 })], [scored('a', 0.4, { similarity: 0.4 })]];
    const before = structuredClone(lists);
    expect(fuse(lists, [0.5, 0.5])[0]?.evidence).toEqual({ bm25: 3, coverage: 0.5, similarity: 0.4 });
    expect(lists).toEqual(before);
  });

  it('asks each retriever for more than it returns, and brings weights to a sum of 1', async () => {
    const left = new FakeRetriever([scored('a', 2), scored('b', 1)]);
    const right = new FakeRetriever([scored('b', 2), scored('c', 1)]);
    const fusion = new FusionRetriever({
      retrievers: [
        { retriever: left, weight: 3 },
        { retriever: right, weight: 1 },
      ],
      topK: 2,
      candidates: 50,
    });
    const results = await fusion.retrieve('q');
    expect(results.map((result) => [result.node.id, result.score])).toEqual([
      ['a', 0.75],
      ['b', 0.25],
    ]);
    expect(left.calls[0]?.topK).toBe(50);
    await fusion.retrieve('q', { topK: 80 });
    expect(left.calls[1]?.topK).toBe(80);
  });

  it('R-04: hands filters down, and fails as a whole when one retriever does', async () => {
    const left = new FakeRetriever([]);
    const filters = { key: 'a', op: '==', value: 1 } as const;
    await new FusionRetriever({ retrievers: [{ retriever: left }] }).retrieve('q', { filters });
    expect(left.calls[0]?.filters).toEqual(filters);
    const half = new FusionRetriever({
      retrievers: [{ retriever: left }, { retriever: new FakeRetriever(new Error('down')) }],
    });
    await expect(half.retrieve('q')).rejects.toThrow('down');
  });

  it('refuses weights that cannot be shares', () => {
    const retriever = new FakeRetriever([]);
    for (const weight of [-1, 0, NaN, Infinity]) {
      expect(() => new FusionRetriever({ retrievers: [{ retriever, weight }] })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
    }
    expect(() => new FusionRetriever({ retrievers: [] })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it('by distribution the mean is a half, and an outlier moves the others less', () => {
    const scores = [10, 2, 1, 0].map((score, at) => scored(`n${at}`, score));
    const mean = 13 / 4;
    const spread = 3 * Math.sqrt((6.75 ** 2 + 1.25 ** 2 + 2.25 ** 2 + 3.25 ** 2) / 4);
    const fused = fuse([scores], [1], { mode: 'distribution' }).map(({ score }) => score);
    for (const [at, score] of [10, 2, 1, 0].entries())
      expect(fused[at]).toBeCloseTo((score - mean + spread) / (2 * spread), 12);
    expect(fused[1]! - fused[3]!).toBeLessThan(0.2);
  });

  it('by reciprocal rank only places count, from 0, with weights and k', () => {
    const lists = [
      [scored('a', 900), scored('b', 899)],
      [scored('b', 0.2), scored('c', 0.1)],
    ];
    const fused = fuse(lists, [0.25, 0.75], { mode: 'reciprocal-rank' });
    expect(fused.map(({ node, score }) => [node.id, score])).toEqual([
      ['b', 0.25 / 61 + 0.75 / 60],
      ['c', 0.75 / 61],
      ['a', 0.25 / 60],
    ]);
    expect(fuse([lists[0]!], [1], { mode: 'reciprocal-rank', k: 1 })[1]?.score).toBe(1 / 2);
    // A list of a foreign retriever may not be sorted.
    expect(ids(fuse([lists[0]!.toReversed()], [1], { mode: 'reciprocal-rank' }))).toEqual(['a', 'b']);
  });

  it('counts a node once a list, however often a foreign list has it', () => {
    expect(fuse([[scored('a', 1), scored('b', 0), scored('a', 1)]], [1])[0]?.score).toBe(1);
  });

  it.each<FusionMode>(['relative-score', 'distribution', 'reciprocal-rank'])(
    'gives finite scores from 0 to 1, best first, for any finite scores by %s',
    (mode) => {
      const list = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 6 });
      fc.assert(
        fc.property(list, list, (left, right) => {
          const lists = [left, right].map((scores) => scores.map((score, at) => scored(`n${at}`, score)));
          const fused = fuse(lists, [0.5, 0.5], { mode }).map(({ score }) => score);
          expect(fused).toHaveLength(Math.max(left.length, right.length));
          for (const score of fused) expect(score >= 0 && score <= 1).toBe(true);
          expect(fused).toEqual(fused.toSorted((a, b) => b - a));
        }),
      );
    },
  );

  it('refuses a score that is not finite, and a mode or a k that is none', async () => {
    for (const score of [NaN, Infinity]) {
      expect(() => fuse([[scored('a', score)]], [1])).toThrow(
        expect.objectContaining({ code: 'malformed-response' }),
      );
      const foreign: Retriever = { retrieve: async () => [scored('a', score)] };
      await expect(
        new FusionRetriever({ retrievers: [{ retriever: foreign }] }).retrieve('q'),
      ).rejects.toThrow('retriever 0 of a fusion');
    }
    const retrievers = [{ retriever: new FakeRetriever([]) }];
    for (const options of [
      { mode: 'sum' },
      { mode: 'reciprocal-rank', k: 0 },
      { mode: 'reciprocal-rank', k: NaN },
    ])
      expect(() => new FusionRetriever({ retrievers, ...options } as FusionRetrieverOptions)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });

  it('cancels the other retrievers when one fails', async () => {
    let reason: unknown;
    const stalled = new FakeRetriever(
      (_query, { signal }) =>
        new Promise(() => signal.addEventListener('abort', () => (reason = signal.reason as unknown))),
    );
    const retrievers = [{ retriever: stalled }, { retriever: new FakeRetriever(new Error('down')) }];
    await expect(new FusionRetriever({ retrievers }).retrieve('q')).rejects.toThrow('down');
    expect(reason).toMatchObject({ code: 'aborted' });
  });
});

describe('query generation', () => {
  const fusion = (llm: ScriptedLLM, retriever: Retriever, more: Partial<FusionRetrieverOptions> = {}) =>
    new FusionRetriever({ retrievers: [{ retriever }], queryGeneration: { llm, count: 2 }, ...more });

  it('searches for the question and the wordings of the model, each once, no more than count', async () => {
    const llm = new ScriptedLLM({
      replies: ['Here you are:\n1. cut a  tenon\n2. HOW to cut?\n3. Cut a tenon\n4. saw\n5. chisel'],
    });
    const retriever = new FakeRetriever(({ query }: { query: string }) => [scored(query, 1)]);
    const query = { query: 'How to cut?', embedding: Float32Array.of(1) };
    const results = await fusion(llm, retriever).retrieve(query);
    // A generated query does not borrow the vector of the question.
    expect(retriever.queries).toEqual([query, { query: 'cut a tenon' }, { query: 'saw' }]);
    expect(results.map(({ score }) => score)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(JSON.stringify(llm.requests[0]?.messages)).toMatch(
      /Write 2 search queries.*<question>.*How to cut/,
    );
  });

  it.each<[string, ScriptedLLM]>([
    ['fails', new ScriptedLLM({ replies: [new Error('no model')], retry: false })],
    ['writes no list', new ScriptedLLM({ replies: ['I would rather not.'] })],
    [
      'does not answer in time',
      new ScriptedLLM({ replies: () => new Promise<never>(() => undefined), retry: false }),
    ],
  ])('a model that %s leaves the question alone, with a warning', async (_what, llm) => {
    const retriever = new FakeRetriever([scored('a', 1)]);
    const asked = fusion(llm, retriever, { queryGeneration: { llm, deadlineMs: 20 } });
    const warnings = await warningsOf(async () => expect(ids(await asked.retrieve('q'))).toEqual(['a']));
    expect(retriever.queries).toEqual([{ query: 'q' }]);
    expect(warnings).toEqual([expect.stringMatching(/^No further queries were generated/)]);
  });

  it('C-01: an abort while the model writes is no failure of the model', async () => {
    const controller = new AbortController();
    const llm = new ScriptedLLM({
      replies: () => {
        controller.abort('stop');
        return new Promise<never>(() => undefined);
      },
    });
    const retriever = new FakeRetriever([]);
    await expect(fusion(llm, retriever).retrieve('q', { signal: controller.signal })).rejects.toBe('stop');
    expect(retriever.calls).toEqual([]);
  });

  it('is bounded: a count or a time that is none is configuration', () => {
    const llm = new ScriptedLLM({ replies: [] });
    for (const queryGeneration of [
      { llm, count: 0 },
      { llm, count: 17 },
      { llm, deadlineMs: 0 },
    ])
      expect(() => fusion(llm, new FakeRetriever([]), { queryGeneration })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });
});
