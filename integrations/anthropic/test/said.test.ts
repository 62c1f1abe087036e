import { describe, expect, it } from 'vitest';
import { AnthropicLLM } from '@mortise/anthropic';
import { eventStream, json, startWire } from '@mortise/conformance';
import type { ChatInput, ChatResponse } from '@mortise/core';

const event = (type: string, fields: object = {}) => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
});
const message = (fields: object = {}) =>
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 9, output_tokens: 1 },
      ...fields,
    },
  });
const use = (id: string, input: object) => ({ type: 'tool_use', id, name: 'pay', input });
const open = (index: number, block: object) => event('content_block_start', { index, content_block: block });
const text = (index: number, words: string) =>
  event('content_block_delta', { index, delta: { type: 'text_delta', text: words } });
const json_ = (index: number, part: string) =>
  event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: part } });
const close = (index: number) => event('content_block_stop', { index });
const end = (reason: string, usage: object = { output_tokens: 5 }) =>
  event('message_delta', { delta: { stop_reason: reason }, usage });
const stop = event('message_stop');

async function read(...events: { event: string; data: string }[]): Promise<ChatResponse> {
  await using wire = await startWire((_request, reply) => eventStream(reply, events));
  const llm = new AnthropicLLM({ model: 'm', apiKey: 'sk-test', baseURL: wire.url, retry: false });
  return await llm.streamChat('Hi').final();
}

describe('W-03: content in any place of a stream', () => {
  const told = message({
    content: [{ type: 'text', text: 'Hel' }, use('t1', { eur: 5 })],
    stop_reason: 'tool_use',
  });

  it('is taken from message_start', async () => {
    const { text: words, toolCalls, finishReason } = await read(told, stop);
    expect([words, finishReason.unified]).toEqual(['Hel', 'tool-calls']);
    expect(toolCalls).toMatchObject([{ id: 't1', name: 'pay', arguments: { eur: 5 } }]);
  });

  it('is not told twice when events bring it again', async () => {
    const again = await read(
      told,
      open(0, { type: 'text', text: '' }),
      text(0, 'Hel'),
      close(0),
      open(1, use('t1', {})),
      json_(1, '{"eur":5}'),
      close(1),
      end('tool_use'),
      stop,
    );
    expect(again.text).toBe('Hel');
    expect(again.toolCalls).toMatchObject([{ id: 't1', arguments: { eur: 5 } }]);
  });

  it('stands beside what comes after it', async () => {
    const { text: words, toolCalls } = await read(
      told,
      open(2, { type: 'text', text: '' }),
      text(2, 'lo'),
      close(2),
      end('end_turn'),
      stop,
    );
    expect([words, toolCalls.length]).toEqual(['Hello', 1]);
  });
});

it('W-03: a call that is opened again under its id runs once, and one under another id is another', async () => {
  const { toolCalls } = await read(
    message(),
    open(0, use('t1', {})),
    json_(0, '{"eur":5}'),
    close(0),
    open(0, use('t1', {})),
    json_(0, '{"eur":5}'),
    close(0),
    open(0, use('t2', { eur: 6 })),
    close(0),
    end('tool_use'),
    stop,
  );
  expect(toolCalls.map(({ id, arguments: args }) => [id, args['eur']])).toEqual([
    ['t1', 5],
    ['t2', 6],
  ]);
});

it('W-03: calls without ids get ids of their own', async () => {
  const of = async () =>
    (
      await read(
        message(),
        open(0, use('', { eur: 1 })),
        close(0),
        open(1, use('', { eur: 1 })),
        close(1),
        end('tool_use'),
        stop,
      )
    ).toolCalls;
  const ids = [...(await of()), ...(await of())].map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
  expect(ids).not.toContain('');
});

it('W-03: two messages in one stream do not mix, and one that starts twice is one', async () => {
  const words = [open(0, { type: 'text', text: '' }), text(0, 'Hel'), close(0)];
  await expect(
    read(message(), ...words, message({ id: 'msg_2' }), end('end_turn'), stop),
  ).rejects.toMatchObject({
    code: 'malformed-response',
    partial: { text: 'Hel' },
  });
  expect((await read(message(), message(), ...words, end('end_turn'), stop)).text).toBe('Hel');
});

it('L-02: zeros after counts do not undo them', async () => {
  const { usage } = await read(
    message(),
    open(0, { type: 'text', text: 'a' }),
    close(0),
    end('end_turn', { input_tokens: 0, output_tokens: 5, cache_read_input_tokens: 0 }),
    end('end_turn', { output_tokens: 0 }),
    stop,
  );
  expect(usage).toMatchObject({ inputTokens: 9, outputTokens: 5, totalTokens: 14 });
});

it('E-06: an event named error without a type is what it says', async () => {
  const failure = { event: 'error', data: '{"error":{"type":"overloaded_error"}}' };
  await expect(read(message(), open(0, { type: 'text', text: 'Hel' }), failure)).rejects.toMatchObject({
    code: 'overloaded',
    partial: { text: 'Hel' },
  });
});

describe('what the API refuses', () => {
  const sent = async (input: ChatInput) => {
    const reply = { content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' };
    await using wire = await startWire((_request, answer) => json(answer, reply));
    await new AnthropicLLM({ model: 'm', apiKey: 'sk-test', baseURL: wire.url }).chat(input);
    return (wire.requests[0]!.body as { messages: { content: Record<string, unknown>[] }[] }).messages;
  };

  it('is not sent: blanks at the end of the last answer', async () => {
    const messages = await sent([
      { role: 'user', content: 'Go on.' },
      { role: 'assistant', content: [{ type: 'text', text: 'The answer is: \n' }] },
    ]);
    expect(messages.at(-1)?.content).toEqual([{ type: 'text', text: 'The answer is:' }]);
  });

  it.each(['', ' ', []])('is not sent: a failure of a tool that says %j', async (content) => {
    const messages = await sent([
      { role: 'user', content: 'Pay.' },
      { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'pay', arguments: {} }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 't1', content, isError: true }] },
    ]);
    expect(messages.at(-1)?.content[0]?.['content']).toBe('The tool failed and said nothing.');
  });

  it('is not sent: image/jpg, which is image/jpeg', async () => {
    const [first] = await sent([
      {
        role: 'user',
        content: [
          { type: 'image', source: { data: 'AAAA', mediaType: 'image/jpg' } },
          { type: 'image', source: { url: 'data:image/jpg;base64,AAAA' } },
        ],
      },
    ]);
    expect(first?.content.map(({ source }) => (source as { media_type: string }).media_type)).toEqual([
      'image/jpeg',
      'image/jpeg',
    ]);
  });
});
