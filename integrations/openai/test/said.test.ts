import { eventStream, json, startWire, type WireHandler } from '@mortise/conformance';
import { isMortiseError, type MortiseError } from '@mortise/core';
import { OpenAILLM } from '@mortise/openai';
import { describe, expect, it } from 'vitest';

const chunk = (delta: object, more: object = {}) =>
  JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, ...more }] });
const stop = chunk({}, { finish_reason: 'stop' });
const call = (entry: object) => chunk({ tool_calls: [entry] });

async function ask(
  api: 'chat-completions' | 'responses',
  handler: WireHandler,
  method: 'chat' | 'streamChat' = 'streamChat',
) {
  await using wire = await startWire(handler);
  const llm = new OpenAILLM({ model: 'm', api, apiKey: 'sk-test', baseURL: `${wire.url}/v1`, retry: false });
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
      'a code and details',
      { event: 'error', data: '{"code":400,"details":"Requested sample logprobs of 21"}' },
      'invalid-request',
      'Requested sample logprobs',
    ],
    [
      'error_type and error_message',
      '{"error_type":"context_length_exceeded","error_message":"It is long"}',
      'context-length',
      'It is long',
    ],
    [
      'a choice with an error',
      chunk({ content: '' }, { finish_reason: 'error', error: { code: 502, message: 'Upstream died' } }),
      'server',
      'Upstream died',
    ],
    ['a finish reason alone', chunk({}, { finish_reason: 'error' }), 'server', 'error'],
    [
      'a malformed call',
      chunk({}, { finish_reason: 'function_call_filter: MALFORMED_FUNCTION_CALL' }),
      'malformed-response',
      'MALFORMED_FUNCTION_CALL',
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
  ])('%s ends a stream', async (_name, event, code, words) => {
    const error = await failure(
      ask('chat-completions', streamed(chunk({ content: 'Hel' }), event, stop, '[DONE]')),
    );
    expect(error).toMatchObject({ code, partial: { text: 'Hel' } });
    expect(error.message).toContain(words);
  });

  it.each<[string, unknown, string, string]>([
    ['an error', { error: { message: 'Rate limited', code: 429 } }, 'rate-limit', 'Rate limited'],
    ['a list', [{ error: { code: 503, message: 'Busy', status: 'UNAVAILABLE' } }], 'overloaded', 'Busy'],
    ['a detail', { detail: 'The model x does not exist' }, 'not-found', 'The model x does not exist'],
    [
      'vLLM',
      { object: 'error', message: 'No such thing', type: 'BadRequestError', code: 400 },
      'invalid-request',
      'No such thing',
    ],
    [
      'what stands behind OpenRouter',
      {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: {
            raw: '{"error":{"message":"This model\'s maximum context length is 262144 tokens."}}',
            provider_name: 'Nvidia',
          },
        },
      },
      'context-length',
      'maximum context length is 262144',
    ],
    [
      'a choice',
      {
        id: 'c',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'Hel' },
            finish_reason: 'error',
            error: { code: 502, message: 'Died' },
          },
        ],
      },
      'server',
      'Died',
    ],
  ])('%s with status 200 is the same to a chat and to a stream request', async (_name, body, code, words) => {
    const answer: WireHandler = (_request, reply) => json(reply, body);
    for (const method of ['chat', 'streamChat'] as const) {
      const error = await failure(ask('chat-completions', answer, method));
      if (method === 'streamChat' && 'choices' in (body as object))
        expect(error.code).toBe('malformed-response');
      else {
        expect(error.code).toBe(code);
        expect(error.message).toContain(words);
      }
    }
  });

  it.each<[number, unknown, string, boolean]>([
    [
      413,
      {
        error: {
          message: 'Request too large for model on tokens per minute (TPM): Limit 6000, Requested 14810',
          type: 'tokens',
          code: 'rate_limit_exceeded',
        },
      },
      'rate-limit',
      false,
    ],
    [
      400,
      { error: { code: 400, message: 'request (9 tokens) exceeds it', type: 'exceed_context_size_error' } },
      'context-length',
      false,
    ],
    [404, { detail: 'The model x does not exist' }, 'not-found', false],
    [
      429,
      { error: { message: 'Rate limit reached. Please try again in 1m2.5s.', code: 'rate_limit_exceeded' } },
      'rate-limit',
      true,
    ],
  ])('E-04: %i (%j) is %s', async (status, body, code, retryable) => {
    const error = await failure(
      ask('chat-completions', (_request, reply) => json(reply, body, { status }), 'chat'),
    );
    expect(error).toMatchObject({ code, status, retryable });
    if (status === 429) expect(error.retryAfterMs).toBe(62_500);
  });

  it('E-04: keeps the sentence of a refusal in plain text', async () => {
    const plain: WireHandler = (_request, reply) => {
      reply.writeHead(503, { 'content-type': 'text/plain' }).end('no healthy upstream');
    };
    expect((await failure(ask('responses', plain, 'chat'))).message).toContain('no healthy upstream');
  });
});

