import { inspect } from 'node:util';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  CohereEmbedding,
  CohereLLM,
  CohereReranker,
  type CohereHttpClient,
  type CohereLLMOptions,
} from '@mortise/cohere';
import { json, startWire } from '@mortise/conformance';
import { REPLY, sent } from './sent.ts';

function setKey(value: string): void {
  vi.stubEnv('CO_API_KEY', value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('the connection', () => {
  it('sends the key to Cohere by default', async () => {
    const { url, headers } = await sent('Hi');
    expect(url).toBe('https://api.cohere.com/v2/chat');
    expect(headers.get('authorization')).toBe('Bearer co-test');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('reads the key from the environment at the first call', async () => {
    setKey('co-environment');
    const { headers } = await sent('Hi', {}, { apiKey: undefined });
    expect(headers.get('authorization')).toBe('Bearer co-environment');
  });

  it.each<[string, Partial<CohereLLMOptions>, string]>([
    ['a base URL', { baseURL: 'http://gateway.test' }, 'http://gateway.test/v2/chat'],
    [
      'a base URL with a path',
      { baseURL: 'http://gateway.test/cohere/' },
      'http://gateway.test/cohere/v2/chat',
    ],
  ])('takes %s', async (_name, settings, expected) => {
    expect((await sent('Hi', {}, settings)).url).toBe(expected);
  });

  it('sends no key where there is none and a base URL was given', async () => {
    setKey('');
    const { headers } = await sent('Hi', {}, { apiKey: undefined, baseURL: 'http://gateway.test' });
    expect(headers.has('authorization')).toBe(false);
  });

  it('sends headers, of which Authorization stands in for the key', async () => {
    setKey('');
    const own = { Authorization: 'Basic eDp5', 'X-Client-Name': 'tides' };
    const { headers } = await sent('Hi', {}, { apiKey: undefined, headers: own });
    expect(headers.get('authorization')).toBe('Basic eDp5');
    expect(headers.get('x-client-name')).toBe('tides');
  });

  it('refuses a key that no header can hold, without showing it', async () => {
    await expect(sent('Hi', {}, { apiKey: 'co-one\nco-two' })).rejects.toMatchObject({
      code: 'configuration',
    });
    await expect(sent('Hi', {}, { apiKey: 'co-one\nco-two' })).rejects.not.toThrow('co-two');
  });

  it('takes a client of either class of the SDK, and makes one attempt with it', async () => {
    await using wire = await startWire((_request, reply, n) => {
      if (n % 2 === 0) return json(reply, { message: 'internal server error' }, { status: 500 });
      return json(reply, REPLY);
    });
    const settings = { token: 'co-own', baseUrl: wire.url };
    for (const client of [
      new CohereClientV2(settings),
      new CohereClient(settings),
    ] satisfies CohereHttpClient[]) {
      const llm = new CohereLLM({ model: 'm', client, retry: false });
      await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'server' });
      expect((await llm.chat('Hi')).text).toBe('Hello');
    }
    expect(wire.requests).toHaveLength(4);
    expect(wire.requests.every(({ headers }) => headers['authorization'] === 'Bearer co-own')).toBe(true);
  });

  it('C-09: shows neither key nor client', async () => {
    const options = { model: 'm', apiKey: 'co-never-to-be-seen', headers: { 'x-secret': 'co-hidden' } };
    const fetch = async (): Promise<Response> => Response.json(REPLY);
    const models = [
      new CohereLLM({ ...options, fetch }),
      new CohereEmbedding({ ...options, fetch }),
      new CohereReranker({ ...options, fetch }),
    ];
    await (models[0] as CohereLLM).chat('Hi');
    for (const model of models) {
      const shown = inspect(model, { depth: 9, showHidden: true }) + JSON.stringify(model);
      expect(shown).not.toMatch(/co-never|co-hidden|Bearer/);
    }
  });

  it('lays metadata over what it declares', () => {
    const { metadata } = new CohereLLM({
      model: 'm',
      metadata: { contextWindow: 256_000, capabilities: { tools: false } },
    });
    expect(metadata).toMatchObject({
      contextWindow: 256_000,
      isChatModel: true,
      capabilities: { tools: false, streaming: true, structuredOutput: 'native' },
    });
    expect(new CohereEmbedding({ model: 'm', dimensions: 256 }).metadata).toEqual({
      maxBatchSize: 96,
      asymmetric: true,
      maxBatchBytes: 20_000_000,
      inputModalities: ['text', 'image'],
      dimensions: 256,
    });
    expect(new CohereEmbedding({ model: 'embed-english-v3.0' }).metadata).toEqual({
      maxBatchSize: 96,
      asymmetric: true,
    });
    expect(new CohereReranker({ model: 'm' }).metadata).toEqual({
      maxDocuments: 1000,
      comparableScores: true,
    });
  });
});
