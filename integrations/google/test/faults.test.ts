import { describe, expect, it } from 'vitest';
import { GoogleEmbedding, GoogleLLM } from '@mortise/google';

const options = { model: 'm', apiKey: 'test', retry: false as const };

function failing(status: number, error: object) {
  const fetch = async (): Promise<Response> => Response.json({ error }, { status });
  return [
    () => new GoogleLLM({ ...options, fetch }).chat('Hi'),
    () => new GoogleLLM({ ...options, fetch }).streamChat('Hi').final(),
    () => new GoogleEmbedding({ ...options, fetch }).embedQuery('Hi'),
  ];
}

describe('E-04: errors', () => {
  it.each([
    [400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.', 'invalid-request'],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
      'context-length',
    ],
    [403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.', 'permission'],
    [404, 'NOT_FOUND', 'models/m is not found for API version v1beta.', 'not-found'],
    [500, 'INTERNAL', 'An internal error has occurred.', 'server'],
    [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', 'overloaded'],
  ])('%i %s: %s', async (status, word, message, code) => {
    for (const call of failing(status, { code: status, message, status: word }))
      await expect(call()).rejects.toMatchObject({ code, provider: 'google' });
  });

  const quota = (quotaId: string) => ({
    code: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' },
    ],
  });

  it('a minute’s limit is waited for as RetryInfo says', async () => {
    for (const call of failing(429, quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier')))
      await expect(call()).rejects.toMatchObject({ code: 'rate-limit', retryAfterMs: 34_500 });
  });

  it('a day’s limit is used up', async () => {
    for (const call of failing(429, quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier')))
      await expect(call()).rejects.toMatchObject({ code: 'quota', retryable: false });
  });
});

describe('E-06: what is no reply', () => {
  it.each([
    ['JSON without candidates', { usageMetadata: {} }],
    [
      'a call that is no object',
      { candidates: [{ content: { parts: [{ functionCall: 'x' }] }, finishReason: 'STOP' }] },
    ],
  ])('%s', async (_name, body) => {
    const llm = new GoogleLLM({ ...options, fetch: async () => Response.json(body) });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('an embedding without values', async () => {
    const body = { embeddings: [{}] };
    const embedding = new GoogleEmbedding({ ...options, fetch: async () => Response.json(body) });
    await expect(embedding.embedQuery('Hi')).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('C-10: an injected client', () => {
  it('that does not use the fetch it is given is told', async () => {
    const models = {
      generateContent: async () => ({}),
      generateContentStream: async () => ({}),
      embedContent: async () => ({}),
    };
    const llm = new GoogleLLM({ model: 'm', client: { models }, retry: false });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('may be the SDK', async () => {
    const { GoogleGenAI } = await import('@google/genai');
    const body = { candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] };
    const urls: unknown[] = [];
    const fetch = async (url: unknown): Promise<Response> => {
      urls.push(url);
      return Response.json(body);
    };
    const client = new GoogleGenAI({
      apiKey: 'k',
      httpOptions: { baseUrl: 'https://proxy.example', apiVersion: 'v9' },
    });
    const llm = new GoogleLLM({ model: 'm', client, fetch, retry: false });
    expect((await llm.chat('Hi')).text).toBe('ok');
    expect(urls).toEqual(['https://proxy.example/v9/models/m:generateContent']);
  });

  it('C-10: a name of a model that the SDK refuses is an error of the configuration', async () => {
    const llm = new GoogleLLM({ ...options, model: 'a?b', fetch: async () => Response.json({}) });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'configuration' });
  });
});
