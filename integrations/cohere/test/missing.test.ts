import { expect, it, vi } from 'vitest';
import { CohereLLM } from '@mortise/cohere';

vi.mock('cohere-ai', () => {
  throw new Error("Cannot find package 'cohere-ai'");
});

it('says what to install when the SDK is missing', async () => {
  const call = new CohereLLM({ model: 'm', apiKey: 'k' }).chat('Hi');
  await expect(call).rejects.toMatchObject({ code: 'missing-dependency', provider: 'cohere' });
  await expect(call).rejects.toThrow('npm install cohere-ai');
});
