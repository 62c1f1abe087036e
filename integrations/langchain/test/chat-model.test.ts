import { describe, expect, it } from 'vitest';
import type { ContentBlock, TextBlock, Usage } from '@mortise/core/llm';
import { fromLangChain } from '@mortise/langchain';
import { chatDouble } from './doubles.ts';

const once = { retry: false } as const;

describe('a request to a model of theirs', () => {
  it('carries messages, stop and provider options, and leaves retries to core', async () => {
    const model = chatDouble();
    const llm = fromLangChain(model, { ...once, model: 'm' });
    await llm.chat(
      [
        { role: 'system', content: 's' },
        { role: 'user', content: 'q' },
      ],
      {
        stop: ['END'],
        providerOptions: { langchain: { tags: ['a'] }, openai: { user: 'u' } },
      },
    );
    const [{ messages, options }] = model.asked as [(typeof model.asked)[0]];
    expect(messages).toEqual([
      { type: 'system', content: 's' },
      { type: 'human', content: 'q' },
    ]);
    const { signal, ...rest } = options;
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(rest).toEqual({ maxRetries: 0, stop: ['END'], tags: ['a'] });
  });

  it('binds tools in the form that all of theirs take, and forces them in the standard words', async () => {
    const model = chatDouble({
      reply: {
        content: '',
        tool_calls: [{ id: 'c', name: 'f', args: {} }],
        response_metadata: { finish_reason: 'stop' },
      },
    });
    const llm = fromLangChain(model, once);
    const parameters = { type: 'object', properties: {} };
    const tools = [{ name: 'f', description: 'd', parameters, strict: true }];
    for (const toolChoice of ['required', { tool: 'f' }, 'none', undefined] as const)
      await llm.chat('q', { tools, toolChoice });
    expect(model.asked.map(({ toolOptions }) => toolOptions)).toEqual([
      { tool_choice: 'any' },
      { tool_choice: 'f' },
      { tool_choice: 'none' },
      {},
    ]);
    expect(model.asked[0]?.tools).toEqual([
      { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
    ]);
  });

  it('carries a schema as their agents do, where the model is said to hold to it', async () => {
    const model = chatDouble({ profile: { structuredOutput: true } });
    const schema = { type: 'object' };
    await fromLangChain(model, once).chat('q', { responseFormat: { type: 'json', schema, name: 'n' } });
    expect(model.asked[0]?.options['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'n', schema, strict: true },
    });
    const other = fromLangChain(chatDouble(), once);
    await expect(other.chat('q', { responseFormat: { type: 'json', schema } })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('leaves settings out with a warning, refuses them under strict, and has the model made with them where it can', async () => {
    const model = chatDouble();
    const warned = await fromLangChain(model, once).chat('q', { temperature: 0.5 });
    expect(warned.warnings).toMatchObject([{ type: 'unsupported-setting', setting: 'temperature' }]);
    const strict = fromLangChain(model, once).chat('q', { temperature: 0.5, strict: true });
    await expect(strict).rejects.toMatchObject({ code: 'unsupported' });
    const made: object[] = [];
    const withSettings = (settings: object) => (made.push(settings), chatDouble());
    const llm = fromLangChain(model, { ...once, withSettings, settings: ['temperature'] });
    const { warnings } = await llm.chat('q', { temperature: 0.5, seed: 1 });
    expect(made).toEqual([{ temperature: 0.5 }]);
    expect(warnings).toMatchObject([{ setting: 'seed' }]);
  });

  it('says that a description of a document may be lost, and refuses it under strict', async () => {
    const model = chatDouble();
    const source = { text: 't' };
    const asked = (more: object, strict?: boolean) => {
      const content = [{ type: 'document', source, ...more } as const];
      return fromLangChain(model, once).chat([{ role: 'user', content }], { strict });
    };
    for (const more of [{ title: 'T' }, { context: 'C' }, { citations: true }]) {
      const { warnings } = await asked(more);
      expect(warnings).toMatchObject([{ type: 'unsupported-setting', setting: 'messages' }]);
      await expect(asked(more, true)).rejects.toMatchObject({ code: 'unsupported' });
    }
    expect(model.asked).toHaveLength(3);
    expect((await asked({}, true)).warnings).toEqual([]);
  });

  it('leaves blocks without a place out with a warning, and refuses them under strict', async () => {
    const model = chatDouble();
    const content: ContentBlock[] = [
      { type: 'text', text: 'q' },
      { type: 'mine:mark', value: 1 },
    ];
    const asked = (strict: boolean) =>
      fromLangChain(model, once).chat([{ role: 'user', content }], { strict });
    expect((await asked(false)).warnings).toMatchObject([{ setting: 'mine:mark' }]);
    await expect(asked(true)).rejects.toMatchObject({ code: 'unsupported' });
    expect(model.asked).toHaveLength(1);
  });

  it('hands strict to a model of ours in a class of theirs, and no description is lost', async () => {
    const content = [{ type: 'document', source: { text: 't' }, title: 'T' } as const];
    for (const [type, options] of [
      ['mortise', { mortise: { strict: true } }],
      ['double', undefined],
    ] as const) {
      const model = chatDouble({ type });
      const asked = fromLangChain(model, once).chat([{ role: 'user', content }], { strict: true });
      if (options === undefined) await expect(asked).rejects.toMatchObject({ code: 'unsupported' });
      else expect((await asked).warnings).toEqual([]);
      expect(model.asked[0]?.options).toEqual(options && expect.objectContaining(options));
    }
  });

  it('refuses tools before anything is sent where the model has no bindTools', async () => {
    const model = chatDouble({ bindTools: undefined });
    const asked = fromLangChain(model, once).chat('q', { tools: [{ name: 'f', parameters: {} }] });
    await expect(asked).rejects.toMatchObject({ code: 'unsupported' });
    expect(model.asked).toEqual([]);
  });
});

const usage = {
  input_tokens: 10,
  output_tokens: 5,
  total_tokens: 15,
  input_token_details: { cache_read: 4, cache_creation: 2 },
  output_token_details: { reasoning: 3 },
};

describe('a reply of theirs', () => {
  it('gives content, calls, usage with its parts, the end, the model and the id', async () => {
    const model = chatDouble({
      reply: {
        id: 'r1',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'c2ln', index: 0 },
          { type: 'text', text: 'yes' },
          { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
          { type: 'web_result', url: 'u' },
        ],
        tool_calls: [{ id: 'c1', name: 'f', args: { a: 1 }, type: 'tool_call' }],
        invalid_tool_calls: [{ id: 'c2', name: 'g', args: '{"b', error: 'Malformed' }],
        usage_metadata: usage,
        additional_kwargs: { stop_reason: 'tool_use', container: { id: 'x' } },
        response_metadata: { model_name: 'm-1', model_provider: 'anthropic' },
      },
    });
    const reply = await fromLangChain(model, once).chat('q');
    const owner = 'langchain@double';
    expect(reply.message.content).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        signature: 'c2ln',
        providerMetadata: { langchain: { type: 'thinking' } },
        owner,
      },
      { type: 'text', text: 'yes' },
      {
        ...{ type: 'tool-call', id: 'c1', name: 'f', arguments: { a: 1 } },
        providerMetadata: { langchain: { type: 'tool_use' } },
        owner,
      },
      { type: 'langchain:web_result', value: { type: 'web_result', url: 'u' }, owner },
      { type: 'tool-call', id: 'c2', name: 'g', arguments: {}, invalid: true, argumentsText: '{"b' },
      { type: 'langchain:message', value: { additional_kwargs: { container: { id: 'x' } } }, owner },
    ]);
    expect(reply).toMatchObject({
      id: 'r1',
      model: 'm-1',
      provider: 'langchain',
      finishReason: { unified: 'tool-calls', raw: 'tool_use' },
      usage: {
        ...{ inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedInputTokens: 4, cacheWriteTokens: 2 },
        reasoningTokens: 3,
      },
    });
  });

  it('goes back as it came, through JSON', async () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'ZW5j' },
      { type: 'reasoning', reasoning: 'r', id: 'rs_1', extras: { a: 1 } },
      { type: 'text', text: 'yes', citations: [{ type: 'char_location', cited_text: 'w' }] },
      { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 }, caller: 'x' },
      { type: 'server_tool_use', id: 's', input: { q: 1 } },
    ];
    const tool_calls = [{ id: 'c1', name: 'f', args: { a: 1 }, type: 'tool_call' }];
    const said = { finish_reason: 'tool_calls', output_version: 'v0', model_provider: 'p' };
    const model = chatDouble({
      reply: { content, tool_calls, additional_kwargs: { signatures: ['s'] }, response_metadata: said },
    });
    const llm = fromLangChain(model, once);
    const { message } = await llm.chat('q');
    await llm.chat([{ role: 'user', content: 'q' }, JSON.parse(JSON.stringify(message)) as typeof message]);
    expect((model.asked[1]!.messages as unknown[])[1]).toEqual({
      ...{ type: 'ai', content, tool_calls, additional_kwargs: { signatures: ['s'] } },
      response_metadata: { output_version: 'v0', model_provider: 'p' },
    });
  });

  it('has counts that are absent where they are unknown, and no id of a run', async () => {
    const reply = {
      id: 'run-1',
      content: 'yes',
      usage_metadata: { input_tokens: undefined, input_token_details: { cache_read: undefined } },
      response_metadata: { finish_reason: 'stop' },
    };
    const { usage: counts, id } = await fromLangChain(chatDouble({ reply }), once).chat('q');
    const { raw: _raw, ...known } = counts;
    expect({ known, id }).toEqual({ known: {}, id: undefined });
  });

  it.each([
    [{ finish_reason: 'length' }, 'length'],
    [{ finishReason: 'MAX_TOKENS' }, 'length'],
    [{ stop_reason: 'end_turn' }, 'stop'],
    [{ messageStop: { stopReason: 'guardrail_intervened' } }, 'content-filter'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ done_reason: 'stop' }, 'stop'],
    [{ stop_reason: 'pause_turn' }, 'pause'],
  ])('ends as %j says', async (response_metadata, unified) => {
    const llm = fromLangChain(chatDouble({ reply: { content: 'y', response_metadata } }), once);
    expect((await llm.chat('q')).finishReason.unified).toBe(unified);
  });

  it('is whole with a warning where it does not say why it ended', async () => {
    const { text, warnings } = await fromLangChain(chatDouble({ reply: { content: 'y' } }), once).chat('q');
    expect({ text, warnings: warnings.length }).toEqual({ text: 'y', warnings: 1 });
  });
});

