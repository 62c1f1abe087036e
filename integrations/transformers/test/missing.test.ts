import { expect, it, vi } from 'vitest';

it('says what to install when the library is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@huggingface/transformers', () => {
    throw new Error("Cannot find package '@huggingface/transformers'");
  });
  const { TransformersEmbedding } = await import('@mortise/transformers');
  const call = new TransformersEmbedding({ model: 'm/m' }).embedText('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'transformers' });
  await expect(call).rejects.toThrow('npm install @huggingface/transformers');
  vi.doUnmock('@huggingface/transformers');
  vi.resetModules();
});
