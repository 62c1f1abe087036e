import { expect, it, vi } from 'vitest';

it('a missing SDK is missing-dependency, with the command that installs it', async () => {
  // Modules are shared with the other tests of the package: these are of this test alone.
  vi.resetModules();
  vi.doMock('openai/client', () => {
    throw Object.assign(new Error("Cannot find package 'openai'"), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const { OpenAILLM } = await import('@mortise/openai');
  const llm = new OpenAILLM({ model: 'm', apiKey: 'sk-test', retry: false });
  await expect(llm.chat('q')).rejects.toMatchObject({
    code: 'missing-dependency',
    message: expect.stringContaining('npm install openai') as unknown,
  });
  vi.doUnmock('openai/client');
  vi.resetModules();
});
