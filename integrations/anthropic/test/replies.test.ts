import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AnthropicLLM } from '@mortise/anthropic';
import { textFact, json, startWire, eventStream } from '@mortise/conformance';
import type { ChatResponse, ChatStreamEvent } from '@mortise/core';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const fixtures = ['thinking', 'server-tools'] as const;

async function whole(body: unknown): Promise<ChatResponse> {
  await using wire = await startWire((_request, reply) => json(reply, body));
  return await new AnthropicLLM({ model: 'claude-test', name: 'test', baseURL: wire.url }).chat('Hi');
}

async function streamed(sse: string, chunk = sse.length) {
  await using wire = await startWire(async (_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const bytes = Buffer.from(sse);
    for (let at = 0; at < bytes.length; at += chunk) {
      reply.write(bytes.subarray(at, at + chunk));
      if (chunk < sse.length) await new Promise((resolve) => setImmediate(resolve));
    }
    reply.end();
  });
  const stream = new AnthropicLLM({
    model: 'claude-test',
    name: 'test',
    baseURL: wire.url,
    retry: false,
  }).streamChat('Hi');
  const events: ChatStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, response: await stream.final() };
}

/** Without the mark of the server: what it is for stands in the conformance suite. */
const unowned = (block: object): object =>
  Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'owner'));

function comparable({ usage: { raw: _raw, ...usage }, providerMetadata: _metadata, ...rest }: ChatResponse) {
  return { ...rest, usage };
}

describe.each(fixtures)('%s', (name) => {
  it('L-04: gives the same whole and streamed', async () => {
    const { response } = await streamed(fixture(`${name}.sse`));
    expect(comparable(response)).toEqual(comparable(await whole(fixture(`${name}.json`))));
  });

  it.each([1, 7, 64, 1000])('W-01: gives the same in chunks of %i bytes', async (chunk) => {
    const { response } = await streamed(fixture(`${name}.sse`), chunk);
    expect(comparable(response)).toEqual(comparable(await whole(fixture(`${name}.json`))));
  });

  it.each(['\r\n', '\r'])('W-01: gives the same with lines that end in %j', async (end) => {
    const { response } = await streamed(fixture(`${name}.sse`).replaceAll('\n', end));
    expect(comparable(response)).toEqual(comparable(await whole(fixture(`${name}.json`))));
  });

  it('C-07: sends its message back as the API gave it, also after a trip through JSON', async () => {
    const { content } = JSON.parse(fixture(`${name}.json`)) as { content: Record<string, unknown>[] };
    const { response } = await streamed(fixture(`${name}.sse`));
    const message = JSON.parse(JSON.stringify(response.message)) as typeof response.message;
    await using wire = await startWire((_request, reply) => json(reply, fixture(`${name}.json`)));
    await new AnthropicLLM({ model: 'claude-test', name: 'test', baseURL: wire.url }).chat([
      { role: 'user', content: 'Hi' },
      message,
    ]);
    const { messages } = wire.requests[0]!.body as { messages: [unknown, { content: unknown }] };
    // A default, an absence and an empty text are not told.
    const expected = content
      .filter(({ type, text }) => type !== 'text' || text !== '')
      .map(({ caller, citations, ...block }) => ({
        ...block,
        ...(caller != null && (block['type'] !== 'tool_use' || (caller as { type: string }).type !== 'direct')
          ? { caller }
          : {}),
        ...(citations == null ? {} : { citations }),
      }));
    expect(messages[1].content).toEqual(expected);
  });
});

