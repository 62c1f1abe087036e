import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AnthropicLLM, type AnthropicLLMOptions } from '@mortise/anthropic';
import { eventStream, json, startWire, type WireHandler, type WireReply } from '@mortise/conformance';
import { isMortiseError, type MortiseError } from '@mortise/core';

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

const event = (type: string, fields: object = {}) => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
});
const start = event('message_start', { message: { ...ok, content: [], stop_reason: null } });
const open = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const delta = (text: string) =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const close = event('content_block_stop', { index: 0 });
const end = event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } });
const stop = event('message_stop');

const failure = (type: string, message: string, details: object | null = null) => ({
  type: 'error',
  error: { type, message, details },
  request_id: 'req_1',
});

interface Outcome {
  error: MortiseError;
  requests: number;
}

/** The error of a call, whole or streamed, and how many requests it took. */
async function fail(
  handler: WireHandler,
  method: 'chat' | 'streamChat' = 'chat',
  options: Partial<AnthropicLLMOptions> = {},
): Promise<Outcome> {
  await using wire = await startWire(handler);
  const llm = new AnthropicLLM({
    model: 'claude-test',
    apiKey: KEY,
    baseURL: wire.url,
    retry: { maxAttempts: 2, baseDelayMs: 1 },
    ...options,
  });
  try {
    await (method === 'chat' ? llm.chat('Hi') : llm.streamChat('Hi').final());
  } catch (error) {
    if (!isMortiseError(error)) throw error;
    return { error, requests: wire.requests.length };
  }
  throw new Error('The call did not fail.');
}

