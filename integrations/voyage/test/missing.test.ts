import { expect, it, vi } from 'vitest';

it('says what to install when the SDK is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('voyageai', () => {
    throw new Error("Cannot find package 'voyageai'");
  });
  const { VoyageEmbedding } = await import('@mortise/voyage');
  const call = new VoyageEmbedding({ model: 'm', apiKey: 'k' }).embedText('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'voyage' });
  await expect(call).rejects.toThrow('npm install voyageai');
  vi.doUnmock('voyageai');
  vi.resetModules();
});
