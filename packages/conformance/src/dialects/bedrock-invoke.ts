import type { JsonValue } from '@mortise/core';
import { objectAt, stringAt } from './answer.ts';
import { bedrockFailure } from './bedrock-converse.ts';
import type { EmbeddingDialect, RerankDialect } from './contract.ts';
import { listTexts, numberAt } from './vectors.ts';
import type { WireRequest } from '../wire.ts';

const modelIn = ({ path }: WireRequest): string =>
  decodeURIComponent(/\/model\/([^/?]+)\/invoke/.exec(path)?.[1] ?? '');

const REPLY_MODEL = 'A reply of InvokeModel does not name the model.';
const NO_WARNING = 'A reply of a model on Bedrock warns of nothing.';

/** Titan's text embeddings: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
export const bedrockTitanEmbeddings: EmbeddingDialect = {
  name: 'bedrock-titan-embeddings',
  without: {
    index: 'A reply of Titan holds one vector.',
    kind: 'Titan makes no difference between queries and documents.',
    model: REPLY_MODEL,
    warned: NO_WARNING,
  },
  model: modelIn,
  inputs: ({ body }) => listTexts(objectAt(body)['inputText']),
  encoding: () => 'float',
  dimensions: ({ body }) => numberAt(objectAt(body)['dimensions']),
  // Rows that are too few are none, and there is no place for one too many but beside the vector.
  body: (rows, { inputTokens }) => ({
    ...(rows.length > 1
      ? { embeddings: rows.map(({ vector }): JsonValue => [...vector]) }
      : { ...(rows[0] === undefined ? {} : { embedding: [...rows[0].vector] }) }),
    ...(inputTokens === undefined ? {} : { inputTextTokenCount: inputTokens }),
  }),
  requestId: 'x-amzn-requestid',
  failure: bedrockFailure,
};

/** Cohere's embeddings on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
export const bedrockCohereEmbeddings: EmbeddingDialect = {
  name: 'bedrock-cohere-embeddings',
  without: {
    index: 'Cohere gives vectors in the order of the texts, without an index.',
    model: REPLY_MODEL,
    warned: NO_WARNING,
  },
  model: modelIn,
  inputs: ({ body }) => listTexts(objectAt(body)['texts']),
  encoding: () => 'float',
  dimensions: ({ body }) => numberAt(objectAt(body)['output_dimension']),
  kind: ({ body }) => {
    const type = objectAt(body)['input_type'];
    return type === 'search_query' ? 'query' : type === 'search_document' ? 'document' : undefined;
  },
  body: (rows) => ({
    id: 'emb_conformance',
    response_type: 'embeddings_by_type',
    embeddings: { float: rows.map(({ vector }) => [...vector]) },
    texts: [],
  }),
  headers: ({ inputTokens }) =>
    inputTokens === undefined ? {} : { 'x-amzn-bedrock-input-token-count': String(inputTokens) },
  requestId: 'x-amzn-requestid',
  failure: bedrockFailure,
};

/** Amazon's and Cohere's rerankers: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html */
export const bedrockRerank: RerankDialect = {
  name: 'bedrock-rerank',
  without: {
    model: REPLY_MODEL,
    warned: NO_WARNING,
    usage: 'A reply of a reranker on Bedrock counts nothing.',
  },
  model: modelIn,
  query: ({ body }) => stringAt(objectAt(body)['query']),
  documents: ({ body }) => listTexts(objectAt(body)['documents']),
  topN: ({ body }) => numberAt(objectAt(body)['top_n']),
  body: (results) => ({ results: results.map(({ index, score }) => ({ index, relevance_score: score })) }),
  requestId: 'x-amzn-requestid',
  failure: bedrockFailure,
};
