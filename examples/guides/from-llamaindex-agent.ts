import { tool, runTools } from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';
import { z } from 'zod';

const dryingDays = tool({
  name: 'dryingDays',
  description: 'How many days a board needs to dry.',
  parameters: z.object({ wood: z.string(), millimetres: z.number() }),
  execute: ({ wood, millimetres }) => `${wood}: ${millimetres * (wood === 'oak' ? 20 : 12)} days`,
});

const carpenter = (question: string) =>
  runTools(
    new OpenAILLM({ model: 'gpt-4o-mini', api: 'chat-completions' }),
    [
      { role: 'system', content: 'You are a carpenter. Answer in one sentence.' },
      { role: 'user', content: question },
    ],
    { tools: [dryingDays] },
  );

export async function askCarpenter(question: string): Promise<string> {
  const result = await carpenter(question);
  return result.text;
}
