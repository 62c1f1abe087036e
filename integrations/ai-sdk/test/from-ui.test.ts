import { fromUIMessages } from '@mortise/ai-sdk/ui';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

const refused = (place: string) =>
  expect.objectContaining({
    name: 'MortiseError',
    code: 'invalid-request',
    message: expect.stringContaining(place),
  });
const user = (...parts: unknown[]) => [{ id: '1', role: 'user', parts }];
const assistant = (...parts: unknown[]) => [{ id: '1', role: 'assistant', parts }];

describe('fromUIMessages', () => {
  it('takes texts and files of a user', () => {
    const file = (mediaType: string, url: string, filename?: string) => ({
      type: 'file',
      mediaType,
      url,
      filename,
    });
    const parts = [
      { type: 'text', text: 'What is this?' },
      file('image/png', 'data:image/png;base64,AQID'),
      file('image/jpeg', 'https://a.example/b.jpg'),
      file('application/pdf', 'data:application/pdf;base64,AQID', 'b.pdf'),
      file('text/plain', 'data:text/plain,a%20b'),
    ];
    expect(fromUIMessages(user(...parts))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { data: 'AQID', mediaType: 'image/png' } },
          { type: 'image', source: { url: 'https://a.example/b.jpg', mediaType: 'image/jpeg' } },
          { type: 'document', source: { data: 'AQID', mediaType: 'application/pdf' }, title: 'b.pdf' },
          { type: 'document', source: { text: 'a b' } },
        ],
      },
    ]);
  });

  it.each([
    [
      'input-streaming',
      { input: { a: 1 }, rawInput: '{"a":1,"b' },
      { invalid: true, argumentsText: '{"a":1,"b', arguments: {} },
      /was cut/,
    ],
    ['input-available', { input: { a: 1 } }, { arguments: { a: 1 } }, /no result/],
    [
      'output-available',
      { input: { a: 1 }, output: 'half', preliminary: true },
      { arguments: { a: 1 } },
      /not run to its end/,
    ],
    [
      'approval-requested',
      { input: { a: 1 }, approval: { id: 'x' } },
      { arguments: { a: 1 } },
      /has not answered/,
    ],
    [
      'approval-responded',
      { input: {}, approval: { id: 'x', approved: true } },
      { arguments: {} },
      /not run yet/,
    ],
    [
      'approval-responded',
      { input: {}, approval: { id: 'x', approved: false } },
      { arguments: {} },
      /did not approve/,
    ],
    [
      'output-denied',
      { input: {}, approval: { id: 'x', approved: false, reason: 'Too dear.' } },
      { arguments: {} },
      /^Too dear\.$/,
    ],
    [
      'output-error',
      { rawInput: '{', errorText: 'no' },
      { invalid: true, argumentsText: '{', arguments: {} },
      /^no$/,
    ],
  ])('answers a call that is %s: %j', (state, members, call, content) => {
    expect(fromUIMessages(assistant({ type: 'tool-f', toolCallId: 'c', state, ...members }))).toEqual([
      { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', ...call }] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c',
            toolName: 'f',
            content: expect.stringMatching(content),
            isError: true,
          },
        ],
      },
    ]);
  });

  it('splits a message at its steps, and where a user steered', () => {
    const call = {
      type: 'dynamic-tool',
      toolName: 'f',
      toolCallId: 'c',
      state: 'output-available',
      input: {},
      output: { a: 1 },
    };
    const steering = { type: 'steering-message', id: 's', parts: [{ type: 'text', text: 'Shorter.' }] };
    const step = { type: 'step-start' };
    const messages = fromUIMessages(
      assistant(step, call, step, { type: 'text', text: 'A.' }, steering, { type: 'text', text: 'B.' }),
    );
    expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant', 'user', 'assistant']);
    expect(messages[1]?.content).toMatchObject([{ content: '{"a":1}' }]);
  });

  it('keeps what providers of the AI SDK wrote', () => {
    const part = { type: 'reasoning', text: 'Hm.', providerMetadata: { anthropic: { signature: 's' } } };
    expect(fromUIMessages(assistant(part))[0]?.content).toEqual([part]);
  });

  it('asks what a data part of the application says', () => {
    const part = { type: 'data-city', data: 'Rome' };
    expect(() => fromUIMessages(user(part))).toThrow(refused('messages[0].parts[0]'));
    const dataPart = ({ data }: { data: unknown }) => ({
      type: 'text' as const,
      text: `In ${String(data)}.`,
    });
    expect(fromUIMessages(user(part), { dataPart })[0]?.content).toEqual([
      { type: 'text', text: 'In Rome.' },
    ]);
    const none = fromUIMessages(user({ type: 'text', text: 'x' }, part), { dataPart: () => undefined });
    expect(none[0]?.content).toEqual([{ type: 'text', text: 'x' }]);
  });

  it('takes a system message where that is asked for', () => {
    const messages = [{ id: '1', role: 'system', parts: [{ type: 'text', text: 'Obey.' }] }];
    expect(() => fromUIMessages(messages)).toThrow(refused('messages[0] is a system message'));
    expect(fromUIMessages(messages, { system: true })).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Obey.' }] },
    ]);
  });

  it.each([
    ['The list of UI messages', undefined],
    ['The list of UI messages', { role: 'user' }],
    ['messages[0]', [null]],
    ['messages[0]', [{ role: 'user', content: 'x' }]],
    ['messages[0]', [{ role: 'tool', parts: [] }]],
    ['messages[0].parts[0]', user(null)],
    ['messages[0].parts[0]', user({ type: 1 })],
    ['messages[0].parts[0]', user({ type: 'text' })],
    ['messages[0].parts[0]', user({ type: 'tool-f', toolCallId: 'c', state: 'output-error' })],
    ['messages[0].parts[0]', user({ type: 'file', mediaType: 'image/png', url: 'file:///etc/passwd' })],
    ['messages[0].parts[0]', user({ type: 'file', mediaType: 'image/png', url: 'data:image/png' })],
    ['messages[0].parts[0]', user({ type: 'file', mediaType: 'text/plain', url: 'data:text/plain,%' })],
    ['messages[0].parts[0]', user({ type: 'file', mediaType: 'image/png', url: '', providerReference: {} })],
    ['messages[0].parts[0]', assistant({ type: 'custom', kind: 'a.b' })],
    ['messages[0].parts[0]', assistant({ type: 'tool-f', state: 'input-available', input: {} })],
    ['messages[0].parts[0]', assistant({ type: 'tool-f', toolCallId: 'c', state: 'done', input: {} })],
  ])('refuses, with its place, %s of %j', (place, messages) => {
    expect(() => fromUIMessages(messages)).toThrow(refused(place));
  });
});

