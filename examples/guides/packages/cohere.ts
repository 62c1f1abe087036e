import { CohereEmbedding, CohereLLM, CohereReranker } from '@mortise/cohere';

const llm = new CohereLLM({ model: 'command-a-03-2025' }); // the key is in CO_API_KEY
console.log((await llm.chat('Why is the sky blue?')).text);

const texts = ['The sky is blue.', 'Grass is green.'];
const embedding = new CohereEmbedding({ model: 'embed-v4.0', dimensions: 512 });
const { embeddings } = await embedding.embedTexts(texts);

const reranker = new CohereReranker({ model: 'rerank-v4.0-fast' });
const { results } = await reranker.rerank('sky', texts, { topN: 1 });
console.log(embeddings.length, results[0]?.index);
