import { expect, it, vi } from 'vitest';

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@google/genai', () => {
    throw new Error("Cannot find package '@google/genai'");
  });
  const { GoogleLLM } = await import('@mortise/google');
  const missing = new GoogleLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'google' });
  await expect(missing).rejects.toThrow('npm install @google/genai');
  vi.doUnmock('@google/genai');
  vi.resetModules();
});
