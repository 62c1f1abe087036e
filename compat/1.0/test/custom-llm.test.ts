import { runTools, withFallback } from '@mortise/toolkit';
import type { LLM } from '@mortise/core';
import { expect, it } from 'vitest';
import { FrozenCustomLLM } from '../src/index.ts';

it('L-08: chats and completes through one prompt', async () => {
  const llm: LLM = new FrozenCustomLLM();
  expect((await llm.complete('Hi')).text).toBe('You said: Hi');
  expect((await llm.chat('Hi')).text).toContain('Hi');
});

it('L-04: streams to what it replies', async () => {
  const stream = new FrozenCustomLLM().streamComplete('Hi');
  let text = '';
  for await (const piece of stream) text += piece;
  expect(text).toBe('You said: Hi');
  expect(await stream.final()).toMatchObject({ text, usage: { inputTokens: 3, outputTokens: 2 } });
});

it('C-08: refuses the tools that it does not take', async () => {
  const tools = [{ name: 'now', description: 'The time.', parameters: { type: 'object' } }];
  await expect(new FrozenCustomLLM().chat('Hi', { tools })).rejects.toMatchObject({ code: 'unsupported' });
});

it('stands behind the wrappers and loops of core', async () => {
  const llm = withFallback<LLM>(new FrozenCustomLLM(), [new FrozenCustomLLM()]);
  const { response } = await runTools(llm, 'Hi', { tools: [] });
  expect(response.text).toContain('Hi');
});
