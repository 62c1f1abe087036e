import { expect, it, vi } from 'vitest';
import { AnthropicLLM } from '@mortise/anthropic';

vi.mock('@anthropic-ai/sdk', () => {
  throw new Error("Cannot find package '@anthropic-ai/sdk'");
});

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  const missing = new AnthropicLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'anthropic' });
  await expect(missing).rejects.toThrow('npm install @anthropic-ai/sdk');
});
