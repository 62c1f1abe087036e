import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CohereLLM, type CohereLLMOptions } from '@mortise/cohere';
import { eventStream, json, startWire, type WireHandler } from '@mortise/conformance';
import { isMortiseError, type MortiseError } from '@mortise/core';
import { REPLY } from './sent.ts';

const KEY = 'co-never-to-be-seen';

const event = (type: string, fields: object = {}) => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
});
const start = event('message-start', { id: 'm-1', delta: { message: { role: 'assistant' } } });
const open = event('content-start', {
  index: 0,
  delta: { message: { content: { type: 'text', text: '' } } },
});
const delta = (text: string) =>
  event('content-delta', { index: 0, delta: { message: { content: { text } } } });
const close = event('content-end', { index: 0 });
const usage = { tokens: { input_tokens: 3, output_tokens: 2 } };
const end = (reason: string, more: object = {}) =>
  event('message-end', { delta: { finish_reason: reason, usage, ...more } });
const DONE = { event: 'message', data: '[DONE]' };

interface Outcome {
  error: MortiseError;
  requests: number;
}

/** The error of a call, whole or streamed, and how many requests it took. */
async function fail(
  handler: WireHandler,
  method: 'chat' | 'streamChat' = 'chat',
  options: Partial<CohereLLMOptions> = {},
): Promise<Outcome> {
  await using wire = await startWire(handler);
  const llm = new CohereLLM({
    model: 'command-test',
    apiKey: KEY,
    baseURL: wire.url,
    retry: { maxAttempts: 2, baseDelayMs: 1 },
    ...options,
  });
  try {
    await (method === 'chat' ? llm.chat('Hi') : llm.streamChat('Hi').final());
  } catch (error) {
    if (!isMortiseError(error)) throw error;
    expect(
      inspect(error, { depth: 9 }) + JSON.stringify(error) + inspect(llm, { depth: 9, showHidden: true }),
    ).not.toContain(KEY);
    return { error, requests: wire.requests.length };
  }
  throw new Error('The call did not fail.');
}

const status = (code: number, message: string, headers: Record<string, string> = {}): WireHandler => {
  return (_request, reply) => json(reply, { id: 'req-1', message }, { status: code, headers });
};

