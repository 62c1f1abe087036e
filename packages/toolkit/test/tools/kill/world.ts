import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { toolCallBlock } from '@mortise/core';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { agentTool, tool, type Tool, type ToolsState } from '@mortise/toolkit';

export const APPROVAL_KEY = 'a key of this test, 16 bytes and more';
export const INPUT = 'Order the timber, and pay for it.';
export const TOOLS = ['order', 'reserve', 'notify', 'pay', 'refund'] as const;

/** Every tool in the first reply, some in the next two, and an agent that pays for something of its own. */
const SCRIPT: readonly ScriptedReply[] = [
  TOOLS.map((name, at) => toolCallBlock(`a${at}`, name, `{"n":${at}}`)),
  [toolCallBlock('b0', 'notify', '{"n":10}'), toolCallBlock('b1', 'order', '{"n":11}')],
  [toolCallBlock('c0', 'reserve', '{"n":12}'), toolCallBlock('c1', 'buyer', '{"task":"Buy glue."}')],
  'The timber is ordered, and paid for.',
];

/** How many side effects a whole run has. */
export const EFFECTS = 10;

/** A model that answers by how far the conversation has come, and takes its time. */
export function scriptedFrom(state: ToolsState | undefined): ScriptedLLM {
  let at = state?.steps ?? 0;
  return new ScriptedLLM({
    replies: async () => {
      await setTimeout(5);
      return SCRIPT[at++] ?? 'It is over.';
    },
    usage: { inputTokens: 10, outputTokens: 2 },
  });
}

/** The agent's model: whatever process asks it, it goes on from the conversation. */
function buyersModel(): ScriptedLLM {
  return new ScriptedLLM({
    replies: ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? 'The glue is bought.'
        : [toolCallBlock('i0', 'pay', '{"n":20}'), toolCallBlock('i1', 'notify', '{"n":21}')],
    usage: { inputTokens: 10, outputTokens: 2 },
  });
}

/**
 * Five tools, each with a side effect on the disk: a line for every time that it was run, and an effect that the service
 * behind it has once for each key, as services with keys of idempotency do; and an agent that has them too.
 */
export function toolsOn(folder: string): Tool[] {
  const own = effectsOn(folder);
  const buyer = agentTool({ name: 'buyer', description: 'x', llm: buyersModel(), tools: own });
  return [...own, buyer];
}

function effectsOn(folder: string): Tool[] {
  return TOOLS.map((name) =>
    tool({
      name,
      description: 'x',
      parameters: { type: 'object', properties: { n: { type: 'number' } } },
      needsApproval: name === 'pay' || name === 'refund',
      async execute({ n }, { idempotencyKey }) {
        appendFileSync(join(folder, 'runs.txt'), `${idempotencyKey} ${name}\n`);
        await setTimeout(2 + (Number(n) % 4));
        const effect = join(folder, `effect-${idempotencyKey.replaceAll('/', '_')}`);
        if (existsSync(effect)) appendFileSync(join(folder, 'repeated.txt'), `${idempotencyKey}\n`);
        else writeFileSync(effect, `${name} ${Number(n)}`);
        await setTimeout(1);
        return `${name} ${Number(n)} is done`;
      },
    }),
  );
}
