import { runTools, tool } from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';
import { z } from 'zod';

const weather = tool({
  name: 'weather',
  description: 'The weather in a city, now.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, celsius: 21 }),
});

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const { text } = await runTools(llm, 'Is it warm in Lisbon?', { tools: [weather] });
console.log(text);
