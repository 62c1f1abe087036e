import { expect, it, vi } from 'vitest';
import { VoyageEmbedding } from '@mortise/voyage';

vi.mock('voyageai', () => {
  throw new Error("Cannot find package 'voyageai'");
});

it('says what to install when the SDK is missing', async () => {
  const call = new VoyageEmbedding({ model: 'm', apiKey: 'k' }).embedText('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'voyage' });
  await expect(call).rejects.toThrow('npm install voyageai');
});
