import { OpenAILLM } from '@mortise/openai';
import { YamlParser } from '@mortise/yaml';
import { z } from 'zod';

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const parser = new YamlParser({ schema: z.object({ title: z.string(), steps: z.array(z.string()) }) });
const reply = await llm.complete(parser.format('How do I make tea?'));
const { title, steps } = await parser.parse(reply.text);
console.log(title, steps);