/** Turns of the event loop in which the client, in this process, reads what was written. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
}

const status = (code: number, body: unknown, headers: Record<string, string> = {}): WireHandler => {
  return (_request, reply) =>
    json(reply, body, { status: code, headers: { 'request-id': 'req_1', ...headers } });
};

describe.each(['chat', 'streamChat'] as const)('%s', (method) => {
  it.each<[number, string, string, string, object?]>([
    [400, 'invalid_request_error', 'max_tokens: Field required', 'invalid-request'],
    [400, 'invalid_request_error', 'prompt is too long: 211180 tokens > 200000 maximum', 'context-length'],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000',
      'context-length',
    ],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content-filter'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'quota'],
    [401, 'authentication_error', 'invalid x-api-key', 'authentication'],
    [402, 'billing_error', 'Payment required', 'quota'],
    [403, 'permission_error', 'Not allowed', 'permission'],
    [404, 'not_found_error', 'model: claude-test', 'not-found'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'invalid-request'],
    [429, 'rate_limit_error', 'Spent', 'quota', { error_code: 'enforced_spend_limit_reached' }],
  ])('E-04: %i %s (%s) is %s and not retried', async (code, type, message, expected, details) => {
    const { error, requests } = await fail(status(code, failure(type, message, details ?? null)), method);
    expect(error).toMatchObject({
      code: expected,
      status: code,
      retryable: false,
      requestId: 'req_1',
      provider: 'anthropic',
      model: 'claude-test',
    });
    expect(error.message).toContain(message);
    expect(requests).toBe(1);
  });

  it.each([
    [429, 'rate_limit_error', 'rate-limit'],
    [500, 'api_error', 'server'],
    [504, 'timeout_error', 'server'],
    [529, 'overloaded_error', 'overloaded'],
  ])('E-04: %i %s is %s and retried', async (code, type, expected) => {
    const { error, requests } = await fail(status(code, failure(type, 'Busy')), method);
    expect(error).toMatchObject({ code: expected, status: code, retryable: true });
    expect(requests).toBe(2);
  });

  it('E-04: says how long a 429 asks to wait', async () => {
    const reply = status(429, failure('rate_limit_error', 'Slow down'), { 'retry-after': '7' });
    expect((await fail(reply, method, { retry: false })).error.retryAfterMs).toBe(7_000);
  });

  it('E-03: a connection reset before the headers is connection, and retried', async () => {
    const { error, requests } = await fail((_request, reply) => void reply.socket?.destroy(), method);
    expect(error).toMatchObject({ code: 'connection', retryable: true });
    expect(requests).toBe(2);
  });

  it("E-02: a proxy's page with status 200 is malformed-response", async () => {
    const page: WireHandler = (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/html' });
      reply.end('<html>Please log in</html>');
    };
    expect((await fail(page, method)).error.code).toBe('malformed-response');
  });

  it("a proxy's page with status 502 is server, without the page", async () => {
    const page: WireHandler = (_request, reply) => {
      reply.writeHead(502, { 'content-type': 'text/html' });
      reply.end('<html>Bad gateway</html>');
    };
    const { error } = await fail(page, method);
    expect(error).toMatchObject({ code: 'server', status: 502 });
    expect(error.message).not.toContain('<html>');
  });

  it('C-04: a body that stalls is a time-out', async () => {
    const stall: WireHandler = (_request, reply) => {
      reply.writeHead(200, { 'content-type': method === 'chat' ? 'application/json' : 'text/event-stream' });
      reply.write(method === 'chat' ? '{"id":' : `event: ${start.event}\ndata: ${start.data}\n\n`);
    };
    const { error } = await fail(stall, method, { timeoutMs: 50, retry: false });
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('C-09: a key that the provider echoes is in nothing of the error', async () => {
    const echo = status(401, failure('authentication_error', `The key ${KEY} is wrong`));
    const { error } = await fail(echo, method);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
    expect(JSON.stringify(error)).not.toContain(KEY);
  });
});

describe('a whole reply', () => {
  it('E-04: succeeds after a 500', async () => {
    await using wire = await startWire((_request, reply, n) =>
      n === 0 ? json(reply, failure('api_error', 'Oh'), { status: 500 }) : json(reply, ok),
    );
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url, retry: { baseDelayMs: 1 } });
    expect((await llm.chat('Hi')).text).toBe('ok');
    expect(wire.requests).toHaveLength(2);
    // E-05: the SDK believes that each is the first.
    expect(wire.requests.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '0']);
  });

  it.each([
    ['half of it', '{"id": "msg_1", "content": ['],
    ['nothing', ''],
    ['a list', '[]'],
    ["another provider's reply", '{"choices": []}'],
    ['a block without a type', '{"content": [{"text": "a"}]}'],
  ])('E-02: %s is malformed-response', async (_title, body) => {
    expect((await fail((_request, reply) => json(reply, body))).error.code).toBe('malformed-response');
  });

  it('an error with status 200 is typed', async () => {
    const { error } = await fail(status(200, failure('overloaded_error', 'Overloaded')), 'chat');
    expect(error).toMatchObject({ code: 'overloaded', retryable: true, requestId: 'req_1' });
  });

  it('C-04: is not refused by the SDK for being long', async () => {
    await using wire = await startWire((_request, reply) => json(reply, ok));
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url });
    expect((await llm.chat('Hi', { maxOutputTokens: 128_000 })).text).toBe('ok');
  });
});

describe('a stream', () => {
  it.each([
    ['before its first event', []],
    ['after its start', [start]],
    ['in a block', [start, open, delta('Hel')]],
    ['before its reason', [start, open, delta('Hel'), close]],
  ])('E-01: that ends %s is stream-truncated, with what had arrived', async (_title, events) => {
    const { error } = await fail((_request, reply) => eventStream(reply, events), 'streamChat', {
      retry: false,
    });
    expect(error).toMatchObject({ code: 'stream-truncated', provider: 'anthropic' });
    expect(error.partial).toMatchObject({ text: events.length > 2 ? 'Hel' : '' });
  });

  it.each([
    ['message_stop', [end]],
    ['a reason', [event('message_stop')]],
  ])('E-01: without %s is whole', async (missing, last) => {
    await using wire = await startWire((_request, reply) =>
      eventStream(reply, [start, open, delta('Hel'), close, ...last]),
    );
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url, apiKey: KEY });
    const { text, finishReason, warnings } = await llm.streamChat('Hi').final();
    expect([text, finishReason.unified]).toEqual(['Hel', missing === 'a reason' ? 'other' : 'stop']);
    expect(warnings).toHaveLength(missing === 'a reason' ? 1 : 0);
  });

  it('E-03: that is reset in the middle is connection, with what had arrived', async () => {
    const { error } = await fail(
      async (_request, reply) => {
        await begin(reply, start, open, delta('Hel'));
        await turns();
        reply.socket?.resetAndDestroy();
      },
      'streamChat',
      { retry: false },
    );
    expect(error).toMatchObject({ code: 'connection', partial: { text: 'Hel' } });
  });

  it.each([
    ['overloaded_error', 'overloaded', true],
    ['rate_limit_error', 'rate-limit', true],
    ['api_error', 'server', true],
    ['invalid_request_error', 'invalid-request', false],
    ['billing_error', 'quota', false],
    ['an_error_of_2030', 'server', true],
  ])('with the error %s in it is %s', async (type, code, retryable) => {
    const { error } = await fail(
      (_request, reply) =>
        eventStream(reply, [
          start,
          open,
          delta('Hel'),
          { event: 'error', data: JSON.stringify(failure(type, 'No')) },
        ]),
      'streamChat',
      { retry: false },
    );
    expect(error).toMatchObject({
      code,
      retryable,
      provider: 'anthropic',
      requestId: 'req_1',
      partial: { text: 'Hel' },
    });
    expect(error.message).toContain(`${type}: No.`);
  });

  it('E-03: is repeated when the error comes before any content', async () => {
    await using wire = await startWire((_request, reply, n) =>
      eventStream(
        reply,
        n === 0
          ? [start, { event: 'error', data: JSON.stringify(failure('overloaded_error', 'Overloaded')) }]
          : [start, open, delta('ok'), close, end, stop],
      ),
    );
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url, retry: { baseDelayMs: 1 } });
    const response = await llm.streamChat('Hi').final();
    expect(response).toMatchObject({ text: 'ok', usage: { inputTokens: 1, outputTokens: 5 } });
  });

  it.each([
    ['an event that is not JSON', [start, { event: 'content_block_delta', data: '{"type":' }]],
    ['a delta of a block that was not opened', [start, delta('x')]],
    ['a start without a message', [event('message_start')]],
  ])('E-02: with %s is malformed-response', async (_title, events) => {
    const { error } = await fail((_request, reply) => eventStream(reply, events), 'streamChat', {
      retry: false,
    });
    expect(error.code).toBe('malformed-response');
  });

  it('C-04: is not kept alive by pings, which a living proxy sends for a dead provider', async () => {
    const { error } = await fail(
      async (_request, reply) => {
        await begin(reply, start, open, delta('Hel'));
        while (!reply.destroyed) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await begin(reply, event('ping'));
        }
      },
      'streamChat',
      { timeoutMs: 400, retry: false },
    );
    expect(error).toMatchObject({ code: 'timeout', partial: { text: 'Hel' } });
  });

  it.each(['abort', 'break'])('L-06: that is left by %s closes the socket', async (how) => {
    await using wire = await startWire((_request, reply) => begin(reply, start, open, delta('Hel')));
    const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url });
    const controller = new AbortController();
    const reason = new Error('enough');
    const stream = llm.streamChat('Hi', { signal: controller.signal });
    const reading = (async () => {
      for await (const _text of stream.textStream) {
        if (how === 'break') break;
        controller.abort(reason);
      }
    })();
    if (how === 'break') await reading;
    else await expect(reading).rejects.toBe(reason);
    expect(await wire.requests[0]?.closedEarly).toBe(true);
    if (how === 'break') await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
  });
});

it('C-01: an abort while waiting for the reply rejects with the reason and closes the socket', async () => {
  const controller = new AbortController();
  const reason = { why: 'enough' };
  // Once the request is there, however long the first call took to load the SDK.
  await using wire = await startWire(() => controller.abort(reason));
  const chat = new AnthropicLLM({ model: 'm', baseURL: wire.url }).chat('Hi', { signal: controller.signal });
  await expect(chat).rejects.toBe(reason);
  expect(await wire.requests[0]?.closedEarly).toBe(true);
});

it('C-02: an aborted signal sends nothing', async () => {
  await using wire = await startWire((_request, reply) => json(reply, ok));
  const llm = new AnthropicLLM({ model: 'm', baseURL: wire.url });
  await expect(llm.chat('Hi', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  expect(wire.requests).toEqual([]);
});

async function begin(reply: WireReply, ...events: { event: string; data: string }[]): Promise<void> {
  if (!reply.headersSent) reply.writeHead(200, { 'content-type': 'text/event-stream' });
  const bytes = events.map(({ event: name, data }) => `event: ${name}\ndata: ${data}\n\n`).join('');
  await new Promise<void>((resolve) => reply.write(bytes, () => resolve()));
}
