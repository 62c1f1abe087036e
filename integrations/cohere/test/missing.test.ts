import { expect, it, vi } from 'vitest';

it('says what to install when the SDK is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('cohere-ai', () => {
    throw new Error("Cannot find package 'cohere-ai'");
  });
  const { CohereLLM } = await import('@mortise/cohere');
  const call = new CohereLLM({ model: 'm', apiKey: 'k' }).chat('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'cohere' });
  await expect(call).rejects.toThrow('npm install cohere-ai');
  vi.doUnmock('cohere-ai');
  vi.resetModules();
});
