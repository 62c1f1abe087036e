import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { slowReadings } from '@mortise/conformance';
import { similarity } from '@mortise/core/embedding';
import * as transformers from '@mortise/transformers';
import { TransformersEmbedding, type TransformersEmbeddingOptions } from '@mortise/transformers';
import { MOST_TOKENS, SIZE, tinyModels, vectorOf } from './tiny-model.ts';

const models = tinyModels();
afterAll(() => models[Symbol.dispose]());

function embeddingOf(options: Partial<TransformersEmbeddingOptions> = {}): TransformersEmbedding {
  return new TransformersEmbedding({ model: models.embedding, dtype: 'fp32', ...options });
}

/** What the network's table makes of these tokens, `[CLS]` and `[SEP]` around them. */
function meanOf(...words: string[]): number[] {
  const vectors = ['[CLS]', ...words, '[SEP]'].map(vectorOf);
  return Array.from(
    { length: SIZE },
    (_, at) => vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length,
  );
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}

function expectClose(vector: Float32Array | undefined, expected: readonly number[]): void {
  expect(vector).toHaveLength(expected.length);
  for (const [at, x] of expected.entries()) expect(vector?.[at]).toBeCloseTo(x, 5);
}

describe('TransformersEmbedding', () => {
  it('M-01: gives the mean of the tokens, of unit length, and prints nothing', async () => {
    const printed = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    onTestFinished(() => void vi.restoreAllMocks());
    const result = await embeddingOf().embedTexts(['the dog runs', 'a']);
    expectClose(result.embeddings[0], unit(meanOf('the', 'dog', 'runs')));
    expectClose(result.embeddings[1], unit(meanOf('a')));
    expect(result).toMatchObject({ usage: { inputTokens: 8 }, warnings: [], provider: 'transformers' });
    expect(printed.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['cls', vectorOf('[CLS]')],
    ['last', vectorOf('[SEP]')],
    ['mean', meanOf('dog')],
  ] as const)('pools by %s, and leaves the length as it is', async (pooling, expected) => {
    const embedding = embeddingOf({ pooling, normalize: false });
    // Beside a longer one: its padding is no token.
    const { embeddings } = await embedding.embedTexts(['dog', 'a b c a b c']);
    expectClose(embeddings[0], expected);
  });

  it("takes a pooling of the model's own, unless another is asked for", async () => {
    const options = { model: models.pooled, normalize: false };
    const sum = meanOf('dog').map((x) => x * 3);
    // Beside a longer one: its padding is not attended to.
    const { embeddings } = await embeddingOf(options).embedTexts(['dog', 'a b c a b c']);
    expectClose(embeddings[0], sum);
    expectClose(await embeddingOf({ ...options, pooling: 'mean' }).embedText('dog'), meanOf('dog'));
  });

  it('M-02: gives each text its own vector, whatever stands beside it', async () => {
    const embedding = embeddingOf();
    const texts = ['dog', 'a b c', '?', 'the cat runs the dog', '😀 dog', 'a\nb'];
    const { embeddings } = await embedding.embedTexts(texts);
    for (const [index, text] of texts.entries()) {
      const alone = await embedding.embedText(text);
      expect(similarity(embeddings[index]!, alone), text).toBeCloseTo(1, 5);
    }
  });

  it('M-02: puts a prefix before queries, and another before documents', async () => {
    const embedding = embeddingOf({ queryPrefix: 'query: ', documentPrefix: 'passage: ' });
    expectClose(await embedding.embedQuery('dog'), unit(meanOf('query:', 'dog')));
    expectClose(await embedding.embedText('dog'), unit(meanOf('passage:', 'dog')));
    expect(embedding.metadata.asymmetric).toBe(true);
    expect(embeddingOf().metadata.asymmetric).toBe(false);
  });

  it('cuts vectors to what is asked for, of unit length again', async () => {
    const short = unit(meanOf('dog').slice(0, 2));
    expectClose(await embeddingOf().embedText('dog', { dimensions: 2 }), short);
    const embedding = embeddingOf({ dimensions: 2 });
    expectClose(await embedding.embedText('dog'), short);
    expect(embedding.metadata.dimensions).toBe(2);
    await expect(embeddingOf().embedText('dog', { dimensions: 5 })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('M-01: cuts what is too long, keeps the end of a text at its end, and says so', async () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'b').join(' ');
    const most = MOST_TOKENS - 2;
    const { embeddings, warnings, usage } = await embeddingOf({ normalize: false }).embedTexts([
      words(most),
      words(most + 1),
      'a',
    ]);
    expect(embeddings[1]).toEqual(embeddings[0]);
    expectClose(embeddings[1], meanOf(...Array.from({ length: most }, () => 'b')));
    expect(warnings).toMatchObject([{ setting: 'maxInputTokens', inputs: [1] }]);
    expect(usage.inputTokens).toBe(2 * MOST_TOKENS + 3);
    const cut = embeddingOf({ normalize: false, metadata: { maxInputTokens: 3 } });
    expectClose(await cut.embedText('dog cat'), meanOf('dog'));
  });

  it('C-13: takes no longer for a book than for a page, and time in proportion to the text', async () => {
    const embedding = embeddingOf();
    const before = process.cpuUsage();
    const { warnings } = await embedding.embedTexts(['river '.repeat(500_000), 'ab'.repeat(1_000_000)]);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
    expect(warnings).toMatchObject([{ inputs: [0, 1] }]);
    const read = (text: string): Promise<unknown> => embedding.embedTexts([text]);
    expect(await slowReadings(read, { repeated: ['a', ' ', ' a', '中', '\u0301'], tails: [''] })).toEqual([]);
    expect(Object.keys(transformers).toSorted()).toEqual(['TransformersEmbedding', 'TransformersReranker']);
  }, 300_000);

  it('lets timers run and reports progress between batches', async () => {
    const seen: number[] = [];
    let ticks = 0;
    let timer = setImmediate(function count() {
      ticks++;
      timer = setImmediate(count);
    });
    onTestFinished(() => clearImmediate(timer));
    const texts = Array.from({ length: 24 }, (_, at) => `text ${at}`);
    await embeddingOf().embedTexts(texts, { concurrency: 5, onProgress: ({ done }) => void seen.push(done) });
    expect(seen).toEqual([8, 16, 24]);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });

  it('C-01: stops between two batches with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let reached = 0;
    const onProgress = ({ done }: { done: number }): void => {
      reached = done;
      if (done === 16) controller.abort(reason);
    };
    const texts = Array.from({ length: 400 }, (_, at) => `text ${at}`);
    const call = embeddingOf().embedTexts(texts, { signal: controller.signal, onProgress });
    await expect(call).rejects.toBe(reason);
    expect(reached).toBe(16);
  });

  it.each<[string, object]>([
    ['no model', { model: '' }],
    ['an unknown pooling', { pooling: 'max' }],
    ['no dimensions', { dimensions: 0 }],
  ])('refuses %s', (_name, options) => {
    expect(() => embeddingOf(options)).toThrow(expect.objectContaining({ code: 'configuration' }) as Error);
  });
});
