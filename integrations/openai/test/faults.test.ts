import { inspect } from 'node:util';
import { isMortiseError, type MortiseError } from '@mortise/core';
import { eventStream, json, startWire, type WireHandler } from '@mortise/conformance';
import { OpenAILLM, type OpenAILLMOptions } from '@mortise/openai';
import { describe, expect, it } from 'vitest';
import { CHAT_REPLY, RESPONSE_REPLY } from './sent.ts';

const KEY = 'sk-test-0123456789-secret';

const apis = [
  {
    api: 'chat-completions' as const,
    reply: CHAT_REPLY,
    events: [{ id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'Hello' } }] }].map((event) =>
      JSON.stringify(event),
    ),
    end: JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    failure: JSON.stringify({ error: { message: `Overloaded, ${KEY}`, type: 'server_error', code: null } }),
  },
  {
    api: 'responses' as const,
    reply: RESPONSE_REPLY,
    events: [
      { type: 'response.created', response: { ...RESPONSE_REPLY, output: [] } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...RESPONSE_REPLY.output[0], content: [] },
      },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' },
    ].map((event) => ({ event: event.type, data: JSON.stringify(event) })),
    end: {
      event: 'response.completed',
      data: JSON.stringify({ type: 'response.completed', response: RESPONSE_REPLY }),
    },
    failure: {
      event: 'error',
      data: JSON.stringify({
        type: 'error',
        code: 'server_error',
        message: `Overloaded, ${KEY}`,
        param: null,
      }),
    },
  },
];