describe('E-01: the end', () => {
  it.each<[string, string[], string, number]>([
    ['a finish reason without [DONE]', [chunk({ content: 'Hel' }), stop], 'stop', 0],
    ['[DONE] with blanks', [chunk({ content: 'Hel' }), stop, '[DONE] '], 'stop', 0],
    ['[DONE] without a finish reason', [chunk({ content: 'Hel' }), '[DONE]'], '', 1],
    [
      'an empty finish reason after stop',
      [chunk({ content: 'Hel' }), stop, chunk({}, { finish_reason: '' }), '[DONE]'],
      'stop',
      0,
    ],
    ['blank data', ['', chunk({ content: 'Hel' }), ' ', stop, '[DONE]'], 'stop', 0],
  ])('%s is a whole reply', async (_name, events, raw, warnings) => {
    const reply = await ask('chat-completions', streamed(...events));
    expect(reply).toMatchObject({ text: 'Hel', finishReason: { raw } });
    expect(reply.warnings).toHaveLength(warnings);
  });

  it('without either is cut', async () => {
    const error = await failure(ask('chat-completions', streamed(chunk({ content: 'Hel' }))));
    expect(error).toMatchObject({ code: 'stream-truncated', partial: { text: 'Hel' } });
  });

  it('E-06: that says calls and has none is no answer, whole and streamed', async () => {
    const ends = streamed(chunk({ content: '' }), chunk({}, { finish_reason: 'tool_calls' }), '[DONE]');
    expect((await failure(ask('chat-completions', ends))).code).toBe('malformed-response');
    const body = { choices: [{ index: 0, message: { content: '' }, finish_reason: 'tool_calls' }] };
    const whole: WireHandler = (_request, reply) => json(reply, body);
    expect((await failure(ask('chat-completions', whole, 'chat'))).code).toBe('malformed-response');
  });
});

describe('W-03: calls', () => {
  const calls = async (...events: string[]) => {
    const end = chunk({}, { finish_reason: 'tool_calls' });
    const { toolCalls } = await ask('chat-completions', streamed(...events, end, '[DONE]'));
    return toolCalls;
  };
  const fn = (name: string | undefined, args: string) => ({
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  });
  const two = [
    { name: 'w', arguments: { city: 'A' } },
    { name: 't', arguments: { tz: 'B' } },
  ];

  it.each<[string, string[]]>([
    [
      'in one delta without index and id',
      [chunk({ tool_calls: [fn('w', '{"city":"A"}'), fn('t', '{"tz":"B"}')] })],
    ],
    [
      'with index 0 and empty ids',
      [
        chunk({
          tool_calls: [
            { index: 0, id: '', ...fn('w', '{"city":"A"}') },
            { index: 0, id: '', ...fn('t', '{"tz":"B"}') },
          ],
        }),
      ],
    ],
    ['one after another without anything', [call(fn('w', '{"city":"A"}')), call(fn('t', '{"tz":"B"}'))]],
    [
      'in pieces that take turns by their place',
      [
        chunk({ tool_calls: [fn('w', '{"city":'), fn('t', '{"tz":')] }),
        chunk({ tool_calls: [fn(undefined, '"A"}'), fn(undefined, '"B"}')] }),
      ],
    ],
    [
      'by index with an id at the first piece alone',
      [
        call({ index: 0, id: 'a', ...fn('w', '') }),
        call({ index: 1, id: 'b', ...fn('t', '') }),
        call({ index: 0, ...fn(undefined, '{"city":"A"}') }),
        call({ index: 1, ...fn(undefined, '{"tz":"B"}') }),
      ],
    ],
    [
      'under new ids with the same index',
      [
        call({ index: 0, id: 'a', ...fn('w', '{"city":"A"}') }),
        call({ index: 0, id: 'b', ...fn('t', '{"tz":"B"}') }),
      ],
    ],
    [
      'by place where the ids change at every piece',
      [
        call({ index: 0, id: 'a1', ...fn('w', '') }),
        call({ index: 0, id: 'a2', ...fn(undefined, '{"city":"A"}') }),
        call({ index: 1, id: 'b1', ...fn('t', '{"tz"') }),
        call({ index: 1, id: 'b2', ...fn('t', ':"B"}') }),
      ],
    ],
    [
      'with their names at every piece',
      [
        call({ index: 0, id: 'a', ...fn('w', '{"city":') }),
        call({ index: 0, id: 'a', ...fn('w', '"A"}') }),
        call({ index: 0, id: 'a', ...fn('w', '') }),
        call({ index: 1, id: 'b', ...fn('t', '{"tz":"B"}') }),
      ],
    ],
    [
      'said again, whole',
      [
        call({ index: 0, id: 'a', ...fn('w', '{"city":"A"}') }),
        call({ index: 1, id: 'b', ...fn('t', '{"tz":"B"}') }),
        call({ index: 0, id: 'a', ...fn('w', '{"city":"A"}') }),
      ],
    ],
  ])('%s are two', async (_name, events) => {
    expect(await calls(...events)).toMatchObject(two);
    const found = await calls(...events);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    expect(found.every(({ id }) => id !== '')).toBe(true);
  });

  it('without ids have other ones in every reply', async () => {
    const of = async () => (await calls(call(fn('w', '{}'))))[0]!.id;
    expect(await of()).not.toBe(await of());
    const body = {
      choices: [
        { index: 0, message: { tool_calls: [fn('w', '{}'), fn('w', '{}')] }, finish_reason: 'tool_calls' },
      ],
    };
    const { toolCalls } = await ask('chat-completions', (_request, reply) => json(reply, body), 'chat');
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
  });
});

