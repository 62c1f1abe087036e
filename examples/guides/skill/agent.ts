import { isMortiseError, type LLM } from '@mortise/core';
import { runTools, tool } from '@mortise/toolkit';
import { z } from 'zod';

const weather = tool({
  name: 'weather',
  description: 'The weather in a city, now.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }, { signal }) => ({ city, celsius: await measure(city, signal) }),
});
const book = tool({
  name: 'book',
  description: 'Books a table. A person is asked first.',
  parameters: z.object({ seats: z.number().int().min(1) }),
  needsApproval: true,
  execute: ({ seats }, { idempotencyKey }) => `Booked ${seats} seats as ${idempotencyKey}.`,
});

/** Runs until the model answers. `ask` is the person: `true`, or the reason of a no, which the model is told. */
export async function assist(llm: LLM, task: string, ask: (what: string) => Promise<true | string>) {
  try {
    const { text, steps } = await runTools(llm, task, {
      tools: [weather, book],
      maxSteps: 6,
      // Asked of every call, and told what the tool says of it.
      approve: (call, { needsApproval }) =>
        !needsApproval || ask(`${call.name} ${JSON.stringify(call.arguments)}`),
    });
    return { text, steps: steps.length };
  } catch (error) {
    if (isMortiseError(error, 'max-steps')) return { text: 'It did not come to an end.', steps: 6 };
    throw error;
  }
}

async function measure(city: string, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  return city.length + 15;
}
