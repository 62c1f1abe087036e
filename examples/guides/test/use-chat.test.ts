import { toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { streamTools, tool, type ToolsState } from '@mortise/toolkit';
import { expect, test } from 'vitest';
import { approvalsEndpoint, loaded } from '../use-chat.ts';

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
