import { expect, it, vi } from 'vitest';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

vi.mock('@energetic-ai/embeddings', () => {
  throw new Error("Cannot find package '@energetic-ai/embeddings'");
});

it('says what to install when a package is missing', async () => {
  const missing = new EnergeticAIEmbedding().embedText('x');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'energetic-ai' });
  await expect(missing).rejects.toThrow('npm install @energetic-ai/core');
});
