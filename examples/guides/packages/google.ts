// #region chat
import { GoogleEmbedding, GoogleLLM } from '@mortise/google';

const llm = new GoogleLLM({ model: 'gemini-2.5-flash' }); // the key is in GEMINI_API_KEY
console.log((await llm.chat('Why is the sky blue?')).text);
// #endregion

// #region embed
const embedding = new GoogleEmbedding({ model: 'gemini-embedding-001', dimensions: 768 });
const { embeddings } = await embedding.embedTexts(['The sky is blue.', 'Grass is green.']);
console.log(embeddings.length);
// #endregion