describe('the thinking fixture', () => {
  it('keeps signature and redacted data byte for byte', async () => {
    const { response } = await streamed(fixture('thinking.sse'));
    const [thinking, redacted] = response.message.content;
    const { content } = JSON.parse(fixture('thinking.json')) as {
      content: { signature: string; data: string }[];
    };
    expect(unowned(thinking!)).toEqual({
      type: 'reasoning',
      text: 'The user wants the weather — in Zürich. I need the tool. ☔',
      signature: content[0]!.signature,
    });
    expect(textFact((thinking as { signature: string }).signature)).toEqual(textFact(content[0]!.signature));
    expect(unowned(redacted!)).toEqual({ type: 'reasoning', text: '', encrypted: content[1]!.data });
  });

  it('gives tool calls with parsed arguments and the caller of those that Anthropic runs code for', async () => {
    const { response } = await streamed(fixture('thinking.sse'));
    expect(response.toolCalls.map(unowned)).toEqual([
      {
        type: 'tool-call',
        id: 'toolu_01weather',
        name: 'get_weather',
        arguments: { city: 'Zürich', days: 2, nested: { unit: 'C', list: [1, 2.5, null] } },
      },
      {
        type: 'tool-call',
        id: 'toolu_01time',
        name: 'now',
        arguments: {},
        providerMetadata: {
          anthropic: { caller: { type: 'code_execution_20260120', tool_id: 'srvtoolu_01code' } },
        },
      },
    ]);
    expect(response.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_use' });
    expect(response).toMatchObject({
      id: 'msg_01ThinkAndCall',
      model: 'claude-opus-5-5',
      text: 'Let me look it up.',
    });
    expect(response).not.toHaveProperty('createdAt');
  });

  it('L-01, L-02: counts the whole prompt, replaces field by field and ignores nulls', async () => {
    const { response, events } = await streamed(fixture('thinking.sse'));
    expect(response.usage).toEqual({
      inputTokens: 2140,
      outputTokens: 210,
      totalTokens: 2350,
      cachedInputTokens: 2000,
      cacheWriteTokens: 100,
      reasoningTokens: 90,
      raw: expect.objectContaining({ input_tokens: 40, output_tokens: 210, service_tier: 'standard' }),
    });
    const first = events.find((event) => event.type === 'usage');
    expect(first).toMatchObject({ usage: { inputTokens: 2140, outputTokens: 3 } });
  });

  it('L-03: tells everything as it comes, each at its place', async () => {
    const { events } = await streamed(fixture('thinking.sse'));
    const seen = events.map((event) =>
      'index' in event ? `${event.type} ${event.index as number}` : event.type,
    );
    expect(seen).toEqual([
      'start',
      'usage',
      'reasoning-delta 0',
      'reasoning-delta 0',
      'block 0',
      'block 1',
      'text-delta 2',
      'text-delta 2',
      'tool-call-start 3',
      'tool-call-delta 3',
      'tool-call-delta 3',
      'tool-call-start 4',
      'block 3',
      'block 4',
      'block 2',
      'finish',
    ]);
  });
});

describe('the server tools fixture', () => {
  it('W-02: keeps server tools and unknown blocks as provider blocks, at dense places', async () => {
    const { response } = await streamed(fixture('server-tools.sse'));
    const { content } = JSON.parse(fixture('server-tools.json')) as { content: { type: string }[] };
    const raw = (at: number) => ({ ...content[at]!, type: `anthropic:${content[at]!.type}` });
    expect(response.message.content).toHaveLength(6);
    expect(unowned(response.message.content[0]!)).toEqual(raw(0));
    expect(unowned(response.message.content[1]!)).toEqual(raw(1));
    expect(response.message.content[4]).toEqual({ type: 'text', text: '' });
    expect(unowned(response.message.content[5]!)).toEqual(raw(5));
    expect(response.toolCalls).toEqual([]);
  });

  it('gives citations with their text, original included', async () => {
    const { response } = await streamed(fixture('server-tools.sse'));
    const { content } = JSON.parse(fixture('server-tools.json')) as { content: { citations: unknown[] }[] };
    const [web, chars, search] = content[3]!.citations;
    expect(response.citations).toEqual([
      {
        type: 'citation',
        url: 'https://example.org/saentis',
        title: 'Säntis',
        quote: 'Mit 2502 Metern ...',
        providerMetadata: { anthropic: web },
      },
      {
        type: 'citation',
        title: 'Peaks',
        quote: '2,502 m',
        source: 1,
        providerMetadata: { anthropic: chars },
      },
      {
        type: 'citation',
        quote: 'Säntis, 2502 m.',
        source: 'https://example.org/list',
        providerMetadata: { anthropic: search },
      },
    ]);
    expect(response.text).toBe('The Säntis is 2,502 metres high');
  });

  it('gives what it does not model as metadata', async () => {
    const container = { id: 'container_01', expires_at: '2026-11-22T10:00:00Z' };
    const { response } = await streamed(fixture('server-tools.sse'));
    expect(response.finishReason).toEqual({ unified: 'pause', raw: 'pause_turn' });
    expect(response.providerMetadata).toEqual({ anthropic: { container } });
    expect((await whole(fixture('server-tools.json'))).providerMetadata).toEqual({
      anthropic: { container },
    });
  });
});

const message = (fields: object) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 4 },
  ...fields,
});