describe('a stream of theirs', () => {
  const chunks = [
    { id: 'r', content: '', additional_kwargs: { reasoning_content: 'h' } },
    { content: '', additional_kwargs: { reasoning_content: 'm' } },
    { content: 'ye' },
    { content: 's' },
    { content: '', tool_call_chunks: [{ id: 'c1', name: 'f', args: '{"a"', index: 0 }] },
    { content: '', tool_call_chunks: [{ id: 'c2', name: 'g', args: '{', index: 1 }] },
    { content: '', tool_call_chunks: [{ args: ':1}', index: 0 }] },
    { content: '', response_metadata: { finish_reason: 'tool_calls', model_name: 'm-1' } },
    { content: '', usage_metadata: { input_tokens: 3, output_tokens: 0, total_tokens: 3 } },
    { content: '', usage_metadata: { input_tokens: 0, output_tokens: 2, total_tokens: 2 } },
  ];

  it('gives deltas by their place, calls by their index, and counts that add up', async () => {
    const stream = fromLangChain(chatDouble({ chunks }), once).streamChat('q');
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([
      ...['start', 'reasoning-delta', 'reasoning-delta', 'text-delta', 'text-delta'],
      ...['tool-call-start', 'tool-call-delta', 'tool-call-start', 'tool-call-delta', 'tool-call-delta'],
      ...['usage', 'usage', 'block', 'block', 'block', 'block', 'finish'],
    ]);
    const reply = await stream.final();
    const { raw: _raw, ...counts } = reply.usage;
    expect(counts).toEqual({ inputTokens: 3, outputTokens: 2, totalTokens: 5 });
    expect(reply.message.content).toMatchObject([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'yes' },
      { type: 'tool-call', id: 'c1', arguments: { a: 1 } },
      { type: 'tool-call', id: 'c2', invalid: true, argumentsText: '{' },
    ]);
    expect(reply).toMatchObject({ id: 'r', model: 'm-1', finishReason: { unified: 'tool-calls' } });
  });

  it('puts blocks together by their index, as a whole reply has them', async () => {
    const pieces = [
      { content: [{ type: 'thinking', thinking: 'h', index: 0 }] },
      { content: [{ type: 'thinking', thinking: 'm', index: 0 }] },
      { content: [{ type: 'thinking', signature: 'c2ln', index: 0 }] },
      { content: [{ type: 'text', text: 'ye', index: 1 }] },
      { content: [{ type: 'text', text: 's', index: 1 }] },
      {
        content: [{ type: 'tool_use', id: 'c1', name: 'f', input: '', index: 2 }],
        tool_call_chunks: [{ id: 'c1', name: 'f', args: '', index: 2 }],
      },
      {
        content: [{ type: 'input_json_delta', input: '{"a":1}', index: 2 }],
        tool_call_chunks: [{ args: '{"a":1}', index: 2 }],
      },
      { content: [], additional_kwargs: { stop_reason: 'tool_use' } },
    ];
    const reply = {
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'text', text: 'yes' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
      ],
      tool_calls: [{ id: 'c1', name: 'f', args: { a: 1 } }],
      additional_kwargs: { stop_reason: 'tool_use' },
    };
    const llm = fromLangChain(chatDouble({ chunks: pieces, reply }), once);
    expect((await llm.streamChat('q').final()).message).toEqual((await llm.chat('q')).message);
  });

  it('is cut where the model always says why it ends, and did not', async () => {
    const cut = chatDouble({ type: 'openai', chunks: chunks.slice(0, 4) });
    const error = await fromLangChain(cut, once)
      .streamChat('q')
      .final()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'stream-truncated', partial: { text: 'yes' } });
    const whole = fromLangChain(cut, { ...once, saysWhyItEnds: false });
    expect((await whole.streamChat('q').final()).text).toBe('yes');
  });

  it('is no answer where nothing came', async () => {
    const asked = fromLangChain(chatDouble({ chunks: [] }), once)
      .streamChat('q')
      .final();
    await expect(asked).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('what the API sent, where a model of OpenAI gives it', () => {
  const page = { url: 'https://a.test', title: 'A', start_index: 0, end_index: 3 };
  const annotations = [{ type: 'url_citation', url_citation: page }, { type: 'other' }];
  const raw = (said: object) => ({
    __raw_response: { created: 1_700_000_000, model: 'm-1', choices: [said] },
  });
  const citation = { type: 'citation', url: 'https://a.test', title: 'A', start: 0, end: 3 };
  const expected = {
    message: { content: [{ type: 'text', text: 'yes', citations: [citation] }] },
    ...{ model: 'm-1', createdAt: '2023-11-14T22:13:20.000Z' },
  };

  it('tells when a reply was made, by which model, and what it rests on', async () => {
    const reply = {
      content: 'yes',
      additional_kwargs: raw({ message: { annotations } }),
      response_metadata: { finish_reason: 'stop' },
    };
    const model = chatDouble({ reply });
    const llm = fromLangChain(model, once);
    const { message, ...rest } = await llm.chat('q');
    expect({ message, ...rest }).toMatchObject(expected);
    expect(message.content).toHaveLength(1);
    await llm.chat([{ role: 'user', content: 'q' }, message]);
    expect(model.asked[1]?.messages).toEqual([
      { type: 'human', content: 'q' },
      { type: 'ai', content: 'yes' },
    ]);
  });

  it('tells it in a stream from the start', async () => {
    const chunks = [
      { content: 'ye', additional_kwargs: raw({ delta: {} }) },
      { content: 's', additional_kwargs: raw({ delta: { annotations } }) },
      { content: '', additional_kwargs: raw({}), response_metadata: { finish_reason: 'stop' } },
    ];
    const stream = fromLangChain(chatDouble({ chunks }), once).streamChat('q');
    const events = [];
    for await (const event of stream) events.push(event);
    const { model, createdAt } = expected;
    expect(events[0]).toMatchObject({ type: 'start', model, createdAt });
    expect(events).toContainEqual(expect.objectContaining({ type: 'citation', index: 0, citation }));
    const response = await stream.final();
    expect(response).toMatchObject(expected);
    expect(response.message.content).toHaveLength(1);
  });

  it('says nothing where it is no completion', async () => {
    for (const __raw_response of [null, 'x', { created: 1e300, choices: [null], model: 3 }]) {
      const reply = { content: 'yes', additional_kwargs: { __raw_response } };
      const { createdAt, citations, message } = await fromLangChain(chatDouble({ reply }), once).chat('q');
      expect({ createdAt, citations, message }).toMatchObject({
        createdAt: undefined,
        citations: [],
        message: { content: [{ type: 'text', text: 'yes' }] },
      });
    }
  });
});

describe('what ChatAnthropic counts', () => {
  const said = { model_provider: 'anthropic', stop_reason: 'end_turn' };
  const zeros = { input_token_details: { cache_creation: 0, cache_read: 0 } };
  const counted = ({ raw: _raw, ...counts }: Usage) => counts;

  it('is not added up in a stream: each count of the output is of all so far', async () => {
    const chunks = [
      {
        content: '',
        usage_metadata: { input_tokens: 20, output_tokens: 1, total_tokens: 21, ...zeros },
        response_metadata: { model_provider: 'anthropic', usage: { cache_read_input_tokens: null } },
      },
      { content: 'yes' },
      { content: '', usage_metadata: { input_tokens: 0, output_tokens: 4, total_tokens: 4 } },
      {
        content: '',
        usage_metadata: { input_tokens: 0, output_tokens: 7, total_tokens: 7 },
        response_metadata: { stop_reason: 'end_turn' },
      },
    ];
    const { usage: counts } = await fromLangChain(chatDouble({ chunks }), once).streamChat('q').final();
    expect(counted(counts)).toEqual({ inputTokens: 20, outputTokens: 7, totalTokens: 27 });
  });

  it('has no zero that the server did not say', async () => {
    const of = async (more: object) => {
      const usage_metadata = { input_tokens: 20, output_tokens: 7, total_tokens: 27, ...zeros };
      const reply = { content: 'yes', usage_metadata, response_metadata: { ...said, ...more } };
      return counted((await fromLangChain(chatDouble({ reply }), once).chat('q')).usage);
    };
    const counts = { inputTokens: 20, outputTokens: 7, totalTokens: 27 };
    expect(await of({ usage: { input_tokens: 20, output_tokens: 7 } })).toEqual(counts);
    expect(await of({ usage: { cache_read_input_tokens: 0 } })).toEqual({ ...counts, cachedInputTokens: 0 });
  });
});

it('a result that is one text goes to a model of theirs as a string', async () => {
  const model = chatDouble();
  const call = { type: 'tool-call', id: 'c1', name: 'f', arguments: {} } as const;
  const resultOf = async (content: TextBlock[]) => {
    await fromLangChain(model, once).chat([
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', content }] },
    ]);
    return (model.asked.at(-1)!.messages as { content: unknown }[])[1]?.content;
  };
  const block = { type: 'text', text: 'one' } as const;
  expect(await resultOf([block])).toBe('one');
  expect(await resultOf([block, block])).toEqual([block, block]);
});

describe('a failure of theirs', () => {
  const failing = (fields: object, message = 'No.') =>
    chatDouble({ reply: Object.assign(new Error(message), fields) });

  it.each([
    [
      { status: 429, error: { message: 'Slow down.' } },
      { code: 'rate-limit', status: 429, retryable: true },
    ],
    [
      { status: 401, lc_error_code: 'MODEL_AUTHENTICATION' },
      { code: 'authentication', retryable: false },
    ],
    [{ statusCode: 503 }, { code: 'overloaded', status: 503 }],
    [{ response: { status: 404, data: { error: 'none' } } }, { code: 'not-found' }],
    [{ $metadata: { httpStatusCode: 500 } }, { code: 'server' }],
    [{ error: { type: 'overloaded_error', message: 'Busy.' } }, { code: 'overloaded' }],
    [{ name: 'ContextOverflowError' }, { code: 'context-length' }],
    [
      { name: 'ContextOverflowError', cause: { status: 400 } },
      { code: 'context-length', status: 400 },
    ],
    [{ name: 'ModelRefusalError' }, { code: 'content-filter' }],
    [{ lc_error_code: 'MODEL_RATE_LIMIT' }, { code: 'rate-limit' }],
    [{ name: 'SyntaxError' }, { code: 'malformed-response' }],
    [{ name: 'TimeoutError' }, { code: 'timeout' }],
  ])('is typed: %j', async (fields, expected) => {
    const error: unknown = await fromLangChain(failing(fields), once)
      .chat('q')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...expected, provider: 'langchain' });
  });

  it('reads how long to wait, in headers of any shape', async () => {
    const model = failing({ status: 429, headers: { 'retry-after': '7' } });
    const asked = fromLangChain(model, once).chat('q');
    await expect(asked).rejects.toMatchObject({ retryAfterMs: 7000 });
  });

  it('does not show what theirs name as secret, nor where their troubles are explained', async () => {
    const message = 'Key sk-secret-1 is wrong.\n\nTroubleshooting URL: https://example.com';
    const reply = Object.assign(new Error(message), { status: 401 });
    const model = chatDouble({ reply, lc_secrets: { apiKey: 'KEY' }, apiKey: 'sk-secret-1' });
    const error = await fromLangChain(model, once)
      .chat('q')
      .catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).not.toMatch(/sk-secret-1|Troubleshooting/);
  });

  it('does not show credentials of the address that ChatAnthropic keeps', async () => {
    const reply = Object.assign(new Error('No route to user-1:word-1.'), { status: 502 });
    const model = chatDouble({ reply, apiUrl: 'https://user-1:word-1@a.test' });
    const error = await fromLangChain(model, once)
      .chat('q')
      .catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).not.toMatch(/user-1|word-1/);
  });

  it('is repeated by core alone', async () => {
    const model = failing({ status: 503 });
    const asked = fromLangChain(model, { retry: { maxAttempts: 2, baseDelayMs: 1 } }).chat('q');
    await expect(asked).rejects.toMatchObject({ code: 'overloaded' });
    expect(model.asked.map(({ options }) => options['maxRetries'])).toEqual([0, 0]);
  });

  it('is the reason of the caller, where it went away', async () => {
    const controller = new AbortController();
    const reason = new Error('mine');
    const reply = () => (controller.abort(reason), new Promise(() => undefined));
    const asked = fromLangChain(chatDouble({ reply }), once).chat('q', { signal: controller.signal });
    await expect(asked).rejects.toBe(reason);
  });
});
