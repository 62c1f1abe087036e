import { structured } from '@mortise/toolkit';
import { AnthropicLLM as Model } from '@mortise/anthropic';
import { z } from 'zod';

const llm = new Model({ model: 'claude-sonnet-5' }); // reads ANTHROPIC_API_KEY

const stream = llm.streamChat('How does a mortise hold a tenon? One sentence.');
for await (const text of stream.textStream) process.stdout.write(text);
const { usage, finishReason } = await stream.final();
console.log(`\n${finishReason.unified}, ${usage.outputTokens} tokens`);

const Joint = z.object({ name: z.string(), woods: z.array(z.string()) });
const { value } = await structured(llm, Joint, 'Which joint holds a table leg?');
console.log(value.name, value.woods);