test('anything comes to messages or to an error of ours', () => {
  const part = fc.record(
    {
      type: fc.constantFrom(
        'text',
        'reasoning',
        'file',
        'tool-f',
        'dynamic-tool',
        'source-url',
        'data-citation',
        'step-start',
        'x',
      ),
      text: fc.oneof(fc.string(), fc.anything()),
      url: fc.oneof(fc.constantFrom('data:,a', 'https://a.example'), fc.anything()),
      mediaType: fc.oneof(fc.constantFrom('image/png'), fc.anything()),
      toolCallId: fc.oneof(fc.string(), fc.anything()),
      toolName: fc.anything(),
      state: fc.constantFrom('input-streaming', 'output-available', 'output-error', 'x'),
      input: fc.anything(),
      output: fc.anything(),
      data: fc.anything(),
      providerMetadata: fc.oneof(fc.record({ mortise: fc.anything() }), fc.anything()),
    },
    { requiredKeys: ['type'] },
  );
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system', 'x'),
    parts: fc.array(fc.oneof(part, fc.anything())),
  });
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.oneof(message, fc.anything())), fc.anything()), (messages) => {
      try {
        expect(Array.isArray(fromUIMessages(messages))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ name: 'MortiseError', code: 'invalid-request' });
      }
    }),
  );
});
