import type { KeyValueStore, LLM } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import { engineTool, engineToolResult } from '@mortise/rag';
import {
  agentTool,
  runTools,
  streamTools,
  tool,
  toolsStateFromJson,
  type GivenApproval,
  type PendingApproval,
  type Tool,
} from '@mortise/toolkit';
import { z } from 'zod';

export async function watch(llm: LLM, tools: Tool[], print: (text: string) => void) {
  // #region stream
  const stream = streamTools(llm, 'Is the api healthy?', {
    tools,
    stopWhen: ({ results }) => results.some(({ content }) => content === 'down'),
    prepareStep: ({ step }) => (step > 3 ? { tools: ['load'] } : undefined),
    toolErrors: (error, { name }) =>
      `${name} failed: ${error instanceof RangeError ? 'too far' : 'try later'}`,
  });
  for await (const event of stream) {
    if (event.type === 'stream' && event.event.type === 'text-delta') print(event.event.delta);
    else if (event.type === 'tool-start') print(`[${event.call.name}]`);
    else if (event.type === 'tool-progress') print(`[${JSON.stringify(event.value)}]`);
    else if (event.type === 'step-end') print(`[${event.usage.totalTokens ?? '?'} tokens so far]`);
  }
  const { text, ended } = await stream.final(); // 'answer', or 'stopped' by stopWhen
  // #endregion
  return { text, ended };
}

export async function report(llm: LLM, tools: Tool[]) {
  // #region output
  const Report = z.object({ healthy: z.boolean(), since: z.string().transform((text) => new Date(text)) });
  const result = await runTools(llm, 'Is the api healthy?', { tools, output: Report });
  if (result.ended === 'answer') return result.output.since; // a Date
  // #endregion
  return undefined;
}

type Charge = (sum: number, options: { key: string }) => Promise<string>;

export async function order(
  llm: LLM,
  charge: Charge,
  store: KeyValueStore,
  approvalKey: string,
  approvals?: GivenApproval[],
): Promise<string | PendingApproval[]> {
  // #region resume
  const pay = tool({
    name: 'pay',
    description: 'Pays a sum in euros.',
    parameters: z.object({ sum: z.number() }),
    needsApproval: ({ sum }) => sum > 100, // sum is a number
    execute: ({ sum }, { idempotencyKey }) => charge(sum, { key: idempotencyKey }),
  });
  const kept = await store.get('order-7');
  const begin = kept === undefined ? 'Order the timber, and pay for it.' : toolsStateFromJson(kept);
  const result = await runTools(llm, begin, {
    tools: [pay],
    approvalKey, // a secret of the application, the same in every process
    approvals, // what people decided: { callId, approved, reason?, token }
    onState: (state) => store.set('order-7', state),
  });
  if (result.ended === 'approval') return result.approvals; // ask people; run again with what they say
  // #endregion
  return result.text;
}

export function delegate(llm: LLM, small: LLM, search: Tool) {
  // #region agent
  const research = agentTool({
    name: 'research',
    description: 'Finds out one thing, and gives it in three sentences.',
    llm: small,
    tools: [search],
    system: 'Search until you know. Answer in three sentences.',
    maxSteps: 6,
  });
  return runTools(llm, 'Compare mortise and dowel joints.', { tools: [research] });
  // #endregion
}

export async function consult(llm: LLM, engine: QueryEngine) {
  // #region engine
  const manual = engineTool(engine, {
    name: 'manual',
    description: 'Answers questions about the machine from its manual.',
  });
  const { text, steps } = await runTools(llm, 'It hums. What now?', { tools: [manual] });
  const found = steps.flatMap(({ results }) => results.map(engineToolResult));
  const sources = found.flatMap((each) => each?.sources ?? []); // for the page
  // #endregion
  return { text, sources };
}
