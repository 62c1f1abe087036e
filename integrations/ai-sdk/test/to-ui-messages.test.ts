import { fromUIMessages, toUIMessages, type UIToolsOf } from '@mortise/ai-sdk/ui';
import { toolCallBlock, type ChatMessage, type JsonObject } from '@mortise/core';
import { tool } from '@mortise/toolkit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const result = (toolCallId: string, content: string, isError?: true): ChatMessage => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId, toolName: 'f', content, ...(isError && { isError }) }],
});

const conversation: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is this?' },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.', signature: 's' },
      toolCallBlock('c1', 'f', '{"a":1}'),
      toolCallBlock('c2', 'f', '{"a":2}'),
    ],
  },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'c1', toolName: 'f', content: '{"b":[1]}' },
      { type: 'tool-result', toolCallId: 'c2', toolName: 'f', content: 'No disk.', isError: true },
    ],
  },
  { role: 'assistant', content: [{ type: 'text', text: 'A cat.' }] },
  { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
];

describe('toUIMessages', () => {
  it('makes one message of a turn, a step for each reply, and leaves system messages out', () => {
    expect(toUIMessages(conversation, { outputs: 'data' })).toEqual([
      { id: 'message-1', role: 'user', parts: [{ type: 'text', text: 'What is this?', state: 'done' }] },
      {
        id: 'message-2',
        role: 'assistant',
        parts: [
          { type: 'step-start' },
          {
            ...{ type: 'tool-f', toolCallId: 'c1', state: 'output-available' },
            ...{ input: { a: 1 }, output: { b: [1] } },
          },
          {
            ...{ type: 'tool-f', toolCallId: 'c2', state: 'output-error' },
            ...{ input: { a: 2 }, errorText: 'The tool failed.' },
          },
          { type: 'step-start' },
          { type: 'text', text: 'A cat.', state: 'done' },
        ],
      },
      { id: 'message-5', role: 'user', parts: [{ type: 'text', text: 'Why?', state: 'done' }] },
    ]);
  });

  it('comes back as it was, where all of it is shown', () => {
    const show = { reasoning: true, metadata: true, toolErrors: true };
    const shown = JSON.parse(JSON.stringify(toUIMessages(conversation, { show, outputs: 'data' })));
    const [, ...rest] = conversation.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    }));
    expect(fromUIMessages(shown)).toEqual(rest);
  });

  it('shows a call that waits to the page that may decide, and to no other', () => {
    const waits = [
      {
        role: 'assistant' as const,
        content: [toolCallBlock('c1', 'f', '{}'), toolCallBlock('c2', 'f', '{}')],
      },
    ];
    const approvals = [{ callId: 'c1', name: 'f', arguments: {}, token: 't.k' }];
    const statesOf = (options: Parameters<typeof toUIMessages>[1]) =>
      toUIMessages(waits, options)[0]?.parts.flatMap(({ state, approval }) =>
        state ? [[state, approval]] : [],
      );
    expect(statesOf({ approvals, show: { approvals: true } })).toEqual([
      ['approval-requested', { id: 't.k' }],
      ['input-available', undefined],
    ]);
    expect(statesOf({ approvals })?.flat()).not.toContainEqual({ id: 't.k' });
  });

  it('leaves out a result whose call is not there, and keeps arguments that are none', () => {
    const bad = { ...toolCallBlock('c1', 'f', '{"a'), invalid: true as const, argumentsText: '{"a' };
    const [message] = toUIMessages([{ role: 'assistant', content: [bad] }, result('c9', 'x')]);
    expect(message?.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'tool-f', state: 'output-error', rawInput: '{"a' },
    ]);
  });

  it('refuses what is no list of messages', () => {
    expect(() => toUIMessages('x' as never)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    expect(() => toUIMessages([null] as never)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});

it('UIToolsOf: tools type their parts', () => {
  const count = tool({
    ...{ name: 'count', description: 'x', parameters: z.object({ of: z.string().transform(Number) }) },
    execute: ({ of }) => Promise.resolve({ lines: of }),
  });
  const pay = tool({ name: 'pay', description: 'x', parameters: {}, execute: () => 'paid' });
  expectTypeOf<UIToolsOf<typeof count | typeof pay>>().toEqualTypeOf<{
    count: { input: { of: string }; output: { lines: number } };
    pay: { input: JsonObject; output: string };
  }>();
  expect([count.name, pay.name]).toEqual(['count', 'pay']);
});
