import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { createQueryEngine, DirectoryReader, openIndex } from '@mortise/rag';

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const index = await openIndex({ embedding }, { directory: '.index' });
await index.update(new DirectoryReader({ directory: 'docs' }));

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const engine = createQueryEngine({ llm, retriever: index.retriever() });
const answer = engine.streamQuery('Why is the sky blue?');
for await (const text of answer.textStream) process.stdout.write(text);
const { citations } = await answer.final();
console.log(citations);
