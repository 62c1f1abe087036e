import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TransformersReranker, type TransformersRerankerOptions } from '@mortise/transformers';
import { MOST_TOKENS, tinyModels, weightOf } from './tiny-model.ts';

const models = tinyModels();
afterAll(() => models[Symbol.dispose]());

function rerankerOf(options: Partial<TransformersRerankerOptions> = {}): TransformersReranker {
  return new TransformersReranker({ model: models.reranker, dtype: 'fp32', ...options });
}

const logit = (...words: string[]): number => words.reduce((sum, word) => sum + weightOf(word) / 10, 0);

describe('TransformersReranker', () => {
  it('K-01: reads the query with each document, and ranks best first', async () => {
    const { results, ...rest } = await rerankerOf({ scores: 'logit' }).rerank('a', ['dog', 'the runs', 'b']);
    expect(results.map(({ index }) => index)).toEqual([1, 0, 2]);
    const expected = [logit('a', 'the', 'runs'), logit('a', 'dog'), logit('a', 'b')];
    for (const [at, { score }] of results.entries()) expect(score).toBeCloseTo(expected[at]!, 5);
    // [CLS] query [SEP] document [SEP]
    expect(rest).toEqual({
      usage: { inputTokens: 5 + 6 + 5 },
      warnings: [],
      provider: 'transformers',
      model: models.reranker,
    });
  });

  it('makes scores of 0 to 1, of one number or of two classes', async () => {
    for (const model of [models.reranker, models.twoClasses]) {
      const { results } = await rerankerOf({ model }).rerank('a', ['dog']);
      // The second class counts twice what the first does.
      expect(results[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-logit('a', 'dog'))), 5);
    }
  });

  it.each([
    ['a model of three classes', 'threeClasses', 'unsupported', '3 classes'],
    ['a model without classes', 'embedding', 'malformed-response', 'logits'],
  ] as const)('refuses %s', async (_what, name, code, said) => {
    const call = rerankerOf({ model: models[name], retry: false }).rerank('a', ['b']);
    await expect(call).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said) as string,
    });
  });

  it('gives the same whatever is read at a time', async () => {
    const documents = Array.from({ length: 21 }, (_, at) => 'dog '.repeat((at % 9) + 1));
    const all = await rerankerOf({ batchSize: 21 }).rerank('a', documents);
    expect(await rerankerOf({ batchSize: 4 }).rerank('a', documents)).toEqual(all);
    const { results } = await rerankerOf().rerank('a', documents, { topN: 5 });
    expect(results).toEqual(all.results.slice(0, 5));
  });

  it('says how many documents were cut', async () => {
    const long = 'b '.repeat(MOST_TOKENS);
    const { warnings, results } = await rerankerOf().rerank('a', [long, 'b', `${long} b`]);
    expect(warnings).toMatchObject([
      { setting: 'maxInputTokens', message: expect.stringContaining('2 of 3') as string },
    ]);
    expect(results.map(({ index }) => index)).toEqual([0, 2, 1]);
    const cut = await rerankerOf({ maxInputTokens: 5, scores: 'logit' }).rerank('a', ['dog cat the']);
    expect(cut.results[0]?.score).toBeCloseTo(logit('a', 'dog'), 5);
  });

  it('C-01: stops between two batches with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = rerankerOf({ batchSize: 1 }).rerank('a', Array(100_000).fill('dog'), {
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(reason), 30);
    await expect(call).rejects.toBe(reason);
    // Each batch waits for its turn by a timer.
    const turns = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => turns.mockRestore());
    await pause(50);
    expect(turns.mock.calls.length).toBeLessThan(3);
  });

  it.each<[string, object]>([
    ['an unknown scale', { scores: 'percent' }],
    ['no documents at a time', { batchSize: 0 }],
    ['half a token', { maxInputTokens: 0.5 }],
  ])('refuses %s', (_name, options) => {
    expect(() => rerankerOf(options)).toThrow(expect.objectContaining({ code: 'configuration' }) as Error);
  });
});
