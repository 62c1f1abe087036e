import { streamTools, tool } from '@mortise/toolkit';
import { expect, test } from 'vitest';
import { RuleLLM } from '../server/rule-llm.ts';

const parameters = { type: 'object' };
const calls: [string, unknown][] = [];
const tools = ['search_docs', 'save_note'].map((name) =>
  tool({ name, description: 'x', parameters, execute: (args) => `${calls.push([name, args])} found` }),
);

const llm = new RuleLLM({ wordDelayMs: 0 });

test.each([
  ['note: buy oak', 'save_note', { text: 'buy oak' }],
  ['NOTE:buy oak', 'save_note', { text: 'buy oak' }],
  ['Remember that oak moves', 'save_note', { text: 'oak moves' }],
  ['remember to oil the door', 'save_note', { text: 'oil the door' }],
  ['What is a note?', 'search_docs', { question: 'What is a note?' }],
  ['note:', 'search_docs', { question: 'note:' }],
  ['Notes about oak', 'search_docs', { question: 'Notes about oak' }],
])('rules: "%s" calls %s', async (text, name, args) => {
  calls.length = 0;
  await streamTools(llm, text, { tools }).final();
  expect(calls).toEqual([[name, args]]);
});

test('rules: an abort ends the words', async () => {
  const slow = new RuleLLM({ wordDelayMs: 10_000 });
  const stop = new AbortController();
  const reason = new Error('enough');
  const stream = streamTools(slow, 'x', { tools, signal: stop.signal });
  setTimeout(() => stop.abort(reason), 20);
  await expect(
    (async () => {
      for await (const event of stream) void event;
    })(),
  ).rejects.toBe(reason);
});
