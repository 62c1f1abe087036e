import { inspect } from 'node:util';
import { json, startWire } from '@mortise/conformance';
import {
  MistralEmbedding,
  MistralLLM,
  type MistralHttpClient,
  type MistralLLMOptions,
} from '@mortise/mistral';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { REPLY, sent } from './sent.ts';

const KEY = 'mistral-test-0123456789-secret';

function setEnv(name: string, value: string | undefined): void {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('the key', () => {
  it('is read from the environment at the first call, not before', async () => {
    setEnv('MISTRAL_API_KEY', undefined);
    const headers: Headers[] = [];
    const llm = new MistralLLM({
      model: 'm',
      fetch: async (_url, init) => {
        headers.push(new Headers(init?.headers));
        return Response.json(REPLY);
      },
    });
    await expect(llm.chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('MISTRAL_API_KEY'),
    });
    expect(headers).toHaveLength(0);
    vi.stubEnv('MISTRAL_API_KEY', KEY);
    await llm.chat('q');
    expect(headers[0]!.get('authorization')).toBe(`Bearer ${KEY}`);
  });

  it('may be missing where a base URL is given, and then none is sent', async () => {
    setEnv('MISTRAL_API_KEY', undefined);
    await using wire = await startWire((_request, reply) => json(reply, REPLY));
    await new MistralLLM({ model: 'm', baseURL: wire.url }).chat('q');
    expect(wire.requests[0]!.headers).not.toHaveProperty('authorization');
    expect(wire.requests[0]!.headers).not.toHaveProperty('cookie');
  });

  it('may be a header of the caller’s', async () => {
    setEnv('MISTRAL_API_KEY', undefined);
    const headers = { Authorization: 'Bearer token', 'X-Team': 'search', 'User-Agent': 'mine' };
    const request = await sent('Hi', {}, { apiKey: undefined, headers });
    expect(request.headers.get('authorization')).toBe('Bearer token');
    expect(request.headers.get('x-team')).toBe('search');
    expect(request.headers.get('user-agent')).toBe('mine');
  });

  it('C-09: is not printed, though the SDK prints headers under MISTRAL_DEBUG', async () => {
    setEnv('MISTRAL_DEBUG', 'true');
    const printed: string[] = [];
    for (const method of ['log', 'group'] as const)
      vi.spyOn(console, method).mockImplementation(
        (...words: unknown[]) => void printed.push(words.join(' ')),
      );
    onTestFinished(() => void vi.restoreAllMocks());
    // It reads the environment once.
    vi.resetModules();
    const { MistralLLM: Fresh } = await import('@mortise/mistral');
    await new Fresh({ model: 'm', apiKey: KEY, fetch: async () => Response.json(REPLY) }).chat('q');
    expect(printed).toEqual([]);
  });

  it('C-09: does not show in inspect or JSON, before and after a call', async () => {
    const fetch = async (): Promise<Response> => Response.json(REPLY);
    const options = { model: 'm', apiKey: KEY, headers: { 'x-secret': KEY }, fetch };
    const [llm, embedding] = [new MistralLLM(options), new MistralEmbedding(options)];
    const shown = (): string =>
      [llm, embedding]
        .map((model) => `${inspect(model, { depth: 20, showHidden: true })}${JSON.stringify(model)}`)
        .join('');
    expect(shown()).not.toContain(KEY);
    await llm.chat('q');
    expect(shown()).not.toContain(KEY);
  });
});

describe('the address', () => {
  it.each<[string, Partial<MistralLLMOptions>, string]>([
    ['a base URL', { baseURL: 'http://gateway.test' }, 'http://gateway.test/v1/chat/completions'],
    [
      'one with a path',
      { baseURL: 'http://gateway.test/mistral/' },
      'http://gateway.test/mistral/v1/chat/completions',
    ],
    [
      'one with a query',
      { baseURL: 'http://gateway.test?tenant=a' },
      'http://gateway.test/v1/chat/completions?tenant=a',
    ],
    [
      'the European one',
      { baseURL: 'https://api.eu.mistral.ai' },
      'https://api.eu.mistral.ai/v1/chat/completions',
    ],
  ])('is that of %s', async (_name, settings, expected) => {
    expect((await sent('Hi', {}, settings)).url).toBe(expected);
  });

  it('asks for a stream where one is wanted', async () => {
    const seen: [unknown, unknown][] = [];
    const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      seen.push([JSON.parse(init?.body as string).stream, new Headers(init?.headers).get('accept')]);
      return Response.json({ detail: 'No.' }, { status: 400 });
    };
    const llm = new MistralLLM({ model: 'm', apiKey: KEY, fetch, retry: false });
    await expect(llm.chat('q')).rejects.toThrow('No.');
    await expect(llm.streamChat('q').final()).rejects.toThrow('No.');
    expect(seen).toEqual([
      [undefined, 'application/json'],
      [true, 'text/event-stream'],
    ]);
  });
});

