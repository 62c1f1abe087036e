import { describe, expect, it, vi } from 'vitest';

describe('loading', () => {
  it('loads nothing before the first call, and tries again after a failure', async () => {
    let failures = 1;
    // Modules are shared with the other tests of the package: these are of this test alone.
    vi.resetModules();
    vi.doMock('@energetic-ai/embeddings', () => ({
      initModel: async () => {
        if (failures-- > 0) throw new Error('the weights could not be read');
        return {
          tokenizer: { encode: () => [] },
          embed: async (texts: string[]) => texts.map(() => [1, ...Array(511).fill(0)]),
        };
      },
    }));
    const { EnergeticAIEmbedding } = await import('@mortise/energetic-ai');
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
    vi.doUnmock('@energetic-ai/embeddings');
    vi.resetModules();
  });
});