describe.each(['chat', 'streamChat'] as const)('%s', (method) => {
  it.each([
    [400, 'invalid request: message must be at least 1 token long.', 'invalid-request'],
    [400, 'too many tokens: total number of tokens in the prompt cannot exceed 4081.', 'context-length'],
    [400, 'too many tokens: max tokens must be less than or equal to 4096.', 'invalid-request'],
    [401, 'invalid api token', 'authentication'],
    [402, 'Please add or update your payment method.', 'quota'],
    [403, 'not allowed', 'permission'],
    [404, "model 'command-test' not found", 'not-found'],
    [422, 'invalid type: temperature', 'invalid-request'],
    [429, 'You are using a Trial key, which is limited to 1000 API calls / month.', 'quota'],
    [498, 'invalid token', 'authentication'],
    [499, 'request cancelled', 'invalid-request'],
  ])('E-04: %i (%s) is %s and not retried', async (code, message, expected) => {
    const { error, requests } = await fail(status(code, message), method);
    expect(error).toMatchObject({
      code: expected,
      status: code,
      retryable: false,
      requestId: 'req-1',
      provider: 'cohere',
      model: 'command-test',
    });
    expect(error.message).toContain(message.replace(/\.$/, ''));
    expect(requests).toBe(1);
  });

  it.each([
    [429, 'You are using a Trial key, which is limited to 20 API calls / minute.', 'rate-limit'],
    [500, 'internal server error', 'server'],
    [503, 'overloaded', 'overloaded'],
    [504, 'gateway timeout', 'server'],
  ])('E-04: %i (%s) is %s and retried', async (code, message, expected) => {
    const { error, requests } = await fail(status(code, message), method);
    expect(error).toMatchObject({ code: expected, status: code, retryable: true });
    expect(requests).toBe(2);
  });

  it('E-04: says how long a 429 asks to wait', async () => {
    const { error } = await fail(status(429, 'slow', { 'retry-after': '7' }), method, { retry: false });
    expect(error.retryAfterMs).toBe(7000);
  });

  it('E-05: succeeds at the second attempt, and makes no third', async () => {
    await using wire = await startWire((request, reply, n) => {
      if (n === 0) return json(reply, { message: 'internal server error' }, { status: 500 });
      const streamed = (request.body as { stream?: boolean }).stream === true;
      if (!streamed) return json(reply, REPLY);
      return eventStream(reply, [start, open, delta('Hello'), close, end('COMPLETE'), DONE]);
    });
    const llm = new CohereLLM({ model: 'm', baseURL: wire.url, retry: { baseDelayMs: 1 } });
    const response = await (method === 'chat' ? llm.chat('Hi') : llm.streamChat('Hi').final());
    expect(response.text).toBe('Hello');
    expect(wire.requests).toHaveLength(2);
  });

  it('E-03: a reset connection is connection, and retried', async () => {
    const { error, requests } = await fail((_request, reply) => void reply.socket?.destroy(), method);
    expect(error).toMatchObject({ code: 'connection', retryable: true });
    expect(requests).toBe(2);
  });

  it("E-02: a proxy's page with status 200 is malformed-response", async () => {
    const page: WireHandler = (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
    };
    const { error } = await fail(page, method);
    expect(error).toMatchObject({ code: 'malformed-response' });
  });

  it("a proxy's page with status 502 is server, without the page", async () => {
    const page: WireHandler = (_request, reply) => {
      reply.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    };
    const { error } = await fail(page, method);
    expect(error).toMatchObject({ code: 'server', status: 502 });
    expect(error.message).not.toContain('<html>');
  });

  it('C-04: a body that stalls is a time-out', async () => {
    const stall: WireHandler = (_request, reply) => {
      const type = method === 'chat' ? 'application/json' : 'text/event-stream';
      reply.writeHead(200, { 'content-type': type });
      reply.write(method === 'chat' ? '{"id":' : `event: ${start.event}\ndata: ${start.data}\n\n`);
    };
    const { error } = await fail(stall, method, { timeoutMs: 50, retry: false });
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('C-04: an error whose body stalls is a time-out too', async () => {
    const stall: WireHandler = (_request, reply) => {
      reply.writeHead(500, { 'content-type': 'application/json' });
      reply.write('{"mess');
    };
    const { error } = await fail(stall, method, { timeoutMs: 50, retry: false });
    expect(error.code).toBe('timeout');
  });

  it('C-09: shows no key that the provider repeats', async () => {
    const { error } = await fail(status(401, `invalid api token: ${KEY}`), method);
    expect(error.message).toContain('[redacted]');
  });

  it('C-09: names the variable when there is no key, and sends nothing', async () => {
    const before = process.env['CO_API_KEY'];
    delete process.env['CO_API_KEY'];
    try {
      const llm = new CohereLLM({ model: 'm', fetch: async () => Response.json(REPLY) });
      const call = method === 'chat' ? llm.chat('Hi') : llm.streamChat('Hi').final();
      await expect(call).rejects.toMatchObject({ code: 'configuration', provider: 'cohere' });
      await expect(call).rejects.toThrow('CO_API_KEY');
      process.env['CO_API_KEY'] = '  ';
      await expect(llm.chat('Hi')).rejects.toThrow('CO_API_KEY');
      process.env['CO_API_KEY'] = 'found-later';
      expect((await llm.chat('Hi')).text).toBe('Hello');
    } finally {
      if (before === undefined) delete process.env['CO_API_KEY'];
      else process.env['CO_API_KEY'] = before;
    }
  });
});

describe('whole replies', () => {
  it.each<[string, unknown]>([
    ["another provider's reply", { id: 'x', choices: [{ message: { content: 'Hello' } }] }],
    ['a reply without an end', { message: { role: 'assistant', content: [] } }],
    ['a list', []],
    ['half of one', '{"message": {"content": [{"type": "te'],
    ['nothing', ''],
  ])('E-02: %s is malformed-response', async (_name, body) => {
    const { error, requests } = await fail((_request, reply) => json(reply, body));
    expect(error).toMatchObject({ code: 'malformed-response', provider: 'cohere', model: 'command-test' });
    expect(requests).toBe(1);
  });

  it('an error with status 200 is server', async () => {
    const { error } = await fail((_request, reply) => json(reply, { message: 'no capacity' }));
    expect(error).toMatchObject({ code: 'server' });
    expect(error.message).toContain('no capacity');
  });

  it.each([
    ['ERROR', 'server'],
    ['TIMEOUT', 'timeout'],
  ])('the finish reason %s is %s, with what there is', async (reason, code) => {
    const { error, requests } = await fail((_request, reply) =>
      json(reply, { ...REPLY, finish_reason: reason }),
    );
    expect(error).toMatchObject({
      code,
      retryable: true,
      partial: { text: 'Hello', usage: { inputTokens: 69 } },
    });
    expect(requests).toBe(2);
  });
});

describe('streams', () => {
  const stream = (...events: { event: string; data: string }[]): WireHandler => {
    return (_request, reply) => eventStream(reply, events);
  };

  it.each([
    ['before its end', [start, open, delta('Hel')]],
    ['after its text', [start, open, delta('Hello'), close]],
    ['with a [DONE] that ends nothing', [start, open, delta('Hello'), close, DONE]],
    ['before it began', [start]],
  ])('E-01: a stream that is cut %s is stream-truncated', async (_name, events) => {
    const { error } = await fail(stream(...events), 'streamChat', { retry: false });
    expect(error).toMatchObject({ code: 'stream-truncated', provider: 'cohere' });
  });

  it('E-01: half an event is a cut stream, with what had arrived', async () => {
    const half: WireHandler = (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      const frames = [start, open, delta('Hello')].map(
        ({ event: name, data }) => `event: ${name}\ndata: ${data}\n\n`,
      );
      reply.end(`${frames.join('')}event: message-end\ndata: {"type":"message-end","delta":{"fini`);
    };
    const { error } = await fail(half, 'streamChat');
    expect(error).toMatchObject({ code: 'stream-truncated', partial: { text: 'Hello', id: 'm-1' } });
  });

  it.each([
    ['ERROR', 'server', { error: 'the model stopped' }, 'the model stopped'],
    ['TIMEOUT', 'timeout', {}, 'ran out of time'],
  ])('a stream that ends with %s is %s, with what had arrived', async (reason, code, more, said) => {
    const { error } = await fail(stream(start, open, delta('Hello'), end(reason, more), DONE), 'streamChat', {
      retry: false,
    });
    expect(error).toMatchObject({ code, retryable: true, partial: { text: 'Hello' } });
    expect(error.message).toContain(said);
  });

  it.each([
    ['an event named error', { event: 'error', data: '{"message":"no capacity"}' }],
    [
      'an event without a name',
      { event: 'message', data: '{"error":{"message":"no capacity"},"message":"no capacity"}' },
    ],
    ['an end without a reason', event('message-end', { delta: { error: 'no capacity' } })],
  ])('%s in a stream is an error', async (_name, failure) => {
    const { error } = await fail(stream(start, open, delta('Hel'), failure), 'streamChat', { retry: false });
    expect(error).toMatchObject({ code: 'server', partial: { text: 'Hel' } });
    expect(error.message).toContain('no capacity');
  });

  it('E-03: an error before the first content is retried', async () => {
    const { requests } = await fail(stream(start, end('ERROR')), 'streamChat');
    expect(requests).toBe(2);
  });

  it('an event that is not JSON is malformed-response', async () => {
    const broken = { event: 'content-delta', data: 'Hello' };
    const { error } = await fail(stream(start, open, broken, close, end('COMPLETE')), 'streamChat');
    expect(error).toMatchObject({ code: 'malformed-response' });
  });

  it('E-01: an end without a reason is a whole reply, with a warning', async () => {
    await using wire = await startWire(
      stream(start, open, delta('Hel'), event('message-end', { delta: {} })),
    );
    const llm = new CohereLLM({ model: 'm', apiKey: KEY, baseURL: wire.url });
    expect(await llm.streamChat('Hi').final()).toMatchObject({
      text: 'Hel',
      finishReason: { unified: 'other', raw: '' },
      warnings: [{ setting: 'finishReason' }],
    });
  });

  it('W-03: what begins where another stands is another block, also of a server that counts nothing', async () => {
    const content = (type: string, text: string) =>
      event('content-start', { index: 0, delta: { message: { content: { type, [type]: text } } } });
    const call = (id: string, city: string) =>
      event('tool-call-start', {
        delta: { message: { tool_calls: { id, function: { name: 'w', arguments: `{"city":"${city}"}` } } } },
      });
    const events = [start, content('thinking', 'Hm'), close, content('text', 'Hel'), close];
    await using wire = await startWire(
      stream(...events, call('a', 'Rome'), call('b', 'Oslo'), call('a', 'Rome'), end('TOOL_CALL')),
    );
    const llm = new CohereLLM({ model: 'm', apiKey: KEY, baseURL: wire.url });
    const { text, toolCalls, message } = await llm.streamChat('Hi').final();
    expect(text).toBe('Hel');
    expect(message.content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool-call', 'tool-call']);
    expect(toolCalls.map(({ id, arguments: args }) => [id, args['city']])).toEqual([
      ['a', 'Rome'],
      ['b', 'Oslo'],
    ]);
  });

  it('W-03: content may stand in the start, and two messages do not mix', async () => {
    const full = event('message-start', {
      id: 'm-1',
      delta: { message: { role: 'assistant', content: [{ type: 'text', text: 'Hel' }] } },
    });
    await using wire = await startWire(stream(full, full, end('COMPLETE')));
    const llm = new CohereLLM({ model: 'm', apiKey: KEY, baseURL: wire.url });
    expect((await llm.streamChat('Hi').final()).text).toBe('Hel');
    const other = event('message-start', { id: 'm-2', delta: { message: { role: 'assistant' } } });
    const { error } = await fail(stream(start, open, delta('Hel'), other, end('COMPLETE')), 'streamChat');
    expect(error).toMatchObject({ code: 'malformed-response' });
  });

  it('L-06: an abort closes the socket at once, with the reason of the signal', async () => {
    await using wire = await startWire((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const { event: name, data } of [start, open, delta('Hel')])
        reply.write(`event: ${name}\ndata: ${data}\n\n`);
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    const llm = new CohereLLM({ model: 'm', baseURL: wire.url });
    const reading = llm.streamChat('Hi', { signal: controller.signal });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const text of reading.textStream) {
        seen.push(text);
        setImmediate(() => controller.abort(reason));
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(seen).toEqual(['Hel']);
    expect(await wire.requests[0]!.closedEarly).toBe(true);
  });

  it('L-06: a break closes the socket', async () => {
    await using wire = await startWire((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const { event: name, data } of [start, open, delta('Hel')])
        reply.write(`event: ${name}\ndata: ${data}\n\n`);
    });
    const llm = new CohereLLM({ model: 'm', baseURL: wire.url });
    for await (const _text of llm.streamChat('Hi').textStream) break;
    expect(await wire.requests[0]!.closedEarly).toBe(true);
  });

  it('leaves its connection for the next call', async () => {
    await using wire = await startWire(stream(start, open, delta('Hello'), close, end('COMPLETE'), DONE));
    const llm = new CohereLLM({ model: 'm', baseURL: wire.url });
    for (let call = 0; call < 3; call++) {
      expect((await llm.streamChat('Hi').final()).text).toBe('Hello');
      // What follows the terminal event is read beside, in turns of the event loop.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(wire.connections).toBe(1);
  });
});
