import type { ChatMessage, ChatResponse } from '@mortise/core/llm';
import { describe, expect, it } from 'vitest';
import { answered, replyOf, sent, streamOf } from './sent.ts';

/** The reply of `chat`, which that of a stream must equal (L-04). */
async function both(
  message: Record<string, unknown>,
  deltas: readonly object[],
  reason = 'stop',
): Promise<ChatResponse> {
  const body = replyOf({}, { choices: [{ index: 0, message, finish_reason: reason }] });
  const whole = await answered(body).chat('Hi');
  expect(await answered(streamOf(deltas, reason)).streamChat('Hi').final()).toEqual(whole);
  return whole;
}

const text = (said: string) => ({ type: 'text', text: said });

/** The message of the assistant as it goes back, through JSON. */
async function goesBack({ message }: ChatResponse): Promise<Record<string, unknown>> {
  const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
  const { body, warnings } = await sent([
    { role: 'user', content: 'Hi' },
    carried,
    { role: 'user', content: 'On' },
  ]);
  expect(warnings).toEqual([]);
  return body['messages'][1] as Record<string, unknown>;
}

describe('thinking', () => {
  const signed = { type: 'thinking', thinking: [text('Let me see.')], signature: 'c2ln+/==', closed: true };

  it('C-14: is reasoning, and goes back byte for byte', async () => {
    const response = await both({ content: [signed, text('42.')] }, [
      { content: [{ type: 'thinking', thinking: [text('Let me ')] }] },
      { content: [{ type: 'thinking', thinking: [text('see.')], signature: 'c2ln+/==', closed: true }] },
      { content: '4' },
      { content: [text('2.')] },
    ]);
    expect(response.text).toBe('42.');
    expect(response.message.content[0]).toMatchObject({
      type: 'reasoning',
      text: 'Let me see.',
      signature: 'c2ln+/==',
    });
    expect(await goesBack(response)).toEqual({ role: 'assistant', content: [signed, text('42.')] });
  });

  it('C-14: keeps references within it', async () => {
    const tool = { type: 'tool_reference', tool: 'web_search', title: 'On the moon', url: 'https://h.test' };
    const thinking = [text('Seen: '), tool, text('.')];
    const response = await both({ content: [{ type: 'thinking', thinking }] }, [
      { content: [{ type: 'thinking', thinking: [text('Se')] }] },
      { content: [{ type: 'thinking', thinking: [text('en: '), tool] }] },
      { content: [{ type: 'thinking', thinking: [text('.')] }] },
    ]);
    expect(response.message.content).toMatchObject([{ type: 'reasoning', text: 'Seen: .' }]);
    expect(await goesBack(response)).toEqual({
      role: 'assistant',
      content: [{ type: 'thinking', thinking }],
    });
  });

  it('L-03: begins anew behind one that was closed, and behind a text', async () => {
    const closed = (said: string) => ({ type: 'thinking', thinking: [text(said)], closed: true });
    const content = [closed('One.'), closed('Two.'), text('Yes.'), closed('Three.')];
    const response = await both(
      { content },
      content.map((chunk) => ({ content: [chunk] })),
    );
    expect(response.message.content.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'text',
      'reasoning',
    ]);
    expect(await goesBack(response)).toEqual({ role: 'assistant', content });
  });

  it('C-14: that is another provider’s is left out, and that is said', async () => {
    const { body, warnings } = await sent([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Mine.' },
          { type: 'text', text: 'Yes.' },
        ],
      },
      { role: 'user', content: 'On' },
    ]);
    expect(body['messages'][1]).toEqual({ role: 'assistant', content: 'Yes.' });
    expect(warnings).toHaveLength(1);
  });
});

