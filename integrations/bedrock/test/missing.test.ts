import { expect, it, vi } from 'vitest';
import { BedrockLLM } from '@mortise/bedrock';

vi.mock('@aws-sdk/client-bedrock-runtime', () => {
  throw new Error("Cannot find package '@aws-sdk/client-bedrock-runtime'");
});

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  const missing = new BedrockLLM({ model: 'm', apiKey: 'key-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'bedrock' });
  await expect(missing).rejects.toThrow('npm install @aws-sdk/client-bedrock-runtime');
});
