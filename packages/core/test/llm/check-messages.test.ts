import { ScriptedLLM } from '@mortise/core/testing';
import { messagesFromJson, messagesToJson, type ChatMessage, type ContentBlock } from '@mortise/core';
import { describe, expect, it } from 'vitest';

const user = (...content: unknown[]): unknown => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'Hi' }, ...content] },
];

const WRONG: [what: string, messages: unknown, place: string][] = [
  ['an OpenAI block', user({ type: 'image_url', image_url: { url: 'x' } }), 'messages[1].content[1].type'],
  ['a Responses block', user({ type: 'input_text', text: 'x' }), 'messages[1].content[1].type'],
  ['a text without text', user({ type: 'text' }), 'messages[1].content[1].text'],
  ['a source that is a string', user({ type: 'image', source: 'http://x' }), 'messages[1].content[1].source'],
  [
    'bytes that went through JSON',
    user({ type: 'image', source: { data: { 0: 1, 1: 2 }, mediaType: 'image/png' } }),
    'messages[1].content[1].source.data',
  ],
  [
    'bytes as Buffer writes them',
    user({ type: 'image', source: { data: { type: 'Buffer', data: [1] }, mediaType: 'image/png' } }),
    'messages[1].content[1].source.data',
  ],
  [
    'no bytes',
    user({ type: 'document', source: { data: '', mediaType: 'application/pdf' } }),
    'messages[1].content[1].source.data',
  ],
  [
    'bytes without a media type',
    user({ type: 'audio', source: { data: 'AQ==' } }),
    'messages[1].content[1].source.mediaType',
  ],
  ['an empty source', user({ type: 'document', source: {} }), 'messages[1].content[1].source'],
  ['a text as an image', user({ type: 'image', source: { text: 'x' } }), 'messages[1].content[1].source'],
  ['a block that is null', user(null), 'messages[1].content[1]'],
  ['a block that is a string', user('Hi'), 'messages[1].content[1]'],
  [
    'a hole in the list',
    [{ role: 'user', content: Object.assign([], { length: 1 }) }],
    'messages[0].content[0]',
  ],
  [
    'arguments as text',
    [{ role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'b', arguments: '{}' }] }],
    'messages[0].content[0].arguments',
  ],
  [
    'a result without its call',
    [{ role: 'tool', content: [{ type: 'tool-result', content: 'x' }] }],
    'messages[0].content[0].toolCallId',
  ],
  [
    'a call in a result',
    [
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'a', content: [{ type: 'reasoning', text: 'x' }] }],
      },
    ],
    'messages[0].content[0].content[0].type',
  ],
  ['no role', [{ content: 'x' }], 'messages[0].role'],
  ['no content', [{ role: 'user' }], 'messages[0].content'],
  ['a message that is null', [null], 'messages[0]'],
  ['no list', { role: 'user', content: 'x' }, 'messages'],
];

describe('L-07: messages from outside', () => {
  it.each(WRONG)('%s are refused with the place, before anything is sent', async (_what, messages, place) => {
    expect(() => messagesToJson(messages as ChatMessage[])).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(`${place} is `) }),
    );
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    await expect(llm.chat(messages as ChatMessage[])).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(llm.streamChat(messages as ChatMessage[]).final()).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(llm.requests).toEqual([]);
  });

  it('are taken as they are when they are right', () => {
    const messages = user(
      { type: 'image', source: { data: new Uint8Array([1]), mediaType: 'image/png' }, detail: 'low' },
      { type: 'document', source: { text: 'x' }, citations: true },
      { type: 'cache-point' },
      { type: 'acme:hologram', depth: 3 },
    );
    expect(messagesFromJson(messagesToJson(messages as ChatMessage[]))).toEqual(messages);
  });

  it.each([
    [
      'a cycle',
      () => {
        const block: Record<string, unknown> = { type: 'acme:x' };
        block['self'] = block;
        return user(block);
      },
    ],
    [
      'a getter that throws',
      () =>
        user({
          get type() {
            throw new RangeError('no');
          },
        }),
    ],
    [
      'a proxy that throws',
      () =>
        new Proxy([], {
          get() {
            throw new TypeError('no');
          },
        }),
    ],
  ])('%s is an error of ours', (_what, messages) => {
    expect(() => messagesToJson(messages() as ChatMessage[])).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});

describe('messages as JSON', () => {
  const blocks: ContentBlock[] = [
    {
      type: 'text',
      text: 'a',
      citations: [{ type: 'citation', start: 1, providerMetadata: { x: { y: 1 } } }],
    },
    { type: 'image', source: { data: new Uint8Array([0, 255, 7]), mediaType: 'image/png' } },
    { type: 'image', source: { data: 'AP8H', mediaType: 'image/png' } },
    { type: 'reasoning', text: '', encrypted: 'c2ln+/==', owner: 'acme:a' },
    { type: 'tool-call', id: 'a', name: 'b', arguments: JSON.parse('{"__proto__":{"x":1},"n":[null]}') },
    { type: 'tool-result', toolCallId: 'a', content: [{ type: 'document', source: { text: 'x' } }] },
    { type: 'acme:hologram', depth: 3, data: new Uint8Array([9]) },
  ];
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi', name: 'Ada' },
    { role: 'assistant', content: blocks, ...({ unknown: { member: true } } as object) },
  ];

  it('C-07: come back as they were, bytes as bytes and base64 as base64', () => {
    const text = JSON.stringify(messagesToJson(messages));
    expect(messagesFromJson(JSON.parse(text))).toEqual(messages);
    expect(JSON.parse(text)[1].content[1].source).toEqual({
      data: 'AP8H',
      mediaType: 'image/png',
      bytes: true,
    });
  });

  it('hold nothing that JSON cannot', () => {
    const later = (value: unknown): ChatMessage[] => [{ role: 'user', content: [{ type: 'acme:x', value }] }];
    for (const value of [new Date(0), () => 1, 1n, Number.NaN, Symbol('x')])
      expect(() => messagesToJson(later(value))).toThrow(
        expect.objectContaining({
          code: 'invalid-request',
          message: expect.stringContaining('messages[0].content[0].value is '),
        }),
      );
  });

  it('are checked when they are read', () => {
    expect(() => messagesFromJson([{ role: 'user', content: [{ type: 'text' }] }])).toThrow(
      'messages[0].content[0].text is absent',
    );
    expect(() => messagesFromJson('x')).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});
