import { openai } from '@ai-sdk/openai';
import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import { generateText } from 'ai';

const llm = fromAISDK(openai('gpt-5.4-mini')); // an LLM of Mortise: retries, bounds, spans, wrappers
console.log((await llm.chat('Why is the sky blue?')).text);

// Any LLM of Mortise, wrappers included.
const { text } = await generateText({ model: toAISDK(llm), prompt: 'And at night?' });
console.log(text);
