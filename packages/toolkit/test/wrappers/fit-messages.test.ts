import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitMessages } from '@mortise/toolkit';
import type { ChatMessage } from '@mortise/core';

/** One token a word. */
const tokenizer = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length };
const countMessage = (message: ChatMessage): number => {
  const blocks =
    typeof message.content === 'string'
      ? [{ type: 'text' as const, text: message.content }]
      : message.content;
  return blocks.reduce((sum, block) => sum + (block.type === 'text' ? tokenizer.count(block.text) : 1), 0);
};

const user = (content: string): ChatMessage => ({ role: 'user', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });
const says = (text: string): ChatMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
const calls = (id: string): ChatMessage => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name: 't', arguments: {} }],
});
const result = (toolCallId: string, content = 'r'): ChatMessage => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId, content }],
});

const fit = (messages: ChatMessage[], maxTokens: number) =>
  fitMessages(messages, { maxTokens, tokenizer, countMessage });

describe('fitMessages', () => {
  it('keeps everything that fits, the same objects in the same order', () => {
    const messages = [system('be kind'), user('a'), says('b'), user('c')];
    expect(fit(messages, 100)).toEqual(messages);
    expect(fit(messages, 100)[1]).toBe(messages[1]);
  });

  it('drops the oldest turns first and keeps system messages', () => {
    const messages = [
      system('s'),
      user('one two three'),
      says('four'),
      user('five'),
      says('six'),
      user('seven'),
    ];
    expect(fit(messages, 4)).toEqual([messages[0], messages[3], messages[4], messages[5]]);
    expect(fit(messages, 2)).toEqual([messages[0], messages[5]]);
  });

  it('never parts a tool call from its results', () => {
    const messages = [
      user('a'),
      calls('1'),
      result('1'),
      says('b'),
      user('c'),
      calls('2'),
      result('2'),
      says('d'),
      user('e'),
    ];
    expect(fit(messages, 5)).toEqual(messages.slice(4));
    expect(fit(messages, 4)).toEqual([user('e')]);
  });

  it('drops the oldest steps of a long last turn, and keeps its question', () => {
    const messages = [
      user('old'),
      says('x'),
      user('question'),
      calls('1'),
      result('1'),
      calls('2'),
      result('2'),
      calls('3'),
      result('3'),
    ];
    expect(fit(messages, 5)).toEqual([messages[2], ...messages.slice(5)]);
  });

  it('refuses when what must stay does not fit', () => {
    expect(() => fit([user('one two three')], 2)).toThrow(
      expect.objectContaining({ code: 'context-length' }) as Error,
    );
    expect(() => fit([user('a'), calls('1'), result('1')], 2)).toThrow(
      expect.objectContaining({ code: 'context-length' }) as Error,
    );
    expect(fit([], 1)).toEqual([]);
  });

  it('holds its promises for any conversation', () => {
    const turn = fc.record({
      text: fc.constantFrom('a', 'a b', 'a b c'),
      steps: fc.nat(3),
      answered: fc.boolean(),
    });
    const property = fc.property(
      fc.array(turn, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 30 }),
      (turns, maxTokens) => {
        let id = 0;
        const messages = [
          system('s'),
          ...turns.flatMap(({ text, steps, answered }) => [
            user(text),
            ...Array.from({ length: steps }, () => [calls(String(++id)), result(String(id))]).flat(),
            ...(answered ? [says('x')] : []),
          ]),
        ];
        let kept: ChatMessage[];
        try {
          kept = fit(messages, maxTokens);
        } catch {
          return;
        }
        expect(kept.reduce((sum, message) => sum + countMessage(message), 0)).toBeLessThanOrEqual(maxTokens);
        const ids = (type: string) =>
          kept.flatMap(({ content }) =>
            typeof content === 'string' ? [] : content.filter((block) => block.type === type),
          );
        expect(ids('tool-call').map((block) => (block as { id: string }).id)).toEqual(
          ids('tool-result').map((block) => (block as { toolCallId: string }).toolCallId),
        );
        expect([kept[0]?.role, kept[1]?.role]).toEqual(['system', 'user']);
        expect(kept).toContain(messages.findLast(({ role }) => role === 'user'));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

it('tells one object from itself at another place', () => {
  const hi = user('hi');
  const kept = fitMessages([hi, { role: 'assistant', content: 'a' }, hi], {
    maxTokens: 1,
    tokenizer,
    countMessage: () => 1,
  });
  expect(kept).toEqual([hi]);
});

it('refuses a bound that is not a number, which would keep everything', () => {
  expect(() => fitMessages([user('hi')], { maxTokens: Number.NaN, tokenizer })).toThrow(
    expect.objectContaining({ code: 'invalid-request' }),
  );
});

it('keeps no older turn where a step of the last one had to go', () => {
  const messages = [
    user('a'),
    says('b'),
    user('c'),
    calls('1'),
    result('1'),
    says('long enough to go'),
    calls('2'),
  ];
  const kept = fitMessages(messages, { maxTokens: 4, tokenizer, countMessage });
  expect(kept).toEqual([user('c'), calls('2')]);
});
