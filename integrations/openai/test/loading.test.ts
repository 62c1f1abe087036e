import { afterEach, describe, expect, it, vi } from 'vitest';
import { OpenAILLM } from '@mortise/openai';
import { groq } from '@mortise/openai/presets';

const reply = {
  responses: {
    id: 'r',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'yes' }] }],
  },
  'chat-completions': { choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }] },
};

const settings = { model: 'm', apiKey: 'sk-test', retry: false } as const;

const answering = (body: object) => () => Promise.resolve(Response.json(body));

describe('the API of a model is loaded at its first call', () => {
  it.each(['responses', 'chat-completions'] as const)(
    '%s, at once where calls begin together',
    async (api) => {
      const llm = new OpenAILLM({ ...settings, api, fetch: answering(reply[api]) });
      const texts = (await Promise.all([llm.chat('q'), llm.chat('q')])).map(({ text }) => text);
      expect(texts).toEqual(['yes', 'yes']);
      expect((await llm.chat('q')).text).toBe('yes');
    },
  );

  it('what was said before the call is what is sent, though it changes while the API is loaded', async () => {
    const sent: string[] = [];
    const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
      sent.push(init?.body as string);
      return Promise.resolve(Response.json(reply.responses));
    };
    const messages = [{ role: 'user' as const, content: 'before' }];
    const asked = new OpenAILLM({ ...settings, fetch }).chat(messages);
    messages[0] = { role: 'user', content: 'after' };
    await asked;
    expect(JSON.parse(sent[0] ?? '')).toMatchObject({ input: [{ content: 'before' }] });
  });
});

// By their places in the sources, which the packed package has not.
describe.skipIf(process.env['MORTISE_TARBALLS'] === '1')(
  'a file of the package that cannot be loaded',
  () => {
    afterEach(() => {
      vi.doUnmock('../src/api-responses.ts');
      vi.doUnmock('../src/api-chat-completions.ts');
      vi.resetModules();
    });

    async function without(file: string): Promise<{ readonly OpenAILLM: typeof OpenAILLM }> {
      // Modules are shared with the other tests of the package: these are of this test alone.
      vi.resetModules();
      vi.doMock(file, () => {
        throw new TypeError('Failed to fetch dynamically imported module: https://app.test/assets/api.js');
      });
      return import('@mortise/openai');
    }

    it.each([
      ['responses', '../src/api-responses.ts'],
      ['chat-completions', '../src/api-chat-completions.ts'],
    ] as const)('is configuration, with what to do, for %s', async (api, file) => {
      const made = await without(file);
      const fetch = vi.fn(answering(reply[api]));
      const llm = new made.OpenAILLM({ ...settings, api, fetch });
      const failure = {
        code: 'configuration',
        provider: 'openai',
        model: 'm',
        message: expect.stringContaining('Deploy all files') as unknown,
        cause: expect.anything() as unknown,
      };
      await expect(llm.chat('q')).rejects.toMatchObject(failure);
      await expect(llm.streamChat('q').final()).rejects.toMatchObject(failure);
      expect(fetch).not.toHaveBeenCalled();
    });

    it('is looked for again at the next call', async () => {
      const { OpenAILLM: Made } = await without('../src/api-responses.ts');
      const llm = new Made({ ...settings, fetch: answering(reply.responses) });
      await expect(llm.chat('q')).rejects.toMatchObject({ code: 'configuration' });
      vi.doUnmock('../src/api-responses.ts');
      expect((await llm.chat('q')).text).toBe('yes');
    });

    it('is not missed by a model of the other API, or of a preset', async () => {
      const { OpenAILLM: Made } = await without('../src/api-responses.ts');
      const fetch = answering(reply['chat-completions']);
      expect((await new Made({ ...settings, api: 'chat-completions', fetch }).chat('q')).text).toBe('yes');
      expect((await new Made({ ...groq, ...settings, fetch }).chat('q')).text).toBe('yes');
    });
  },
);
