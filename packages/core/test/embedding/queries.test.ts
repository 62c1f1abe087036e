import { describe, expect, it } from 'vitest';
import { embedQueries, meanEmbedding } from '@mortise/core/embedding';
import { FakeEmbedding, vectorOf } from './fake.ts';

describe('embedQueries', () => {
  it('aggregates the vectors of queries by their mean, or as told', async () => {
    const model = new FakeEmbedding();
    const vectors = ['a', 'b', 'c', 'd'].map((text) => Float32Array.from(vectorOf(text, 'query')));
    expect(await embedQueries(model, ['a', 'b', 'c', 'd'])).toEqual(meanEmbedding(vectors));
    const last = await embedQueries(model, ['a', 'b'], { aggregate: (embeddings) => embeddings.at(-1)! });
    expect(last).toEqual(vectors[1]);
    await expect(embedQueries(model, [])).rejects.toMatchObject({ code: 'invalid-request' });
    const signal = AbortSignal.abort('enough');
    await expect(embedQueries(model, ['a'], { signal })).rejects.toBe('enough');
  });
});
