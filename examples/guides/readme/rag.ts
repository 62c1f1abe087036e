import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { OpenAILLM } from '@mortise/openai';
import { createQueryEngine, DirectoryReader, openIndex } from '@mortise/rag';

const index = await openIndex({ embedding: new EnergeticAIEmbedding() });
await index.update(new DirectoryReader({ directory: 'docs/guides' }));

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const engine = createQueryEngine({ llm, retriever: index.retriever() });
const { text, citations } = await engine.query('How does a stream tell that it was cut?');
console.log(text, citations);
