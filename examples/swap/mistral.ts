import { MistralLLM as Model } from '@mortise/mistral';

// What a user chooses comes from outside, so the import above is the only line that knows the provider.
const [model = '', baseURL] = process.argv.slice(2);
const llm = new Model({ model, baseURL });

const stream = llm.streamChat([{ role: 'user', content: 'Why is the sky blue? One sentence, please.' }]);
for await (const text of stream.textStream) process.stdout.write(text);

const { finishReason, usage } = await stream.final();
console.log(`\n(${llm.provider}: ${finishReason.unified}, ${usage.outputTokens ?? 'unknown'} tokens)`);
