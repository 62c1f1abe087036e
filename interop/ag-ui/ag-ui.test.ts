import { EventSchemas } from '@ag-ui/core/schemas';
import { toAGUI, toAGUIResponse, type AGUIEvent } from '@mortise/ai-sdk/ag-ui';
import { MortiseError, toolCallBlock, type ContentBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { agentTool, streamTools, tool } from '@mortise/toolkit';
import { expect, test } from 'vitest';

const run = { threadId: 't', runId: 'r' };

/** Each as their schema takes it, which drops nothing. */
async function collect(events: AsyncIterable<AGUIEvent>): Promise<AGUIEvent[]> {
  const all: AGUIEvent[] = [];
  for await (const event of events) {
    expect(EventSchemas.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    all.push(event);
  }
  return all;
}

const brief = (events: readonly AGUIEvent[]): string[] => {
  const names = events.map(({ type }) => type as string);
  return names.filter((name, at) => name !== names[at - 1]);
};

test('a loop of tools is a run, from its start to its end', async () => {
  const content: ContentBlock[] = [
    { type: 'reasoning', text: 'Hm.', signature: 'sig' },
    { type: 'text', text: 'Wait.', citations: [{ type: 'citation', url: 'https://a.example/', title: 'A' }] },
    toolCallBlock('c', 'clock', '{"at":"here"}'),
  ];
  const parameters = { type: 'object' };
  const clock = tool({ name: 'clock', description: 'x', parameters, execute: () => 'noon' });
  const llm = new ScriptedLLM({ replies: [content, 'Noon.'], usage: { inputTokens: 3, outputTokens: 4 } });
  const show = { reasoning: true, metadata: true };
  const events = await collect(toAGUI(streamTools(llm, 'x', { tools: [clock] }), { ...run, show }));
  expect(brief(events)).toEqual([
    ...['RUN_STARTED', 'STEP_STARTED'],
    ...['REASONING_START', 'REASONING_MESSAGE_START', 'REASONING_MESSAGE_CONTENT', 'REASONING_MESSAGE_END'],
    ...['REASONING_ENCRYPTED_VALUE', 'REASONING_END'],
    ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'CUSTOM', 'TEXT_MESSAGE_END'],
    ...['TOOL_CALL_START', 'TOOL_CALL_ARGS', 'TOOL_CALL_END', 'TOOL_CALL_RESULT'],
    ...['STEP_FINISHED', 'STEP_STARTED'],
    ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END'],
    ...['STEP_FINISHED', 'RUN_FINISHED'],
  ]);
  expect(events).toContainEqual({ type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{"at":"here"}' });
  expect(events).toContainEqual({
    ...{ type: 'TOOL_CALL_RESULT', messageId: 'r-result-c', toolCallId: 'c' },
    ...{ content: 'noon', role: 'tool' },
  });
  expect(events.at(-1)).toMatchObject({ ...run, outcome: { type: 'success' } });
  const messages = events.flatMap((event) => (event.type === 'TEXT_MESSAGE_START' ? [event.messageId] : []));
  expect(new Set(messages).size).toBe(2);
});

test('what is not asked for is not in it', async () => {
  const llm = new ScriptedLLM({ replies: [[{ type: 'reasoning', text: 'Hm.', signature: 'sig' }]] });
  const events = await collect(toAGUI(llm.streamChat('x'), run));
  expect(brief(events)).toEqual(['RUN_STARTED', 'STEP_STARTED', 'STEP_FINISHED', 'RUN_FINISHED']);
});

test('a failure and an abort end the run, with its code', async () => {
  const failing = new ScriptedLLM({ replies: [new MortiseError('quota', 'http://10.0.0.1')], retry: false });
  expect(await collect(toAGUI(failing.streamChat('x'), run))).toEqual([
    { type: 'RUN_STARTED', ...run },
    { type: 'RUN_ERROR', message: 'The stream failed: quota.', code: 'quota' },
  ]);
  const stopped = new ScriptedLLM({ replies: ['x'] }).streamChat('x', { signal: AbortSignal.abort() });
  expect((await collect(toAGUI(stopped, run))).at(-1)).toEqual({
    ...{ type: 'RUN_FINISHED', ...run },
    outcome: { type: 'cancelled' },
  });
});

test('goes over a response as one event a line', async () => {
  const response = toAGUIResponse(new ScriptedLLM({ replies: ['x'] }).streamComplete('x'), run);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const lines = (await response.text()).trimEnd().split('\n\n');
  const events = lines.map((line) => EventSchemas.parse(JSON.parse(line.slice('data: '.length))));
  expect(events[0]).toEqual({ type: 'RUN_STARTED', ...run });
  expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED' });
});

test('a call that waits is an interrupt, and an agent that is a tool a subagent', async () => {
  const parameters = { type: 'object' };
  const clock = tool({ name: 'clock', description: 'x', parameters, execute: () => 'noon' });
  const pay = tool({ name: 'pay', description: 'x', parameters, needsApproval: true, execute: () => 'paid' });
  const inner = new ScriptedLLM({ replies: [[toolCallBlock('i', 'clock', '{}')], 'Noon.'] });
  const research = agentTool({ name: 'research', description: 'x', llm: inner, tools: [clock] });
  const calls = [toolCallBlock('o', 'research', '{"task":"t"}'), toolCallBlock('p', 'pay', '{}')];
  const llm = new ScriptedLLM({ replies: [calls] });
  const stream = streamTools(llm, 'x', { tools: [research, pay], approvalKey: 'a key of the application' });
  const events = await collect(toAGUI(stream, { ...run, show: { approvals: true } }));
  const inside = events.filter(({ subagentRunId }) => subagentRunId === 'r-o');
  expect(brief(inside)).toEqual([
    ...['SUBAGENT_STARTED', 'TOOL_CALL_START', 'TOOL_CALL_ARGS', 'TOOL_CALL_END', 'TOOL_CALL_RESULT'],
    ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END', 'SUBAGENT_FINISHED'],
  ]);
  expect(events.at(-1)).toMatchObject({ outcome: { type: 'interrupt', interrupts: [{ toolCallId: 'p' }] } });
});
