import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MortiseError, subscribe, type MortiseEvent } from '@mortise/core';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';

type Rank = (request: RankRequest, attempt: Attempt) => Promise<RankReply>;

/** Scores a document by the number it is. */
const byNumber: Rank = async ({ documents, topN }) => ({
  results: documents
    .map((document, index) => ({ index, score: Number(document) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topN),
  usage: { inputTokens: documents.length, searchUnits: 1 },
});

class FakeReranker extends BaseReranker {
  readonly metadata: RerankerMetadata;
  readonly doRerank: Rank;

  constructor(rank: Rank = byNumber, metadata: Partial<RerankerMetadata> = {}, settings: ModelSettings = {}) {
    super({ provider: 'acme', model: 'rank-1', retry: false, ...settings });
    this.metadata = { comparableScores: true, ...metadata };
    this.doRerank = vi.fn(rank);
  }
}

const hangs = (): Promise<never> => new Promise<never>(() => undefined);
const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

describe('BaseReranker', () => {
  it('C-16: says who answered, also where nothing was sent, and refuses a name that is none', async () => {
    const named = new FakeReranker(byNumber, {}, { name: 'eu-gateway' });
    const said = { provider: 'acme', server: 'eu-gateway', model: 'rank-1' };
    expect(await named.rerank('q', ['1'])).toMatchObject(said);
    expect(await named.rerank('q', [])).toMatchObject(said);
    expect(await new FakeReranker().rerank('q', ['1'])).not.toHaveProperty('server');
    for (const name of ['', 7 as unknown as string])
      expect(() => new FakeReranker(byNumber, {}, { name })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });

  it('K-03: refuses to split into parts of nothing, where it would never end', async () => {
    const model = new FakeReranker(byNumber, { maxDocuments: 0 });
    await expect(model.rerank('q', ['1'])).rejects.toMatchObject({ code: 'configuration' });
  });

  it('L-01: leaves out usage that counts nothing, and warns of it', async () => {
    const model = new FakeReranker(async (request, attempt) => ({
      ...(await byNumber(request, attempt)),
      usage: { inputTokens: -5, searchUnits: 1.5 },
    }));
    const { usage, warnings } = await model.rerank('q', ['1']);
    expect(usage).toEqual({});
    const message = 'Usage that counts no tokens was left out: inputTokens -5, searchUnits 1.5.';
    expect(warnings).toEqual([{ type: 'other', setting: 'usage', message }]);
  });

  it('K-01: gives the best first, as many as were asked for', async () => {
    const model = new FakeReranker();
    const { results, usage, warnings } = await model.rerank('q', ['1', '3', '2'], { topN: 2 });
    expect(results).toEqual([
      { index: 1, score: 3 },
      { index: 2, score: 2 },
    ]);
    expect([usage, warnings]).toEqual([{ inputTokens: 3, searchUnits: 1 }, []]);
    expect((await model.rerank('q', ['1', '3'], { topN: 9 })).results.length).toBe(2);
    expect((await model.rerank('q', ['1', '3'])).results.length).toBe(2);
  });

  it.each([
    [
      'an index out of range',
      [
        { index: 2, score: 1 },
        { index: 0, score: 0 },
      ],
    ],
    [
      'a negative index',
      [
        { index: 0, score: 1 },
        { index: -1, score: 0 },
      ],
    ],
    [
      'a broken index',
      [
        { index: 0.5, score: 1 },
        { index: 1, score: 0 },
      ],
    ],
    [
      'an index twice',
      [
        { index: 1, score: 1 },
        { index: 1, score: 0 },
      ],
    ],
    [
      'results out of order',
      [
        { index: 0, score: 0 },
        { index: 1, score: 1 },
      ],
    ],
    [
      'a score that is not finite',
      [
        { index: 0, score: NaN },
        { index: 1, score: 0 },
      ],
    ],
    ['no score', [{ index: 0 }, { index: 1 }]],
    ['too few results', [{ index: 0, score: 1 }]],
    ['no list', null],
  ])('K-01: refuses %s as malformed-response', async (_what, results) => {
    const model = new FakeReranker(async () => ({ results }) as unknown as RankReply);
    await expect(model.rerank('q', ['a', 'b'])).rejects.toMatchObject({
      code: 'malformed-response',
      provider: 'acme',
    });
  });

  it('K-01: cuts a reply that ranks more than was asked for', async () => {
    const model = new FakeReranker((request, attempt) => byNumber({ ...request, topN: 9 }, attempt));
    expect((await model.rerank('q', ['1', '3', '2'], { topN: 1 })).results).toEqual([{ index: 1, score: 3 }]);
  });

  it('K-02: gives an empty result for no documents, without a request', async () => {
    const model = new FakeReranker();
    expect((await model.rerank('q', [])).results).toEqual([]);
    expect((await model.rerank('q', [], { topN: 3 })).results).toEqual([]);
    expect(model.doRerank).not.toHaveBeenCalled();
  });

  it('K-03: splits what the provider does not take at once and merges by score', async () => {
    const scenario = fc.record({
      scores: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
      maxDocuments: fc.integer({ min: 1, max: 8 }),
      topN: fc.integer({ min: 1, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ scores, maxDocuments, topN }) => {
        const model = new FakeReranker(byNumber, { maxDocuments });
        const { results, usage } = await model.rerank('q', scores.map(String), { topN });
        const best = scores
          .map((score, index) => ({ index, score }))
          .sort((a, b) => b.score - a.score || a.index - b.index);
        expect(results).toEqual(best.slice(0, topN));
        expect(usage).toEqual({
          inputTokens: scores.length,
          searchUnits: Math.ceil(scores.length / maxDocuments),
        });
        for (const [request] of vi.mocked(model.doRerank).mock.calls)
          expect(request.documents.length).toBeLessThanOrEqual(maxDocuments);
      }),
    );
  });

  it('K-03: refuses too many documents where scores cannot be compared, before anything is sent', async () => {
    const model = new FakeReranker(byNumber, { maxDocuments: 2, comparableScores: false });
    await expect(model.rerank('q', ['1', '2', '3'])).rejects.toMatchObject({ code: 'unsupported' });
    expect(model.doRerank).not.toHaveBeenCalled();
    expect((await model.rerank('q', ['1', '2'])).results.length).toBe(2);
  });

  it('K-03: aborts the other requests when one fails', async () => {
    const aborted: unknown[] = [];
    const rank: Rank = async ({ documents }, { signal }) => {
      if (documents.includes('1')) {
        signal.addEventListener('abort', () => aborted.push(signal.reason));
        return hangs();
      }
      await Promise.resolve();
      throw new MortiseError('server', 'down', { retryable: false });
    };
    const model = new FakeReranker(rank, { maxDocuments: 1 });
    await expect(model.rerank('q', ['1', '2'])).rejects.toMatchObject({ code: 'server' });
    expect(aborted).toMatchObject([{ code: 'aborted' }]);
  });

  it.each([0, -1, 1.5, NaN])('refuses topN %d', async (topN) => {
    const model = new FakeReranker();
    await expect(model.rerank('q', ['1', '2'], { topN })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(model.doRerank).not.toHaveBeenCalled();
  });

  it("C-01: rejects with exactly the caller's reason, C-02 without a request when it is aborted before", async () => {
    const model = new FakeReranker(hangs);
    await expect(model.rerank('q', ['1'], { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    expect(model.doRerank).not.toHaveBeenCalled();
    const controller = new AbortController();
    const call = model.rerank('q', ['1'], { signal: controller.signal });
    await Promise.resolve();
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
  });

  it('E-05: retries a failed attempt', async () => {
    let failures = 1;
    const rank: Rank = async (request, attempt) => {
      if (failures-- > 0) throw new MortiseError('overloaded', 'busy');
      return byNumber(request, attempt);
    };
    const model = new FakeReranker(rank, {}, { retry: { baseDelayMs: 1 } });
    expect((await model.rerank('q', ['1'])).results.length).toBe(1);
    expect(model.doRerank).toHaveBeenCalledTimes(2);
  });

  it('V-01: opens one span a call, V-04 without content unless it is captured', async () => {
    const [plain, full]: [MortiseEvent[], MortiseEvent[]] = [[], []];
    stops.push(subscribe((event) => void plain.push(event)));
    stops.push(subscribe((event) => void full.push(event), { captureContent: true }));
    await new FakeReranker(byNumber, { maxDocuments: 1 }).rerank('secret question', ['1', '2']);
    expect(plain.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
      'reranker.rerank start',
      'reranker.rerank end',
    ]);
    expect(JSON.stringify(plain)).not.toContain('secret');
    expect(JSON.stringify(full)).toContain('secret');
  });
});
