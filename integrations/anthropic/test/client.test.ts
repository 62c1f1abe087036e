import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { AnthropicLLM, type AnthropicClient } from '@mortise/anthropic';
import { json, startWire } from '@mortise/conformance';
import type { LLM } from '@mortise/core';
import { anthropicDialect } from '@mortise/core/schema';

const KEY = 'sk-ant-api03-never-to-be-seen';

const ok = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};

const wired = () => startWire((_request, reply) => json(reply, ok));

afterEach(() => vi.unstubAllEnvs());

describe('the key', () => {
  it('C-09: is read from ANTHROPIC_API_KEY at the first call, not before', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
    await using wire = await wired();
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url });
    vi.stubEnv('ANTHROPIC_API_KEY', KEY);
    await llm.chat('Hi');
    expect(wire.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
  });

  it('given as an option goes before the variable', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-other');
    await using wire = await wired();
    await new AnthropicLLM({ model: 'm', baseURL: wire.url, apiKey: KEY }).chat('Hi');
    expect(wire.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
  });

  it('that is missing is a configuration error that names the variable, until it is set', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
    const fetch = vi.fn(async () => Response.json(ok));
    const llm = new AnthropicLLM({ model: 'm', fetch });
    await expect(llm.chat('Hi')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('ANTHROPIC_API_KEY'),
    });
    expect(fetch).not.toHaveBeenCalled();
    vi.stubEnv('ANTHROPIC_API_KEY', KEY);
    expect((await llm.chat('Hi')).text).toBe('ok');
  });

  it('is not needed, and none is sent, with a base URL', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-of-something-else');
    await using wire = await wired();
    await new AnthropicLLM({ model: 'm', baseURL: wire.url }).chat('Hi');
    expect(wire.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(wire.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it.each(['Authorization', 'X-Api-Key'])('may stand in the header %s', async (name) => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
    const fetch = vi.fn(async () => Response.json(ok));
    await new AnthropicLLM({ model: 'm', fetch, headers: { [name]: KEY } }).chat('Hi');
    const [, init] = fetch.mock.calls[0] as unknown as [string, { headers: Headers }];
    expect(init.headers.get(name)).toBe(KEY);
  });

  it('C-09: that no header can carry is a configuration error that does not print it', async () => {
    const chat = new AnthropicLLM({ model: 'm', apiKey: `${KEY}\n` }).chat('Hi');
    await expect(chat).rejects.toMatchObject({ code: 'configuration' });
    expect(inspect(await chat.catch((error: unknown) => error), { depth: 20 })).not.toContain(KEY);
  });

  it('C-09: is not printed by the runtime when a header of the caller is refused', async () => {
    const headers = { 'x-api-key': `${KEY}\nX-Second: line` };
    const llm = new AnthropicLLM({ model: 'm', apiKey: 'sk-test', headers });
    const error: unknown = await llm.chat('Hi').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'configuration' });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
  });

  it('C-09: shows in no inspection of the model, before a call and after', async () => {
    await using wire = await wired();
    const headers = { 'x-api-key': `${KEY}-2` };
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url, apiKey: KEY, headers });
    for (const _time of ['before', 'after']) {
      expect(inspect(llm, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(JSON.stringify(llm)).not.toContain(KEY);
      await llm.chat('Hi');
    }
  });
});

describe('C-09: the environment', () => {
  it('gives the SDK neither a base URL nor headers', async () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:1');
    vi.stubEnv('ANTHROPIC_CUSTOM_HEADERS', 'X-Spy: 1\nAuthorization: Bearer spy\nx-kept: spy');
    const fetch = vi.fn(async () => Response.json(ok));
    await new AnthropicLLM({ model: 'm', fetch, apiKey: KEY, headers: { 'X-Kept': 'ours' } }).chat('Hi');
    const [url, init] = fetch.mock.calls[0] as unknown as [string, { headers: Headers }];
    expect(url).toBe('https://api.anthropic.com/v1/messages');
    expect(init.headers.get('x-spy')).toBeNull();
    expect(init.headers.get('authorization')).toBe(`Bearer ${KEY}`);
    expect(init.headers.get('x-kept')).toBe('ours');
  });
});

it('an injected fetch carries every request', async () => {
  const fetch = vi.fn(async () => Response.json(ok));
  const llm = new AnthropicLLM({ model: 'm', apiKey: KEY, fetch, baseURL: 'https://example.org/proxy' });
  await llm.chat('Hi');
  expect(fetch).toHaveBeenCalledWith('https://example.org/proxy/v1/messages', expect.anything());
});

describe('C-10: an injected client', () => {
  it('may be the SDK', async () => {
    expectTypeOf<Anthropic>().toExtend<AnthropicClient>();
    await using wire = await wired();
    const client = new Anthropic({ apiKey: KEY, baseURL: wire.url, maxRetries: 5 });
    expect((await new AnthropicLLM({ model: 'm', client }).chat('Hi')).text).toBe('ok');
  });

  it('may be anything of that shape', async () => {
    const create = vi.fn((_body: object) => ({ asResponse: async () => Response.json(ok) }));
    const llm = new AnthropicLLM({ model: 'm', client: { messages: { create } } });
    expect((await llm.chat('Hi', { maxOutputTokens: 5 })).text).toBe('ok');
    expect(create.mock.calls[0]?.[0]).toMatchObject({ model: 'm', max_tokens: 5 });
  });
});

it('declares what it can, and takes what the caller knows better', () => {
  const llm = new AnthropicLLM({
    model: 'm',
    metadata: { contextWindow: 200_000, capabilities: { tools: false } },
  });
  expectTypeOf(llm).toExtend<LLM>();
  expect(llm.metadata).toEqual({
    isChatModel: true,
    contextWindow: 200_000,
    schemaDialect: anthropicDialect,
    capabilities: {
      streaming: true,
      tools: false,
      parallelTools: true,
      toolChoice: true,
      toolChoiceWithReasoning: false,
      structuredOutput: 'native',
      reasoning: true,
      inputModalities: ['text', 'image', 'document'],
      stop: true,
      seed: false,
      usageInStreams: true,
      caching: true,
    },
  });
});

describe('in a page', () => {
  // As the SDK tells pages from other runtimes.
  const page = { document: {} };
  afterEach(() => vi.unstubAllGlobals());

  it('asks a server of its own, and never the provider with a key', async () => {
    vi.stubGlobal('window', page);
    const sent: string[] = [];
    const given = {
      model: 'm',
      apiKey: KEY,
      retry: false as const,
      fetch: async (url: string | URL | Request) => {
        sent.push(new Request(url).url);
        return Response.json(ok);
      },
    };
    await expect(new AnthropicLLM(given).chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('give baseURL'),
      cause: expect.objectContaining({ message: expect.stringContaining('browser') }),
    });
    await new AnthropicLLM({ ...given, baseURL: 'https://mine.example' }).chat('q');
    expect(sent).toEqual(['https://mine.example/v1/messages']);
  });
});
