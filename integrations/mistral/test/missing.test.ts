import { expect, it, vi } from 'vitest';
import { MistralLLM } from '@mortise/mistral';

vi.mock('@mistralai/mistralai', () => {
  throw new Error("Cannot find package '@mistralai/mistralai'");
});

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  const missing = new MistralLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'mistral' });
  await expect(missing).rejects.toThrow('npm install @mistralai/mistralai');
});
