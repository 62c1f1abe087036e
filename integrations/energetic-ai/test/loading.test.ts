import { describe, expect, it, vi } from 'vitest';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

let failures = 1;

vi.mock('@energetic-ai/embeddings', () => ({
  initModel: async () => {
    if (failures-- > 0) throw new Error('the weights could not be read');
    return {
      tokenizer: { encode: () => [] },
      embed: async (texts: string[]) => texts.map(() => [1, ...Array(511).fill(0)]),
    };
  },
}));

describe('loading', () => {
  it('loads nothing before the first call, and tries again after a failure', async () => {
    const embedding = new EnergeticAIEmbedding({ retry: false });
    expect(failures).toBe(1);
    await expect(embedding.embedText('x')).rejects.toMatchObject({
      code: 'internal',
      message: 'the weights could not be read',
      provider: 'energetic-ai',
    });
    expect(await embedding.embedText('x')).toHaveLength(512);
    await new EnergeticAIEmbedding().embedText('x');
    expect(failures).toBe(-1);
  });
});
