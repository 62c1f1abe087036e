import { eventStream, json, startWire, type WireHandler } from '@mortise/conformance';
import { isMortiseError, type MortiseError } from '@mortise/core';
import { GoogleLLM } from '@mortise/google';
import { describe, expect, it } from 'vitest';

const event = (parts: readonly object[], more: object = {}): string =>
  JSON.stringify({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], responseId: 'r' });
const begun = event([{ text: 'Hel' }]);
const stop = event([], { finishReason: 'STOP' });

async function ask(handler: WireHandler, method: 'chat' | 'streamChat' = 'streamChat') {
  await using wire = await startWire(handler);
  const llm = new GoogleLLM({ model: 'm', apiKey: 'google-test', baseURL: wire.url, retry: false });
  return await (method === 'chat' ? llm.chat('q') : llm.streamChat('q').final());
}

async function failure(asked: Promise<unknown>): Promise<MortiseError> {
  const thrown: unknown = await asked.then(
    (reply) => reply,
    (error: unknown) => error,
  );
  if (!isMortiseError(thrown)) throw new Error(`It did not fail: ${JSON.stringify(thrown)}`);
  return thrown;
}

const streamed = (...events: (string | { event: string; data: string })[]): WireHandler => {
  return (_request, reply) => eventStream(reply, events);
};

describe('E-06: a failure in whatever shape', () => {
  it.each<[string, string | { event: string; data: string }, string, string]>([
    [
      'an error of Google’s',
      '{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}',
      'overloaded',
      'The model is overloaded.',
    ],
    [
      'an error in a list',
      '[{"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED"}}]',
      'rate-limit',
      'Resource has been exhausted',
    ],
    ['a status as a string', '{"error":{"message":"Slow down","code":"429"}}', 'rate-limit', 'Slow down'],
    ['a bare detail', '{"detail":"The model x does not exist"}', 'not-found', 'The model x does not exist'],
    [
      'a sentence named an error',
      { event: 'error', data: 'upstream connect error' },
      'server',
      'upstream connect error',
    ],
    [
      'JSON in a message',
      '{"error":{"message":"{\\"error\\":{\\"code\\":429,\\"message\\":\\"Quota of requests\\",\\"status\\":\\"RESOURCE_EXHAUSTED\\"}}"}}',
      'rate-limit',
      'Quota of requests',
    ],
  ])('%s ends a stream', async (_name, said, code, words) => {
    const error = await failure(ask(streamed(begun, said, stop)));
    expect(error).toMatchObject({ code, provider: 'google', partial: { text: 'Hel' } });
    expect(error.message).toContain(words);
  });

  it.each<[string, unknown, string, string]>([
    ['an error', { error: { message: 'Rate limited', code: 429 } }, 'rate-limit', 'Rate limited'],
    ['a list', [{ error: { code: 503, message: 'Busy', status: 'UNAVAILABLE' } }], 'overloaded', 'Busy'],
    ['a detail', { detail: 'The model x does not exist' }, 'not-found', 'The model x does not exist'],
  ])('%s with status 200 is the same to a chat and to a stream request', async (_name, body, code, words) => {
    for (const method of ['chat', 'streamChat'] as const) {
      const error = await failure(ask((_request, reply) => json(reply, body), method));
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
    }
  });

  it.each<[number, unknown, string]>([
    [
      404,
      [{ error: { code: 404, message: 'Publisher model m was not found.', status: 'NOT_FOUND' } }],
      'not-found',
    ],
    [
      401,
      { error: { code: 401, message: 'Invalid credentials.', status: 'UNAUTHENTICATED' } },
      'authentication',
    ],
    [
      400,
      {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
        },
      },
      'authentication',
    ],
  ])('E-04: %i (%j) is %s', async (status, body, code) => {
    for (const method of ['chat', 'streamChat'] as const) {
      const error = await failure(ask((_request, reply) => json(reply, body, { status }), method));
      expect(error).toMatchObject({ code, status });
    }
  });

  it('E-04: keeps the sentence of a refusal in plain text', async () => {
    const plain: WireHandler = (_request, reply) => {
      reply.writeHead(503, { 'content-type': 'text/plain' }).end('no healthy upstream');
    };
    expect((await failure(ask(plain, 'chat'))).message).toContain('no healthy upstream');
  });
});

describe('E-01: the end', () => {
  it.each<[string, string[]]>([
    ['with the last words', [event([{ text: 'Hel' }], { finishReason: 'STOP' })]],
    ['in an event of its own', [begun, stop]],
    ['followed by counts', [begun, stop, JSON.stringify({ usageMetadata: { promptTokenCount: 1 } })]],
    ['followed by [DONE], as gateways say', [begun, stop, '[DONE]']],
    ['among blank data', ['', begun, ' ', stop]],
  ])('a finish reason %s is a whole reply', async (_name, events) => {
    expect(await ask(streamed(...events))).toMatchObject({
      text: 'Hel',
      finishReason: { unified: 'stop', raw: 'STOP' },
    });
  });

  it('without one is cut', async () => {
    const error = await failure(ask(streamed(begun)));
    expect(error).toMatchObject({ code: 'stream-truncated', partial: { text: 'Hel' } });
  });
});
