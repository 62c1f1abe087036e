import { MemoryKeyValueStore, toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { expect, test } from 'vitest';
import { assist } from '../skill/agent.ts';
import { invoices } from '../skill/extract.ts';

test('reads an invoice', async () => {
  const replies = ['{"number":"7","amount":12.5}'];
  const llm = new ScriptedLLM({ metadata: { capabilities: { tools: false } }, replies });
  const read = await invoices(llm, ['No. 7: 12.50 EUR'], new MemoryKeyValueStore());
  expect(read).toEqual([{ number: '7', amount: 12.5 }]);
  expect(JSON.stringify(llm.requests[0]?.messages)).toContain('12.50 EUR');
});

test('books nothing without a yes', async () => {
  const replies = [[toolCallBlock('1', 'book', '{"seats":2}')], 'Then not.'];
  const { text } = await assist(new ScriptedLLM({ replies }), 'A table for two', async () => 'No.');
  expect(text).toBe('Then not.');
});
