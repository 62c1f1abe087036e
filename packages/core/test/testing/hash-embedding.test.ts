import { describe, expect, it } from 'vitest';
import { similarity } from '@mortise/core/embedding';
import { HashEmbedding } from '@mortise/core/testing';

describe('HashEmbedding', () => {
  it('gives the same vector of length 1 for the same text, everywhere', async () => {
    const [one, two] = [
      await new HashEmbedding().embedText('A tenon fits.'),
      await new HashEmbedding().embedQuery('A tenon fits.'),
    ];
    expect(one).toEqual(two);
    expect(one.length).toBe(256);
    expect(similarity(one, one, 'dot')).toBeCloseTo(1, 5);
    // Published, so that a change of the hash is seen.
    const small = await new HashEmbedding({ dimensions: 8 }).embedText('one two three');
    expect([...small].map((x) => Math.sign(x))).toEqual([0, 0, 0, 0, 0, 1, 1, -1]);
  });

  it('puts texts with words in common nearer than others', async () => {
    const model = new HashEmbedding();
    const { embeddings } = await model.embedTexts([
      'the cat sat on the mat',
      'The CAT is on a mat!',
      'quarterly revenue grew by nine percent',
    ]);
    expect(similarity(embeddings[0]!, embeddings[1]!)).toBeGreaterThan(0.5);
    expect(similarity(embeddings[0]!, embeddings[2]!)).toBeLessThan(0.3);
  });

  it('takes any dimensions and any text, an empty one as zeros', async () => {
    const model = new HashEmbedding({ dimensions: 32 });
    expect(model.metadata).toMatchObject({ dimensions: 32, asymmetric: false });
    expect((await model.embedText('a', { dimensions: 5 })).length).toBe(5);
    expect([...(await model.embedText(''))].every((x) => x === 0)).toBe(true);
  });
});
