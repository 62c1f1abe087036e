// #region chat
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' }); // the key is in OPENAI_API_KEY
console.log((await llm.chat('Why is the sky blue?')).text);
for await (const text of llm.streamChat('And at dusk?').textStream) process.stdout.write(text);

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small', dimensions: 512 });
const { embeddings } = await embedding.embedTexts(['one', 'two']);
console.log(embeddings.length);
// #endregion
