import { describe, expect, it } from 'vitest';
import { embedQueries, type EmbeddingModel } from '@mortise/core/embedding';
import { FakeEmbedding, vectorOf } from './fake.ts';

const meanOf = (vectors: readonly Float32Array[]): Float32Array =>
  vectors[0]!.map((_, at) => vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length);

describe('embedQueries', () => {
  it('aggregates the vectors of queries by their mean, or as told', async () => {
    const model = new FakeEmbedding();
    const vectors = ['a', 'b', 'c', 'd'].map((text) => Float32Array.from(vectorOf(text, 'query')));
    expect(await embedQueries(model, ['a', 'b', 'c', 'd'])).toEqual(meanOf(vectors));
    const two = new FakeEmbedding({
      embed: async () => ({
        embeddings: [
          [1, 2],
          [3, 6],
        ],
      }),
    });
    expect([...(await embedQueries(two, ['a', 'b']))]).toEqual([2, 4]);
    const embeddings = [Float32Array.of(1), Float32Array.of(1, 2)];
    const uneven: EmbeddingModel = Object.assign(new FakeEmbedding(), {
      embedTexts: async () => ({ embeddings, model: 'm', usage: {}, warnings: [], cached: 0 }),
    });
    await expect(embedQueries(uneven, ['a', 'b'])).rejects.toMatchObject({ code: 'invalid-request' });
    const last = await embedQueries(model, ['a', 'b'], { aggregate: (embeddings) => embeddings.at(-1)! });
    expect(last).toEqual(vectors[1]);
    await expect(embedQueries(model, [])).rejects.toMatchObject({ code: 'invalid-request' });
    const signal = AbortSignal.abort('enough');
    await expect(embedQueries(model, ['a'], { signal })).rejects.toBe('enough');
  });
});
