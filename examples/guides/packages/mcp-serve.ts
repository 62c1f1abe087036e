// #region index
import { serveMcp } from '@mortise/mcp';
import { OpenAIEmbedding } from '@mortise/openai';
import { openIndex } from '@mortise/rag';

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const index = await openIndex({ embedding }, { directory: '.handbook' });
const serving = serveMcp({ retriever: index.retriever(), about: 'of our handbook' });
// `await serving.stdio()` serves an assistant that starts this program: it finds what stands in the index.
// #endregion
console.log(typeof serving.stdio);
