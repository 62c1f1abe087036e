import { structured } from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';
import { z } from 'zod';

const Joint = z.object({ name: z.string(), wood: z.array(z.string()), glued: z.boolean() });

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const { value, mode } = await structured(llm, Joint, 'Describe a mortise and tenon joint.');
console.log(mode, value.name, value.wood.join(', '));
