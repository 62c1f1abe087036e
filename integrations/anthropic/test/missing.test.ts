import { expect, it, vi } from 'vitest';

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@anthropic-ai/sdk', () => {
    throw new Error("Cannot find package '@anthropic-ai/sdk'");
  });
  const { AnthropicLLM } = await import('@mortise/anthropic');
  const missing = new AnthropicLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'anthropic' });
  await expect(missing).rejects.toThrow('npm install @anthropic-ai/sdk');
  vi.doUnmock('@anthropic-ai/sdk');
  vi.resetModules();
});
