import { OpenAILLM } from '@mortise/openai';

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' }); // the key is read from OPENAI_API_KEY

const stream = llm.streamChat('Why is the sky blue? Two sentences.');
for await (const text of stream.textStream) process.stdout.write(text);

const { usage, finishReason } = await stream.final();
console.log(`\n${finishReason.unified}, ${usage.outputTokens} tokens`);