describe('W-03: items of a response', () => {
  const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'pay', arguments: '{"eur":5}' };
  const text = (id: string) => ({
    type: 'message',
    id,
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
  });
  const event = (type: string, fields: object) => ({
    event: type,
    data: JSON.stringify({ type, ...fields }),
  });
  const completed = (...output: object[]) =>
    event('response.completed', { response: { id: 'r-end', status: 'completed', output } });
  const created = event('response.created', { response: { id: 'r', model: 'm' } });

  it.each<[string, object]>([
    ['counted from 1', { output_index: 1 }],
    ['not counted', {}],
  ])('%s run once', async (_name, at) => {
    const reply = await ask(
      'responses',
      streamed(
        created,
        event('response.output_item.added', { ...at, item: { ...item, arguments: '' } }),
        event('response.function_call_arguments.delta', { ...at, item_id: 'fc_1', delta: '{"eur":5}' }),
        event('response.output_item.done', { ...at, item }),
        completed(item),
      ),
    );
    expect(reply.toolCalls).toHaveLength(1);
    expect(reply.toolCalls[0]).toMatchObject({ id: 'call_1', name: 'pay', arguments: { eur: 5 } });
    expect(reply.id).toBe('r-end');
  });

  it.each<[string, object]>([
    ['counted from 1, their parts too', { output_index: 1, content_index: 1 }],
    ['not counted', {}],
  ])('of text, %s, say it once', async (_name, at) => {
    const reply = await ask(
      'responses',
      streamed(
        created,
        event('response.output_item.added', { ...at, item: { ...text('m1'), content: [] } }),
        event('response.output_text.delta', { ...at, item_id: 'm1', delta: 'Hel' }),
        event('response.output_text.delta', { ...at, item_id: 'm1', delta: 'lo' }),
        event('response.output_item.done', { ...at, item: text('m1') }),
        completed(text('m1')),
      ),
    );
    expect(reply.text).toBe('Hello');
  });

  it('whose ids change at every event are known by their place', async () => {
    let n = 0;
    const id = (): string => `changing-${n++}`;
    const reply = await ask(
      'responses',
      streamed(
        created,
        event('response.output_item.added', { output_index: 0, item: { ...text(id()), content: [] } }),
        event('response.output_text.delta', {
          output_index: 0,
          content_index: 0,
          item_id: id(),
          delta: 'Hel',
        }),
        event('response.output_text.delta', {
          output_index: 0,
          content_index: 0,
          item_id: id(),
          delta: 'lo',
        }),
        event('response.output_item.done', { output_index: 0, item: text(id()) }),
        event('response.output_item.added', { output_index: 1, item: { ...item, id: id(), arguments: '' } }),
        event('response.function_call_arguments.delta', {
          output_index: 1,
          item_id: id(),
          delta: '{"eur":5}',
        }),
        event('response.output_item.done', { output_index: 1, item: { ...item, id: id() } }),
        completed(text(id()), { ...item, id: id() }),
      ),
    );
    expect(reply.text).toBe('Hello');
    expect(reply.toolCalls).toHaveLength(1);
  });
});

describe('C-07: defaults can be removed', () => {
  it.each([undefined, null])('by %s', async (nothing) => {
    const sent: unknown[] = [];
    const fetch = async (_url: unknown, init?: RequestInit) => {
      sent.push(JSON.parse(init?.body as string));
      return new Response(`data: ${chunk({ content: 'a' })}\n\ndata: ${stop}\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      });
    };
    const llm = new OpenAILLM({ model: 'm', api: 'chat-completions', apiKey: 'sk-test', fetch });
    await llm
      .streamChat('q', {
        maxOutputTokens: 5,
        providerOptions: { openai: { stream_options: nothing, max_completion_tokens: nothing } },
      })
      .final();
    expect(sent).toEqual([{ model: 'm', messages: [{ role: 'user', content: 'q' }], stream: true }]);
  });

  it('by what is declared of the server', async () => {
    const sent: { stream_options?: unknown }[] = [];
    const fetch = async (_url: unknown, init?: RequestInit) => {
      sent.push(JSON.parse(init?.body as string) as object);
      return new Response(`data: ${chunk({ content: 'a' })}\n\ndata: ${stop}\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      });
    };
    const metadata = { capabilities: { usageInStreams: false } };
    await new OpenAILLM({ model: 'm', api: 'chat-completions', apiKey: 'sk-test', fetch, metadata })
      .streamChat('q')
      .final();
    expect(sent[0]).not.toHaveProperty('stream_options');
  });
});
