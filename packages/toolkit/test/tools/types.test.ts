import { toolCallBlock, type JsonObject, type LLM, type ToolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  agentTool,
  runTools,
  streamTools,
  tool,
  type RunToolsEvent,
  type RunToolsOptions,
  type StreamToolsOptions,
  type Tool,
} from '@mortise/toolkit';
import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const pay = tool({
  name: 'pay',
  description: 'x',
  parameters: z.object({ sum: z.number(), on: z.string().transform((text) => new Date(text)) }),
  needsApproval: ({ on }) => on.getTime() > 0,
  execute: ({ sum }) => sum,
});
const plain = tool({ name: 'plain', description: 'x', parameters: { type: 'object' }, execute: () => 1 });
const llm: LLM = new ScriptedLLM({ replies: () => 'ok' });
const research = agentTool({ name: 'research', description: 'x', llm, tools: [pay], approve: () => true });
const tools = [pay, plain, research] as const;

function read(event: RunToolsEvent<(typeof tools)[number]>): void {
  if (event.type !== 'tool-start' && event.type !== 'tool-end') return;
  // What the model wrote, and not what the schema makes of it.
  if (event.call.name === 'pay') expectTypeOf(event.call.arguments).toExtend<{ sum: number; on: string }>();
  else if (event.call.name === 'plain') expectTypeOf(event.call.arguments).toEqualTypeOf<JsonObject>();
  else {
    expectTypeOf(event.call.name).toEqualTypeOf<'research'>();
    expectTypeOf(event.call.arguments).toExtend<{ task: string }>();
  }
}

it('tools: the name of a call narrows its arguments, in a stream, in a listener and where it is approved', async () => {
  const stream = streamTools(llm, 'x', {
    tools,
    approve(call) {
      if (call.name === 'pay') expectTypeOf(call.arguments.sum).toEqualTypeOf<number>();
      return call.name !== 'research' || call.arguments.task !== '';
    },
    toolErrors: (_error, { name }) => {
      expectTypeOf(name).toEqualTypeOf<'pay' | 'plain' | 'research'>();
      return name;
    },
  });
  for await (const event of stream) {
    read(event);
    if (event.type === 'tool-start' && event.call.name === 'pay')
      expectTypeOf(event.call.arguments.on).toEqualTypeOf<string>();
  }
  const onEvent = (event: RunToolsEvent<typeof pay | typeof plain>): void => void event.type;
  await runTools(llm, 'x', { tools: [pay, plain], approve: () => true, onEvent });
  await runTools(llm, 'x', {
    tools: [pay, plain],
    approve: () => true,
    onEvent(event) {
      // @ts-expect-error There is no tool of that name.
      if (event.type === 'tool-start' && event.call.name === 'pya') throw new Error();
    },
  });
  expect(tools.map(({ name }) => name)).toEqual(['pay', 'plain', 'research']);
});

it('tools: where they have no literal names, calls are those of any tool', () => {
  expectTypeOf<Extract<RunToolsEvent, { type: 'tool-start' }>['call']>().toExtend<ToolCallBlock>();
  expectTypeOf<ToolCallBlock>().toExtend<Extract<RunToolsEvent, { type: 'tool-start' }>['call']>();
  expectTypeOf(pay).toExtend<Tool>();
  expectTypeOf<RunToolsEvent<typeof pay>>().toExtend<RunToolsEvent>();
  expectTypeOf<StreamToolsOptions<never, undefined, typeof pay>>().toExtend<
    RunToolsOptions<never, undefined>
  >();
});

it('tools: a state is JSON, so that stores take it without a cast, and an answer has the type of its schema', async () => {
  const answering = new ScriptedLLM({
    replies: [toolCallBlock('a', 'answer', '{"n": 1}')].map((call) => [call]),
  });
  const result = await runTools(answering, 'x', { tools: [], output: z.object({ n: z.number() }) });
  if (result.ended === 'answer') expectTypeOf(result.output).toEqualTypeOf<{ n: number }>();
  const kept: JsonObject = result.state;
  expect(kept['version']).toBe(1);
});