describe.each(apis)('faults over $api', ({ api, reply, events, end, failure }) => {
  const fast = { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 1 };
  const at = (url: string, options: Partial<OpenAILLMOptions> = {}): OpenAILLM =>
    new OpenAILLM({ model: 'm', api, apiKey: KEY, baseURL: `${url}/v1`, retry: fast, ...options });
  const refuse =
    (status: number, body: unknown, headers: Record<string, string> = {}): WireHandler =>
    (_request, answer) =>
      json(answer, body, { status, headers: { 'x-request-id': 'req_1', ...headers } });

  it.each([
    [
      401,
      {
        error: {
          message: `Incorrect API key provided: ${KEY}.`,
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      },
      'authentication',
    ],
    [
      403,
      {
        error: { message: 'No', type: 'invalid_request_error', code: 'unsupported_country_region_territory' },
      },
      'permission',
    ],
    [
      404,
      { error: { message: 'No such model', type: 'invalid_request_error', code: 'model_not_found' } },
      'not-found',
    ],
    [
      400,
      { error: { message: 'Too long', type: 'invalid_request_error', code: 'context_length_exceeded' } },
      'context-length',
    ],
    [
      400,
      {
        error: {
          message: "This model's maximum context length is 8192 tokens.",
          type: 'BadRequestError',
          code: 400,
        },
      },
      'context-length',
    ],
    [
      400,
      { error: { message: 'Flagged', type: 'invalid_request_error', code: 'invalid_prompt' } },
      'content-filter',
    ],
    [400, { message: 'a body of another shape' }, 'invalid-request'],
    [
      429,
      {
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      },
      'quota',
    ],
    [422, { detail: 'no' }, 'invalid-request'],
  ])('E-04: %i is made once and says what to do (%j)', async (status, body, code) => {
    await using wire = await startWire(refuse(status, body));
    for (const call of [() => at(wire.url).chat('q'), () => at(wire.url).streamChat('q').final()]) {
      const error = (await call().catch((thrown: unknown) => thrown)) as MortiseError;
      expect(error).toMatchObject({
        code,
        status,
        retryable: false,
        requestId: 'req_1',
        provider: 'openai',
        model: 'm',
      });
      expect(`${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}`).not.toContain(KEY);
    }
    expect(wire.requests).toHaveLength(2);
  });

  it('E-04: 429 with Retry-After waits for it', async () => {
    await using wire = await startWire((_request, answer, n) => {
      if (n > 0) return json(answer, reply);
      return json(
        answer,
        { error: { message: 'Slow down', code: 'rate_limit_exceeded' } },
        { status: 429, headers: { 'retry-after-ms': '60' } },
      );
    });
    const before = performance.now();
    expect((await at(wire.url).chat('q')).text).toBe('Hello');
    expect(performance.now() - before).toBeGreaterThanOrEqual(59);
    expect(wire.requests).toHaveLength(2);
  });

  it('E-05: 500 then success: two requests', async () => {
    await using wire = await startWire((_request, answer, n) => {
      return n === 0 ? json(answer, { error: { message: 'oops' } }, { status: 500 }) : json(answer, reply);
    });
    expect((await at(wire.url).chat('q')).text).toBe('Hello');
    expect(wire.requests).toHaveLength(2);
  });

  it('E-05: retry: false is one attempt', async () => {
    await using wire = await startWire(refuse(500, { error: { message: 'oops' } }));
    await expect(at(wire.url, { retry: false }).chat('q')).rejects.toMatchObject({
      code: 'server',
      status: 500,
    });
    expect(wire.requests).toHaveLength(1);
  });

  it('E-04: an HTML page with 502 is retried and named without the page', async () => {
    await using wire = await startWire((_request, answer) => {
      answer.writeHead(502, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>');
    });
    const error = (await at(wire.url)
      .chat('q')
      .catch((thrown: unknown) => thrown)) as MortiseError;
    expect(error).toMatchObject({ code: 'server', status: 502, retryable: true });
    expect(error.message).not.toContain('<html>');
    expect(wire.requests).toHaveLength(3);
  });

  it('E-03: a reset before the headers is connection, and retried', async () => {
    await using wire = await startWire((_request, answer, n) => {
      if (n === 0) answer.socket?.resetAndDestroy();
      else json(answer, reply);
    });
    expect((await at(wire.url).chat('q')).text).toBe('Hello');
    await using dead = await startWire((_request, answer) => void answer.socket?.resetAndDestroy());
    await expect(at(dead.url).chat('q')).rejects.toMatchObject({ code: 'connection', retryable: true });
    await expect(at(dead.url).streamChat('q').final()).rejects.toMatchObject({ code: 'connection' });
  });

  it('E-03: a reset after the first words is connection, with what had arrived', async () => {
    await using wire = await startWire(async (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events)
        answer.write(
          typeof event === 'string' ? `data: ${event}\n\n` : `event: ${event.event}\ndata: ${event.data}\n\n`,
        );
      // The client, in this process, reads what was written in turns of the event loop.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
      answer.socket?.resetAndDestroy();
    });
    const error = (await at(wire.url)
      .streamChat('q')
      .final()
      .catch((thrown: unknown) => thrown)) as MortiseError;
    expect(error).toMatchObject({ code: 'connection', partial: { text: 'Hello' } });
    expect(wire.requests).toHaveLength(1);
  });

  it('E-01: a stream that ends without its terminal event is stream-truncated', async () => {
    await using wire = await startWire((_request, answer) => eventStream(answer, events));
    const error = (await at(wire.url)
      .streamChat('q')
      .final()
      .catch((thrown: unknown) => thrown)) as MortiseError;
    expect(error).toMatchObject({ code: 'stream-truncated', partial: { text: 'Hello' } });
  });

  it('streams to its end', async () => {
    await using wire = await startWire((_request, answer) => eventStream(answer, [...events, end]));
    const { text, finishReason } = await at(wire.url).streamChat('q').final();
    expect([text, finishReason.unified]).toEqual(['Hello', 'stop']);
    const { body } = wire.requests[0]!;
    const input = [{ role: 'user', content: 'q' }];
    expect(body).toEqual(
      api === 'responses'
        ? { model: 'm', input, stream: true }
        : { model: 'm', messages: input, stream: true, stream_options: { include_usage: true } },
    );
  });

  it('E-02: HTML with 200 is malformed-response, whole and streamed', async () => {
    await using wire = await startWire((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    });
    await expect(at(wire.url).chat('q')).rejects.toMatchObject({ code: 'malformed-response' });
    await expect(at(wire.url).streamChat('q').final()).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('E-02: half a JSON body is malformed-response', async () => {
    await using wire = await startWire((_request, answer) =>
      json(answer, JSON.stringify(reply).slice(0, 80)),
    );
    await expect(at(wire.url).chat('q')).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('E-04: an error inside a 200 stream is an error, without the key it repeats', async () => {
    await using wire = await startWire((_request, answer) => eventStream(answer, [...events, failure]));
    const error = (await at(wire.url)
      .streamChat('q')
      .final()
      .catch((thrown: unknown) => thrown)) as MortiseError;
    expect(error).toMatchObject({ code: 'server', partial: { text: 'Hello' } });
    expect(error.message).toContain('Overloaded');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
  });

  it('E-03: an error before the first words is retried', async () => {
    await using wire = await startWire((_request, answer, n) =>
      eventStream(answer, n === 0 ? [failure] : [...events, end]),
    );
    expect((await at(wire.url).streamChat('q').final()).text).toBe('Hello');
    expect(wire.requests).toHaveLength(2);
  });

  it('C-04: a body that stalls is a timeout', async () => {
    await using wire = await startWire((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.write(JSON.stringify(reply).slice(0, 40));
    });
    await expect(at(wire.url, { timeoutMs: 60, retry: false }).chat('q')).rejects.toMatchObject({
      code: 'timeout',
    });
    await using stream = await startWire((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      const [first] = events;
      answer.write(
        typeof first === 'string' ? `data: ${first}\n\n` : `event: ${first!.event}\ndata: ${first!.data}\n\n`,
      );
    });
    await expect(
      at(stream.url, { timeoutMs: 60, retry: false }).streamChat('q').final(),
    ).rejects.toMatchObject({ code: 'timeout' });
  });

  it('C-01: an abort in mid-stream rejects with the caller’s reason and closes the socket', async () => {
    await using wire = await startWire((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events)
        answer.write(
          typeof event === 'string' ? `data: ${event}\n\n` : `event: ${event.event}\ndata: ${event.data}\n\n`,
        );
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    const read = async (): Promise<void> => {
      for await (const event of at(wire.url).streamChat('q', { signal: controller.signal })) {
        if (event.type === 'text-delta') controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(await wire.requests[0]!.closedEarly).toBe(true);
  });

  it('C-01: C-02 an abort of a whole reply rejects with the reason, and an aborted signal sends nothing', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    await using wire = await startWire(() => controller.abort(reason));
    await expect(at(wire.url).chat('q', { signal: controller.signal })).rejects.toBe(reason);
    expect(await wire.requests[0]!.closedEarly).toBe(true);
    await expect(at(wire.url).chat('q', { signal: controller.signal })).rejects.toBe(reason);
    expect(wire.requests).toHaveLength(1);
  });

  it('L-06: leaving a stream closes the socket', async () => {
    await using wire = await startWire((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events)
        answer.write(
          typeof event === 'string' ? `data: ${event}\n\n` : `event: ${event.event}\ndata: ${event.data}\n\n`,
        );
    });
    for await (const text of at(wire.url).streamChat('q').textStream) if (text !== '') break;
    expect(await wire.requests[0]!.closedEarly).toBe(true);
  });

  it('E-02: a reply of the other API is malformed-response', async () => {
    await using wire = await startWire((_request, answer) =>
      json(answer, api === 'responses' ? CHAT_REPLY : RESPONSE_REPLY),
    );
    const error: unknown = await at(wire.url)
      .chat('q')
      .catch((thrown: unknown) => thrown);
    expect(isMortiseError(error, 'malformed-response'), String(error)).toBe(true);
  });
});
