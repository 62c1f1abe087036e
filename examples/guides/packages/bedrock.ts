// #region chat
import { BedrockEmbedding, BedrockLLM, BedrockReranker } from '@mortise/bedrock';

const region = 'eu-central-1';
const llm = new BedrockLLM({ model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', region });
console.log((await llm.chat('Why is the sky blue?')).text);
// #endregion

// #region search
const embedding = new BedrockEmbedding({ model: 'amazon.titan-embed-text-v2:0', dimensions: 512, region });
const { embeddings } = await embedding.embedTexts(['The sky is blue.', 'Grass is green.']);

const reranker = new BedrockReranker({ model: 'cohere.rerank-v3-5:0', region });
const { results } = await reranker.rerank('sky', ['The sky is blue.', 'Grass is green.'], { topN: 1 });
console.log(embeddings.length, results[0]?.index);
// #endregion
