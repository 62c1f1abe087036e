import { OpenAILLM } from '@mortise/openai';
import { expect, it, vi } from 'vitest';

vi.mock('openai', () => {
  throw Object.assign(new Error("Cannot find package 'openai'"), { code: 'ERR_MODULE_NOT_FOUND' });
});

it('a missing SDK is missing-dependency, with the command that installs it', async () => {
  const llm = new OpenAILLM({ model: 'm', apiKey: 'sk-test', retry: false });
  await expect(llm.chat('q')).rejects.toMatchObject({
    code: 'missing-dependency',
    message: expect.stringContaining('npm install openai') as unknown,
  });
});
