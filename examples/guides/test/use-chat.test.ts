import { toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { toolCallBlock } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import { createToolsChatEngine } from '@mortise/rag';
import { streamTools, tool, type ToolsState } from '@mortise/toolkit';
import { expect, test } from 'vitest';
import { approvalsEndpoint, conversationEndpoint, loaded, loadedConversation } from '../use-chat.ts';

const approvalKey = 'a key of the application';
const pay = tool({
  name: 'pay',
  description: 'x',
  parameters: {},
  needsApproval: true,
  execute: () => ({ paid: true }),
});

test('ai-sdk guide: what the page was asked comes back, and the run goes on from where it is kept', async () => {
  const llm = new ScriptedLLM({ replies: [[toolCallBlock('c1', 'pay', '{}')], 'Paid.'] });
  const asked = streamTools(llm, 'Pay.', { tools: [pay], approvalKey });
  await toUIMessageStreamResponse(asked).text();
  const { approvals, messages } = await asked.final();
  const page = loaded(messages.slice(0, 2), approvals);
  expect(page[1]?.parts[1]).toMatchObject({ type: 'tool-pay', state: 'approval-requested' });

  const runs = new Map<string, ToolsState>([['1', asked.state]]);
  const POST = approvalsEndpoint(llm, [pay], approvalKey, {
    get: (id) => Promise.resolve(runs.get(id)!),
    set: (id, state) => Promise.resolve(void runs.set(id, state)),
  });
  const part = page[1]!.parts[1]!;
  part['state'] = 'approval-responded';
  part['approval'] = { id: approvals[0]?.token, approved: true };
  const body = JSON.stringify({ id: '1', messages: page });
  const text = await (await POST(new Request('http://localhost', { method: 'POST', body }))).text();
  expect(text).toContain('"output":{"paid":true}');
  expect(runs.get('1')?.steps).toBe(2);
});

test('ai-sdk guide: a conversation that is kept asks the page, is loaded anew, and goes on', async () => {
  const llm = new ScriptedLLM({ replies: [[toolCallBlock('c1', 'pay', '{}')], 'Paid.'] });
  const store = new MemoryKeyValueStore();
  const open = (key: string) =>
    createToolsChatEngine({ llm, tools: [pay] }, { approvalKey, persist: { store, key } });
  const POST = conversationEndpoint(open);
  const post = async (messages: unknown[]): Promise<string> => {
    const body = JSON.stringify({ id: '1', messages });
    return (await POST(new Request('http://localhost', { method: 'POST', body }))).text();
  };
  const asked = await post([{ id: 'm', role: 'user', parts: [{ type: 'text', text: 'Pay.' }] }]);
  expect(asked).toContain('"type":"tool-input-available","toolCallId":"c1"');
  expect(asked).toContain('"type":"tool-approval-request","toolCallId":"c1"');
  const page = await loadedConversation(open('1'));
  const part = page[1]!.parts[1]!;
  expect(part).toMatchObject({ type: 'tool-pay', state: 'approval-requested' });
  Object.assign(part, {
    state: 'approval-responded',
    approval: { ...(part['approval'] as object), approved: true },
  });
  const answer = await post(page);
  expect(answer).toContain('"output":{"paid":true}');
  const [, said] = await loadedConversation(open('1'));
  expect(said?.parts.at(-1)).toMatchObject({ type: 'text', text: 'Paid.' });
});
