import { expect, it, vi } from 'vitest';
import { GoogleLLM } from '@mortise/google';

vi.mock('@google/genai', () => {
  throw new Error("Cannot find package '@google/genai'");
});

it('C-10: loads the SDK at the first call, and says what to install when it is missing', async () => {
  const missing = new GoogleLLM({ model: 'm', apiKey: 'sk-test' }).chat('Hi');
  await expect(missing).rejects.toMatchObject({ code: 'missing-dependency', provider: 'google' });
  await expect(missing).rejects.toThrow('npm install @google/genai');
});
