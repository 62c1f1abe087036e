import { VoyageEmbedding, VoyageReranker } from '@mortise/voyage';

const texts = ['The sky is blue.', 'Grass is green.'];
const embedding = new VoyageEmbedding({ model: 'voyage-4', dimensions: 512 }); // the key is in VOYAGE_API_KEY
const { embeddings } = await embedding.embedTexts(texts);

const reranker = new VoyageReranker({ model: 'rerank-2.5' });
const { results } = await reranker.rerank('sky', texts, { topN: 1 });
console.log(embeddings.length, results[0]?.index);
