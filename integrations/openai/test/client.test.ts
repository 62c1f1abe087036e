import { inspect } from 'node:util';
import { json, startWire } from '@mortise/conformance';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RESPONSE_REPLY } from './sent.ts';

const KEY = 'sk-test-0123456789-secret';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the key', () => {
  it('is read from the environment at the first call, not before', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    const sent: Headers[] = [];
    const llm = new OpenAILLM({
      model: 'm',
      fetch: async (_url, init) => {
        sent.push(new Headers(init?.headers));
        return Response.json(RESPONSE_REPLY);
      },
    });
    await expect(llm.chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
    expect(sent).toHaveLength(0);
    vi.stubEnv('OPENAI_API_KEY', KEY);
    await llm.chat('q');
    expect(sent[0]!.get('authorization')).toBe(`Bearer ${KEY}`);
  });

  it('may be missing where a base URL is given, and then none is sent', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    await using wire = await startWire((_request, reply) => json(reply, RESPONSE_REPLY));
    await new OpenAILLM({ model: 'm', baseURL: `${wire.url}/v1` }).chat('q');
    expect(wire.requests[0]!.headers['authorization']).toBeUndefined();
    expect(wire.requests[0]!.path).toBe('/v1/responses');
  });

  it('may be a header of the caller’s', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    await using wire = await startWire((_request, reply) => json(reply, RESPONSE_REPLY));
    const headers = { 'api-key': 'azure-key', 'X-Team': 'search' };
    await new OpenAILLM({ model: 'm', baseURL: `${wire.url}/v1`, headers }).chat('q');
    expect(wire.requests[0]!.headers).toMatchObject({ 'api-key': 'azure-key', 'x-team': 'search' });
    expect(wire.requests[0]!.headers['authorization']).toBeUndefined();
  });

  it('C-09: does not show in inspect or JSON, before and after a call', async () => {
    const options = {
      model: 'm',
      apiKey: KEY,
      headers: { Authorization: `Bearer ${KEY}` },
      fetch: async () => Response.json(RESPONSE_REPLY),
    };
    const llm = new OpenAILLM(options);
    const embedding = new OpenAIEmbedding(options);
    const shown = (): string =>
      [llm, embedding]
        .map((model) => `${inspect(model, { depth: 20, showHidden: true })}${JSON.stringify(model)}`)
        .join('');
    expect(shown()).not.toContain(KEY);
    await llm.chat('q');
    expect(shown()).not.toContain(KEY);
  });
});

describe('the environment', () => {
  it('C-09: only the key is taken from it, though OpenAI’s SDK reads more', async () => {
    vi.stubEnv('OPENAI_API_KEY', KEY);
    vi.stubEnv('OPENAI_BASE_URL', 'https://elsewhere.test/v1');
    vi.stubEnv('OPENAI_ORG_ID', 'org-1');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-1');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'admin-1');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Leak: 1\nAuthorization: Bearer other');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const log = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
    let url = '';
    let headers = new Headers();
    const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      url = input as string;
      headers = new Headers(init?.headers);
      return Response.json(RESPONSE_REPLY);
    };
    await new OpenAILLM({ model: 'm', fetch, headers: { 'OpenAI-Beta': 'x=1' } }).chat('q');
    expect(url).toBe('https://api.openai.com/v1/responses');
    expect(headers.get('authorization')).toBe(`Bearer ${KEY}`);
    expect(headers.get('openai-beta')).toBe('x=1');
    expect(['x-leak', 'openai-organization', 'openai-project'].map((name) => headers.get(name))).toEqual([
      null,
      null,
      null,
    ]);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('an injected client', () => {
  it('C-10: is used as it is, with its own key and URL, and does not retry by itself', async () => {
    await using wire = await startWire((_request, reply) =>
      json(reply, { error: { message: 'oops' } }, { status: 500 }),
    );
    const client = new OpenAI({
      apiKey: 'sk-own',
      baseURL: `${wire.url}/own/v1`,
      maxRetries: 5,
      logLevel: 'off',
    });
    await expect(new OpenAILLM({ model: 'm', client, retry: false }).chat('q')).rejects.toMatchObject({
      code: 'server',
    });
    await expect(
      new OpenAIEmbedding({ model: 'm', client, retry: false }).embedText('q'),
    ).rejects.toMatchObject({ code: 'server' });
    expect(wire.requests.map(({ path }) => path)).toEqual(['/own/v1/responses', '/own/v1/embeddings']);
    expect(wire.requests[0]!.headers['authorization']).toBe('Bearer sk-own');
  });

  it('C-10: sends its own key, and asks for no token', async () => {
    await using wire = await startWire((_request, reply) => json(reply, RESPONSE_REPLY));
    const client = new OpenAI({ apiKey: 'sk-own', baseURL: `${wire.url}/v1`, logLevel: 'off' });
    const token = vi.fn(() => 'a-token-of-nobody');
    await new OpenAILLM({ model: 'm', client, token }).chat('q');
    expect(wire.requests[0]!.headers['authorization']).toBe('Bearer sk-own');
    expect(token).not.toHaveBeenCalled();
  });

  it('C-10: may be Azure’s', async () => {
    await using wire = await startWire((_request, reply) => json(reply, RESPONSE_REPLY));
    const client = new AzureOpenAI({
      apiKey: 'azure',
      baseURL: `${wire.url}/openai`,
      apiVersion: '2026-01-01',
      logLevel: 'off',
    });
    expect((await new OpenAILLM({ model: 'm', client }).chat('q')).text).toBe('Hello');
  });

  it('C-10: needs only the parts that are used', async () => {
    const create = (body: { model: string }): { asResponse(): Promise<Response> } => ({
      asResponse: async () => Response.json({ ...RESPONSE_REPLY, model: body.model }),
    });
    const client = { responses: { create }, chat: { completions: { create } } };
    expect((await new OpenAILLM({ model: 'mine', client }).chat('q')).model).toBe('mine');
  });
});

describe('metadata', () => {
  it('is what the API can do, under what the caller knows better', () => {
    expect(new OpenAILLM({ model: 'm' }).metadata.capabilities).toMatchObject({
      stop: false,
      seed: false,
      structuredOutput: 'native',
    });
    const metadata = { contextWindow: 8192, capabilities: { tools: false } };
    const local = new OpenAILLM({ model: 'm', api: 'chat-completions', metadata });
    expect(local.metadata).toMatchObject({
      contextWindow: 8192,
      isChatModel: true,
      capabilities: { tools: false, stop: true, seed: true },
    });
  });

  it('C-08: what it says a model cannot do is refused', async () => {
    const llm = new OpenAILLM({ model: 'm', apiKey: KEY, metadata: { capabilities: { tools: false } } });
    await expect(llm.chat('q', { tools: [{ name: 'f', parameters: {} }] })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('in a page', () => {
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
        return Response.json(RESPONSE_REPLY);
      },
    };
    await expect(new OpenAILLM(given).chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('give baseURL'),
    });
    await new OpenAILLM({ ...given, baseURL: 'https://mine.example/v1' }).chat('q');
    expect(sent).toEqual(['https://mine.example/v1/responses']);
  });
});
