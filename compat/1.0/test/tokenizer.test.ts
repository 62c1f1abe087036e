import { fitMessages } from '@mortise/toolkit';
import type { ChatMessage } from '@mortise/core';
import type { TokenCounter, Tokenizer } from '@mortise/core/tokenizer';
import { expect, it } from 'vitest';
import { FrozenTokenizer } from '../src/tokenizer.ts';

const tokenizer: Tokenizer = new FrozenTokenizer();

it.each(['', 'plain', 'Grüße, 世界 👩‍👩‍👧', '\ufeffa mark first', 'a\u0000b\r\n'])(
  'gives %j back, and counts what it encodes',
  (text) => {
    const tokens = tokenizer.encode(text);
    expect(tokenizer.decode(tokens)).toBe(text);
    expect(tokenizer.count(text)).toBe(tokens.length);
  },
);

it('counts for core as any counter does', () => {
  const counter: TokenCounter = tokenizer;
  const messages: ChatMessage[] = [
    { role: 'user', content: 'ü'.repeat(40) },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'And now?' },
  ];
  const fit = (maxTokens: number) => fitMessages(messages, { maxTokens, tokenizer: counter });
  // 80, 4 and 8 bytes, and 4 tokens for the frame of each.
  expect(fit(104)).toEqual(messages);
  expect(fit(103)).toEqual(messages.slice(2));
});
