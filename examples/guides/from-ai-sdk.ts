import { OpenAILLM } from '@mortise/openai';
import { runTools, tool } from '@mortise/toolkit';
import { z } from 'zod';

const llm = new OpenAILLM({ model: 'gpt-4o-mini', api: 'chat-completions' });

const dryingDays = tool({
  name: 'dryingDays',
  description: 'How many days a board needs to dry.',
  parameters: z.object({ wood: z.string(), millimetres: z.number() }),
  execute: async ({ wood, millimetres }) => `${wood}: ${millimetres * 20} days`,
});

export async function planDrying(question: string): Promise<string> {
  const messages = [
    { role: 'system', content: 'Answer in one sentence.' },
    { role: 'user', content: question },
  ] as const;
  const { text } = await runTools(llm, messages, { tools: [dryingDays], maxSteps: 4 });
  return text;
}
