import { inspect } from 'node:util';
import { json, startWire } from '@mortise/conformance';
import { GoogleEmbedding, GoogleLLM, type GoogleLLMOptions } from '@mortise/google';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { REPLY, sent } from './sent.ts';

const KEY = 'google-test-0123456789-secret';

function setEnv(name: string, value: string | undefined): void {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('the key', () => {
  it('is read from the environment at the first call, not before', async () => {
    setEnv('GEMINI_API_KEY', undefined);
    const headers: Headers[] = [];
    const llm = new GoogleLLM({
      model: 'm',
      fetch: async (_url, init) => {
        headers.push(new Headers(init?.headers));
        return Response.json(REPLY);
      },
    });
    await expect(llm.chat('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('GEMINI_API_KEY'),
    });
    expect(headers).toHaveLength(0);
    vi.stubEnv('GEMINI_API_KEY', KEY);
    await llm.chat('q');
    expect(headers[0]!.get('x-goog-api-key')).toBe(KEY);
  });

  it('may be missing where a base URL is given, and then none is sent', async () => {
    setEnv('GEMINI_API_KEY', undefined);
    await using wire = await startWire((_request, reply) => json(reply, REPLY));
    await new GoogleLLM({ model: 'm', baseURL: wire.url }).chat('q');
    expect(wire.requests[0]!.headers).not.toHaveProperty('x-goog-api-key');
    expect(wire.requests[0]!.headers).not.toHaveProperty('authorization');
  });

  it('may be a header of the caller’s', async () => {
    setEnv('GEMINI_API_KEY', undefined);
    const headers = { Authorization: 'Bearer token', 'X-Team': 'search' };
    const request = await sent('Hi', {}, { apiKey: undefined, headers });
    expect(request.headers.get('authorization')).toBe('Bearer token');
    expect(request.headers.get('x-team')).toBe('search');
    expect(request.headers.has('x-goog-api-key')).toBe(false);
  });

  it('C-09: is the only thing that is taken from the environment, though the SDK reads more', async () => {
    setEnv('GEMINI_API_KEY', KEY);
    for (const [name, value] of [
      ['GOOGLE_API_KEY', 'another-key'],
      ['GOOGLE_GENAI_USE_VERTEXAI', 'true'],
      ['GOOGLE_CLOUD_PROJECT', 'another-project'],
      ['GOOGLE_CLOUD_LOCATION', 'europe-west1'],
      ['GOOGLE_GEMINI_BASE_URL', 'https://elsewhere.test'],
    ] as const)
      vi.stubEnv(name, value);
    const { url, headers } = await sent('Hi', {}, { apiKey: undefined });
    expect(url).toBe('https://generativelanguage.googleapis.com/v1beta/models/gemini-test:generateContent');
    expect(headers.get('x-goog-api-key')).toBe(KEY);
  });

  it('C-09: does not show in inspect or JSON, before and after a call', async () => {
    const options = {
      model: 'm',
      apiKey: KEY,
      headers: { 'x-secret': KEY },
      fetch: async () => Response.json(REPLY),
    };
    const [llm, embedding] = [new GoogleLLM(options), new GoogleEmbedding(options)];
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
  const vertex = { apiKey: undefined, project: 'p', headers: { Authorization: 'Bearer token' } };

  it.each<[string, Partial<GoogleLLMOptions>, string]>([
    ['a base URL', { baseURL: 'http://gateway.test' }, 'http://gateway.test/v1beta/models/gemini-test'],
    [
      'a base URL with a path',
      { baseURL: 'http://gateway.test/google/' },
      'http://gateway.test/google/v1beta/models/gemini-test',
    ],
    [
      'another version',
      { apiVersion: 'v1' },
      'https://generativelanguage.googleapis.com/v1/models/gemini-test',
    ],
    [
      'a project',
      vertex,
      'https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global/publishers/google/models/gemini-test',
    ],
    [
      'a project in a region',
      { ...vertex, location: 'europe-west4' },
      'https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p/locations/europe-west4/publishers/google/models/gemini-test',
    ],
    [
      'a project in several regions',
      { ...vertex, location: 'eu' },
      'https://aiplatform.eu.rep.googleapis.com/v1beta1/projects/p/locations/eu/publishers/google/models/gemini-test',
    ],
  ])('is that of %s', async (_name, settings, expected) => {
    expect((await sent('Hi', {}, settings)).url).toBe(`${expected}:generateContent`);
  });

  it.each([
    ['a location without a project', { location: 'eu' }],
    ['a project beside a key', { project: 'p', apiKey: 'k' }],
  ])('C-10: %s is refused when the model is made', (_name, options) => {
    for (const Made of [GoogleLLM, GoogleEmbedding])
      expect(() => new Made({ model: 'm', ...options })).toThrow(
        expect.objectContaining({ code: 'configuration', provider: 'google' }),
      );
  });
});

describe('metadata', () => {
  it('is what the API can do, under what the caller knows better', () => {
    const metadata = { contextWindow: 8192, capabilities: { tools: false } };
    expect(new GoogleLLM({ model: 'm', metadata }).metadata).toMatchObject({
      contextWindow: 8192,
      isChatModel: true,
      capabilities: { tools: false, streaming: true, structuredOutput: 'native' },
    });
    expect(new GoogleEmbedding({ model: 'm', dimensions: 256 }).metadata).toEqual({
      maxBatchSize: 100,
      asymmetric: true,
      dimensions: 256,
    });
  });

  it('C-08: what it says a model cannot do is refused', async () => {
    const llm = new GoogleLLM({ model: 'm', apiKey: KEY, metadata: { capabilities: { tools: false } } });
    await expect(llm.chat('q', { tools: [{ name: 'f', parameters: {} }] })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
