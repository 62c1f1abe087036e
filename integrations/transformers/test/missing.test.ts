import { expect, it, vi } from 'vitest';
import { TransformersEmbedding } from '@mortise/transformers';

vi.mock('@huggingface/transformers', () => {
  throw new Error("Cannot find package '@huggingface/transformers'");
});

it('says what to install when the library is missing', async () => {
  const call = new TransformersEmbedding({ model: 'm/m' }).embedText('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'transformers' });
  await expect(call).rejects.toThrow('npm install @huggingface/transformers');
});
