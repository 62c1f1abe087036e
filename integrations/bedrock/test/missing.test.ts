import { expect, it, vi } from 'vitest';

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('@aws-sdk/client-bedrock-runtime', () => {
    throw new Error("Cannot find package '@aws-sdk/client-bedrock-runtime'");
  });
  const { BedrockLLM } = await import('@mortise/bedrock');
  const missing = new BedrockLLM({ model: 'm', apiKey: 'key-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'bedrock' });
  await expect(missing).rejects.toThrow('npm install @aws-sdk/client-bedrock-runtime');
  vi.doUnmock('@aws-sdk/client-bedrock-runtime');
  vi.resetModules();
});