describe('references', () => {
  const content = [
    text('It is cold.'),
    { type: 'reference', reference_ids: [0, 'b'] },
    text(' No air 😀.'),
    { type: 'reference', reference_ids: [2] },
    text(' Indeed.'),
  ];

  it('L-07: are citations of the text before them, and go back where they stood', async () => {
    const response = await both({ content }, [
      { content: 'It is ' },
      { content: 'cold.' },
      { content: [content[1]] },
      ...content.slice(2).map((chunk) => ({ content: [chunk] })),
    ]);
    expect(response.text).toBe('It is cold. No air 😀. Indeed.');
    expect(
      response.citations.map(({ source, start, end }) => [source, response.text.slice(start, end)]),
    ).toEqual([
      [0, 'It is cold.'],
      ['b', 'It is cold.'],
      [2, ' No air 😀.'],
    ]);
    expect(await goesBack(response)).toEqual({ role: 'assistant', content });
  });

  it('L-03: are told in a stream', async () => {
    const events = [];
    const stream = answered(streamOf([{ content }])).streamChat('Hi');
    for await (const event of stream) if (event.type === 'citation') events.push(event);
    expect(events.map(({ index, citation }) => [index, citation.source])).toEqual([
      [0, 0],
      [0, 'b'],
      [0, 2],
    ]);
  });

  it('W-02: without ids say nothing', async () => {
    const odd = [{ type: 'reference' }, text('Yes.'), { type: 'reference', reference_ids: [null, {}] }];
    const response = await both({ content: odd }, [{ content: odd }]);
    expect(response.citations).toEqual([]);
  });
});

describe('the prefix', () => {
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Write.' },
    { role: 'assistant', content: 'Dear Ada,' },
  ];

  it.each([
    ['said again', ['Dear Ada,', ' how are you?'], ' how are you?'],
    ['said again in pieces', ['Dear', ' Ada, how', ' are you?'], ' how are you?'],
    ['not said again', [' how', ' are you?'], ' how are you?'],
    ['begun, and no more', ['Dear', ' Eve,'], 'Dear Eve,'],
    ['half said', ['Dear'], 'Dear'],
    ['all that is said', ['Dear ', 'Ada,'], ''],
  ])('L-07: is the caller’s already when it is %s', async (_name, pieces, expected) => {
    const stream = answered(streamOf(pieces.map((content) => ({ content })))).streamChat(messages);
    const streamed: string[] = [];
    for await (const event of stream) if (event.type === 'text-delta') streamed.push(event.delta);
    const final = await stream.final();
    expect(final.text).toBe(expected);
    expect(streamed.join('')).toBe(expected);
    expect(await answered(replyOf({ content: pieces.join('') })).chat(messages)).toEqual(final);
  });
});

