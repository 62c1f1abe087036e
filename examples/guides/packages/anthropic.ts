import { AnthropicLLM } from '@mortise/anthropic';

const llm = new AnthropicLLM({ model: 'claude-sonnet-5' }); // the key is in ANTHROPIC_API_KEY
const { text } = await llm.chat('Why is the sky blue?');
console.log(text);
