// #region chat
import { MistralEmbedding, MistralLLM } from '@mortise/mistral';

const llm = new MistralLLM({ model: 'mistral-small-latest' }); // the key is in MISTRAL_API_KEY
console.log((await llm.chat('Why is the sky blue?')).text);
// #endregion

// #region embed
const embedding = new MistralEmbedding({ model: 'codestral-embed', dimensions: 512 });
const { embeddings } = await embedding.embedTexts(['const a = 1;', 'let b = 2;']);
console.log(embeddings.length);
// #endregion