describe('calls', () => {
  const call = { id: 'gSIMJiOkT', function: { name: 'weather', arguments: '{"city": "Rome"}' }, index: 0 };

  it('L-07: come whole', async () => {
    const response = await both(
      { content: '', tool_calls: [call] },
      [{ content: null, tool_calls: [call] }],
      'tool_calls',
    );
    expect(response.toolCalls).toEqual([
      { type: 'tool-call', id: 'gSIMJiOkT', name: 'weather', arguments: { city: 'Rome' } },
    ]);
    expect(response.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_calls' });
  });

  it('W-03: that come twice are one', async () => {
    const response = await both(
      { tool_calls: [call] },
      [{ tool_calls: [call] }, { tool_calls: [call] }],
      'tool_calls',
    );
    expect(response.toolCalls).toHaveLength(1);
  });

  it('L-07: may have an object as arguments, and an id that is none', async () => {
    const odd = { id: 'null', function: { name: 'weather', arguments: { city: 'Rome' } } };
    const whole = await answered(replyOf({ tool_calls: [odd, odd] })).chat('Hi');
    expect(whole.toolCalls.map(({ arguments: args }) => args)).toEqual([{ city: 'Rome' }, { city: 'Rome' }]);
    expect(new Set(whole.toolCalls.map(({ id }) => id)).size).toBe(2);
    expect(whole.finishReason).toEqual({ unified: 'tool-calls', raw: 'stop' });
  });

  it('E-06: without a name are malformed', async () => {
    const nameless = [{ id: 'gSIMJiOkT', function: { arguments: '{}' } }];
    await expect(answered(replyOf({ tool_calls: nameless })).chat('Hi')).rejects.toMatchObject({
      code: 'malformed-response',
    });
  });
});

describe('usage', () => {
  it.each([
    [{ prompt_tokens_details: { cached_tokens: 64 } }],
    [{ num_cached_tokens: 64 }],
    [{ num_cached_tokens: 64, prompt_tokens_details: { cached_tokens: 64 } }],
  ])('L-01: has the cached tokens of %j within the input', async (more) => {
    const usage = { prompt_tokens: 100, completion_tokens: 9, total_tokens: 109, ...more };
    const response = await answered(replyOf({ content: 'Hi' }, { usage })).chat('Hi');
    expect(response.usage).toEqual({
      inputTokens: 100,
      outputTokens: 9,
      totalTokens: 109,
      cachedInputTokens: 64,
      raw: usage,
    });
  });

  it('L-01: keeps what the contract does not know in raw', async () => {
    const usage = { prompt_tokens: 4, completion_tokens: 1, total_tokens: 5, prompt_audio_seconds: 3 };
    const response = await answered(replyOf({ content: 'Hi' }, { usage })).chat('Hi');
    expect(response.usage.raw).toEqual(usage);
  });
});

describe('the end', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['content_filter', 'content-filter'],
    ['new_word', 'other'],
  ])('L-07: %s is %s', async (raw, unified) => {
    const response = await both({ content: 'Hi' }, [{ content: 'Hi' }], raw);
    expect(response.finishReason).toEqual({ unified, raw });
  });

  it('E-06: of an error is a failure, with what had come', async () => {
    const failed = answered(streamOf([{ content: 'Half' }], 'error'))
      .streamChat('Hi')
      .final();
    await expect(failed).rejects.toMatchObject({ code: 'server', partial: { text: 'Half' } });
  });
});

describe('who answered', () => {
  it('L-07: is told with the time', async () => {
    const response = await both({ content: 'Hi' }, [{ content: 'Hi' }]);
    expect(response).toMatchObject({
      id: 'r1',
      model: 'mistral-test-2512',
      createdAt: '2026-01-22T13:32:00.000Z',
      provider: 'mistral',
    });
  });

  it('W-02: is not told where the time is none', async () => {
    const response = await answered(replyOf({ content: 'Hi' }, { created: 1e300 })).chat('Hi');
    expect(response).not.toHaveProperty('createdAt');
  });
});

describe('what is not known', () => {
  it('W-02: a chunk of another kind is kept, and goes back as it was', async () => {
    const chunk = { type: 'image_url', image_url: { url: 'https://h.test/a.png' } };
    const content = [text('Here: '), chunk, text('.')];
    const response = await both({ content }, [{ content }]);
    expect(response.message.content.map(({ type }) => type)).toEqual(['text', 'mistral:image_url', 'text']);
    expect(await goesBack(response)).toEqual({ role: 'assistant', content });
  });

  it('W-02: several messages are one reply, without the results of Mistral’s own tools', async () => {
    const messages = [
      { role: 'assistant', content: 'Looking. ' },
      { role: 'tool', content: 'A page.', tool_call_id: 'x' },
      { role: 'assistant', content: 'Found.' },
    ];
    const body = replyOf({}, { choices: [{ index: 0, messages, finish_reason: 'stop' }] });
    const whole = await answered(body).chat('Hi');
    expect(whole.text).toBe('Looking. Found.');
    expect(await answered(streamOf(messages)).streamChat('Hi').final()).toEqual(whole);
  });

  it('W-02: the first of several choices is the reply', async () => {
    const choices = [1, 0].map((index) => ({
      index,
      message: { content: `${index}` },
      finish_reason: 'stop',
    }));
    expect((await answered(replyOf({}, { choices })).chat('Hi')).text).toBe('0');
  });
});