it.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content-filter'],
  ['pause_turn', 'pause'],
  ['a_reason_of_2030', 'other'],
])('the stop reason %s is %s', async (raw, unified) => {
  expect((await whole(message({ stop_reason: raw }))).finishReason).toEqual({ unified, raw });
});

it('L-01: a count that was not given is absent, and null is not zero', async () => {
  const { usage } = await whole(
    message({ usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: null } }),
  );
  expect(usage).toEqual({ inputTokens: 3, outputTokens: 4, totalTokens: 7, raw: expect.any(Object) });
  expect((await whole(message({ usage: undefined }))).usage).toEqual({});
});

it.each([
  { input_tokens: -5, cache_read_input_tokens: 9 },
  { input_tokens: 1.5, cache_creation_input_tokens: 0.5 },
])('L-01: %o, of which a part counts nothing, is no count in sum either', async (counts) => {
  const { usage, warnings } = await whole(message({ usage: { ...counts, output_tokens: 4 } }));
  expect(usage.inputTokens).toBeUndefined();
  expect(warnings).toMatchObject([{ setting: 'usage' }]);
});

it('gives the details of a refusal and the stop sequence as metadata', async () => {
  const stop_details = { type: 'refusal', category: 'bio', explanation: 'No.' };
  const refused = await whole(message({ stop_reason: 'refusal', stop_details, stop_sequence: null }));
  expect(refused.providerMetadata).toEqual({ anthropic: { stop_details } });
  const stopped = await whole(message({ stop_reason: 'stop_sequence', stop_sequence: 'END' }));
  expect(stopped.providerMetadata).toEqual({ anthropic: { stop_sequence: 'END' } });
});

const event = (data: { type: string; [member: string]: unknown }) => ({
  event: data.type,
  data: JSON.stringify(data),
});
const start = event({ type: 'message_start', message: message({ stop_reason: null }) });
const stop = event({ type: 'message_stop' });

async function fromEvents(...events: { event: string; data: string }[]) {
  await using wire = await startWire((_request, reply) => eventStream(reply, [start, ...events, stop]));
  return await new AnthropicLLM({ model: 'claude-test', name: 'test', baseURL: wire.url, retry: false })
    .streamChat('Hi')
    .final();
}

it('takes the arguments of a tool call from its start, where a server sends no deltas', async () => {
  const content_block = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } };
  const { toolCalls } = await fromEvents(event({ type: 'content_block_start', index: 0, content_block }));
  expect(toolCalls).toEqual([{ type: 'tool-call', id: 'toolu_1', name: 'f', arguments: { a: 1 } }]);
});

it.each([
  ['empty', '', { arguments: {} }],
  ['null', 'null', { arguments: {} }],
  ['cut off', '{"a": ', { arguments: {}, invalid: true, argumentsText: '{"a": ' }],
])('gives tool arguments that are %s', async (_title, partial_json, expected) => {
  const content_block = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
  const { toolCalls } = await fromEvents(
    event({ type: 'content_block_start', index: 0, content_block }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json } }),
    event({ type: 'content_block_stop', index: 0 }),
  );
  expect(toolCalls).toEqual([{ type: 'tool-call', id: 'toolu_1', name: 'f', ...expected }]);
});

it('keeps thinking that is not shown, with its signature', async () => {
  const { message: reply } = await fromEvents(
    event({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'Eq==' } }),
    event({ type: 'content_block_stop', index: 0 }),
  );
  expect(reply.content.map(unowned)).toEqual([{ type: 'reasoning', text: '', signature: 'Eq==' }]);
});

it('completes: one prompt, one text', async () => {
  await using wire = await startWire((_request, reply) =>
    json(reply, message({ content: [{ type: 'text', text: 'ok' }] })),
  );
  const llm = new AnthropicLLM({ model: 'claude-test', name: 'test', baseURL: wire.url });
  expect(await llm.complete('Hi')).toMatchObject({ text: 'ok', model: 'm' });
});
