import { MemoryKeyValueStore } from '@mortise/core/store';
import { createBudget, withBudget, withCache } from '@mortise/toolkit';
import type { ChatInput, ChatOptions, ChatResponse, LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';

/** A model whose replies are what a test makes of them, as one of another author may give them. */
function replying(change: (response: ChatResponse) => ChatResponse): { llm: LLM; asked: () => number } {
  class Replying extends ScriptedLLM {
    override async chat(input: ChatInput, options?: ChatOptions) {
      return change(await super.chat(input, options));
    }
  }
  const llm = new Replying({ replies: () => 'ok', usage: { inputTokens: 1, outputTokens: 1 } });
  return { llm, asked: () => llm.requests.length };
}

describe('state that calls share', () => {
  it.each([Number.NaN, -5, Number.POSITIVE_INFINITY])(
    'a budget holds after a usage of %d',
    async (tokens) => {
      const { llm } = replying((response) => ({ ...response, usage: { totalTokens: tokens } }));
      const budget = createBudget({ maxTokens: 100 });
      const bounded = withBudget(llm, budget, { estimateTokens: () => 10 });
      await bounded.chat('x', { maxOutputTokens: 30 });
      expect(budget.spent).toBe(40);
      await bounded.chat('x', { maxOutputTokens: 30 });
      await expect(bounded.chat('x', { maxOutputTokens: 30 })).rejects.toMatchObject({ code: 'budget' });
    },
  );

  it('a call is booked once', () => {
    const budget = createBudget({ maxTokens: 100 });
    const book = budget.reserve(40);
    book(10);
    book(10);
    expect([budget.spent, budget.reserved]).toEqual([10, 0]);
  });

  it('C-01: nobody waits for ever behind a reply that cannot be copied', async () => {
    const { llm, asked } = replying((response) => ({
      ...response,
      providerMetadata: { scripted: { later: () => 'no JSON' } },
    }));
    const cached = withCache(llm, new MemoryKeyValueStore());
    const all = await Promise.all([cached.chat('x'), cached.chat('x'), cached.chat('x')]);
    expect(all.map(({ text }) => text)).toEqual(['ok', 'ok', 'ok']);
    expect(asked()).toBe(3);
  });
});
