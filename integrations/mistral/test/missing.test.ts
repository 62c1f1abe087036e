import { expect, it, vi } from 'vitest';

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@mistralai/mistralai', () => {
    throw new Error("Cannot find package '@mistralai/mistralai'");
  });
  const { MistralLLM } = await import('@mortise/mistral');
  const missing = new MistralLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'mistral' });
  await expect(missing).rejects.toThrow('npm install @mistralai/mistralai');
  vi.doUnmock('@mistralai/mistralai');
  vi.resetModules();
});