describe('C-10: an injected client', () => {
  it('may be the SDK: its key, its server, its hooks and its HTTPClient serve', async () => {
    const { Mistral, HTTPClient } = await import('@mistralai/mistralai');
    const requests: Request[] = [];
    const httpClient = new HTTPClient({
      fetcher: async (request) => {
        requests.push(request as Request);
        return Response.json(REPLY);
      },
    });
    httpClient.addHook('beforeRequest', (request) => {
      request.headers.set('x-hook', 'yes');
    });
    const client = new Mistral({ apiKey: KEY, serverURL: 'https://proxy.example/p', httpClient });
    const llm = new MistralLLM({ model: 'm', client, retry: false });
    expect((await llm.chat('Hi')).text).toBe('Hello');
    const [request] = requests;
    expect(request!.url).toBe('https://proxy.example/p/v1/chat/completions');
    expect(request!.headers.get('authorization')).toBe(`Bearer ${KEY}`);
    expect(request!.headers.get('x-hook')).toBe('yes');
    expect(await request!.json()).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('may have a retry policy of its own, which is not used', async () => {
    const { Mistral } = await import('@mistralai/mistralai');
    let count = 0;
    const fetch = async (): Promise<Response> => {
      count++;
      return Response.json({ detail: 'No.' }, { status: 500 });
    };
    const client = new Mistral({ apiKey: KEY, retryConfig: { strategy: 'backoff' } });
    await expect(new MistralLLM({ model: 'm', client, fetch, retry: false }).chat('Hi')).rejects.toThrow(
      'No.',
    );
    expect(count).toBe(1);
  });

  /** A double: what a client has, and no more. */
  class Double {
    readonly _options: { httpClient?: MistralHttpClient; silent?: boolean };
    readonly _baseURL = new URL('https://double.test/');
    constructor(options: { httpClient?: MistralHttpClient; silent?: boolean } = {}) {
      this._options = options;
    }
    get embeddings() {
      return { create: () => this.#ask() };
    }
    get chat() {
      return { complete: () => this.#ask(), stream: () => this.#ask() };
    }
    async #ask(): Promise<unknown> {
      const { httpClient, silent = false } = this._options;
      return silent ? {} : httpClient?.request(new Request('https://double.test/v1/x', { method: 'POST' }));
    }
  }

  it('may be a double', async () => {
    const httpClient = { request: async () => Response.json(REPLY) };
    const llm = new MistralLLM({ model: 'm', client: new Double({ httpClient }), retry: false });
    expect((await llm.chat('Hi')).text).toBe('Hello');
  });

  it('that asks for nothing is told', async () => {
    const llm = new MistralLLM({ model: 'm', client: new Double({ silent: true }), retry: false });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'configuration', provider: 'mistral' });
  });

  it('that fails before it asks is told', async () => {
    const { Mistral } = await import('@mistralai/mistralai');
    const client = new Mistral({ apiKey: () => Promise.reject(new Error(`no key, not even ${KEY}`)) });
    const llm = new MistralLLM({ model: 'm', client, apiKey: KEY, retry: false });
    const failed = llm.chat('Hi');
    await expect(failed).rejects.toMatchObject({ code: 'configuration', provider: 'mistral' });
    await expect(failed).rejects.not.toThrow(KEY);
  });
});

describe('metadata', () => {
  it('is what the API can do, under what the caller knows better', () => {
    const metadata = { contextWindow: 8192, capabilities: { tools: false } };
    expect(new MistralLLM({ model: 'm', metadata }).metadata).toMatchObject({
      contextWindow: 8192,
      isChatModel: true,
      capabilities: { tools: false, streaming: true, structuredOutput: 'native' },
    });
  });
});
