import { expect, it, vi } from 'vitest';

it('says what to install when a package is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@energetic-ai/embeddings', () => {
    throw new Error("Cannot find package '@energetic-ai/embeddings'");
  });
  const { EnergeticAIEmbedding } = await import('@mortise/energetic-ai');
  const missing = new EnergeticAIEmbedding().embedText('x');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'energetic-ai' });
  await expect(missing).rejects.toThrow('npm install @energetic-ai/core');
  vi.doUnmock('@energetic-ai/embeddings');
  vi.resetModules();
});
