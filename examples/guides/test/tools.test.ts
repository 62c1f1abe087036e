import { createTextNode, MemoryKeyValueStore, toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { createQueryEngine } from '@mortise/rag';
import { tool } from '@mortise/toolkit';
import { expect, it } from 'vitest';
import { consult, delegate, order, report, watch } from '../tools.ts';

const load = tool({ name: 'load', description: 'x', parameters: { type: 'object' }, execute: () => 'down' });
const asksLoad = [toolCallBlock('a', 'load', '{}')];

it('a run is read event by event, and stopped', async () => {
  const printed: string[] = [];
  const llm = new ScriptedLLM({ replies: [asksLoad, 'unasked'] });
  const { ended } = await watch(llm, [load], (text) => void printed.push(text));
  expect([ended, printed]).toEqual(['stopped', ['[load]', '[? tokens so far]']]);
});

it('the answer is typed', async () => {
  const answer = toolCallBlock('b', 'answer', '{"healthy": false, "since": "2026-01-01"}');
  const llm = new ScriptedLLM({ replies: [asksLoad, [answer]] });
  expect(await report(llm, [load])).toEqual(new Date('2026-01-01'));
});

it('an order waits for its approval, and is paid once', async () => {
  const store = new MemoryKeyValueStore();
  const charged: unknown[] = [];
  const charge = async (...args: unknown[]) => (charged.push(args), 'paid');
  const key = 'a secret of the application';
  const asked = new ScriptedLLM({ replies: [[toolCallBlock('a', 'pay', '{"sum": 900}')]] });
  const approvals = await order(asked, charge, store, key);
  expect(charged).toEqual([]);
  const given = (approvals as { callId: string; token: string }[]).map((each) => ({
    ...each,
    approved: true,
  }));
  const llm = new ScriptedLLM({ replies: ['It is paid.'] });
  expect(await order(llm, charge, store, key, given)).toBe('It is paid.');
  expect(charged).toEqual([[900, { key: expect.stringMatching(/\/1\/0$/) }]]);
  await expect(order(llm, charge, store, key, given)).rejects.toMatchObject({ code: 'conflict' });
});

it('an agent is a tool of another', async () => {
  const small = new ScriptedLLM({ replies: ['Mortises hold.'] });
  const call = toolCallBlock('a', 'research', '{"task": "mortises"}');
  const { steps } = await delegate(new ScriptedLLM({ replies: [[call], 'Both hold.'] }), small, load);
  expect(steps[0]?.results).toMatchObject([{ content: 'Mortises hold.' }]);
});

it('documents are a tool, whose sources a page shows', async () => {
  const retriever = {
    retrieve: async () => [{ node: createTextNode({ id: 'p7', text: 'Oil it.' }), score: 1 }],
  };
  const engine = createQueryEngine({ llm: new ScriptedLLM({ replies: ['"Oil it" [1].'] }), retriever });
  const call = toolCallBlock('a', 'manual', '{"question": "Why does it hum?"}');
  const { text, sources } = await consult(new ScriptedLLM({ replies: [[call], 'Oil it.'] }), engine);
  expect([text, sources]).toEqual(['Oil it.', [{ number: 1, nodeId: 'p7', text: 'Oil it.' }]]);
});
