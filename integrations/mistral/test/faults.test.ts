import { MistralEmbedding, MistralLLM } from '@mortise/mistral';
import { describe, expect, it } from 'vitest';
import { answered, replyOf, streamOf } from './sent.ts';

const options = { model: 'm', apiKey: 'test', retry: false as const };

function failing(status: number, body: object, headers: Record<string, string> = {}) {
  const fetch = async (): Promise<Response> => Response.json(body, { status, headers });
  return [
    () => new MistralLLM({ ...options, fetch }).chat('Hi'),
    () => new MistralLLM({ ...options, fetch }).streamChat('Hi').final(),
    () => new MistralEmbedding({ ...options, fetch }).embedQuery('Hi'),
  ];
}

const error = (message: unknown, type: string, code: string | null) => ({
  object: 'error',
  message,
  type,
  param: null,
  code,
});

const TOO_LONG =
  'Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length';

describe('E-04: errors', () => {
  it.each<[number, object, string]>([
    [400, error('Invalid model: m', 'invalid_model', '1500'), 'invalid-request'],
    [400, error(TOO_LONG, 'invalid_request_prompt', '3051'), 'context-length'],
    [
      400,
      error('Too many tokens overall, split into more batches.', 'invalid_request_prompt', '3210'),
      'invalid-request',
    ],
    [401, { detail: 'Unauthorized' }, 'authentication'],
    [
      422,
      error(
        { detail: [{ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }] },
        'invalid_request_message_error',
        null,
      ),
      'invalid-request',
    ],
    [429, error('Rate limit exceeded', 'rate_limited', '1300'), 'rate-limit'],
    [
      429,
      error('Service tier capacity exceeded for this model.', 'service_tier_capacity_exceeded', '3505'),
      'rate-limit',
    ],
    [500, error('Internal server error', 'internal_server_error', '1000'), 'server'],
    [503, { message: 'Service unavailable.' }, 'overloaded'],
  ])('%i %j is %s', async (status, body, code) => {
    for (const call of failing(status, body))
      await expect(call()).rejects.toMatchObject({ code, status, provider: 'mistral' });
  });

  it('says what the server says, and under which id', async () => {
    const body = { detail: [{ loc: ['body', 'messages'], msg: 'Field required', type: 'missing' }] };
    for (const call of failing(422, body, { 'mistral-correlation-id': 'c-1' }))
      await expect(call()).rejects.toMatchObject({
        requestId: 'c-1',
        message: expect.stringContaining('Field required'),
      });
  });
});

describe('E-06: what is no reply', () => {
  it.each([
    ['JSON without choices', { usage: {} }],
    ['a choice without a message', replyOf({}, { choices: [{ index: 0, finish_reason: 'stop' }] })],
    ['a text that is none', replyOf({ content: [{ type: 'text', text: 7 }] })],
  ])('%s', async (_name, body) => {
    await expect(answered(body).chat('Hi')).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('a stream without a completion', async () => {
    const stream = answered('data: {"object":"hologram"}\n\ndata: [DONE]\n\n').streamChat('Hi');
    await expect(stream.final()).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('an error within a stream', async () => {
    const body = streamOf([{ content: 'Half' }]).split('\n\n')[0]!;
    const said = JSON.stringify(error('Rate limit exceeded', 'rate_limited', '1300'));
    const stream = answered(`${body}\n\ndata: ${said}\n\n`).streamChat('Hi');
    await expect(stream.final()).rejects.toMatchObject({ code: 'rate-limit', partial: { text: 'Half' } });
  });
});
