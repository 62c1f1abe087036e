import type { JsonObject } from '@mortise/core';
import { listAt, mediaOf, objectAt, stringAt } from './answer.ts';
import type {
  DialectBase,
  EmbeddingBodyOptions,
  EmbeddingDialect,
  EmbeddingRow,
  RerankDialect,
  SentImage,
} from './contract.ts';
import { base64Of, listTexts, numberAt } from './vectors.ts';

/** Voyage's errors are a sentence. https://docs.voyageai.com/docs/error-codes */
const failure: DialectBase['failure'] = ({ kind, message }) => ({
  body: { detail: SENTENCES[kind ?? ''] ?? message },
  headers: {},
  status: kind === 'quota' ? 402 : undefined,
});

const SENTENCES: Readonly<Record<string, string>> = {
  // https://github.com/assafelovic/gpt-researcher/issues/1148
  rate: 'You have not yet added your payment method in the billing page and will have reduced rate limits of 3 RPM and 10K TPM.',
  // https://github.com/latitude-dev/latitude-llm/pull/3554
  'context-length':
    "Request to model 'voyage-4-large' failed. The example at index 0 in your batch has too many tokens and does not fit into the model's context window of 32000 tokens. Please lower the number of tokens in the listed example(s) or use truncation.",
};

const WITHOUT = {
  'request-id': 'No header of an error reply is documented to name the request.',
  warned:
    'A reply of Voyage warns of nothing: a text that is too long is refused, or cut in silence where that was asked for.',
};

const common = {
  model: ({ body }) => objectAt(body)['model'],
  encoding: ({ body }) => (objectAt(body)['encoding_format'] === 'base64' ? 'base64' : 'float'),
  dimensions: ({ body }) => numberAt(objectAt(body)['output_dimension']),
  kind: ({ body }) => {
    const type = objectAt(body)['input_type'];
    return type === 'query' || type === 'document' ? type : undefined;
  },
  failure,
} satisfies Partial<EmbeddingDialect>;

/** https://docs.voyageai.com/reference/embeddings-api */
export const voyageEmbeddings: EmbeddingDialect = {
  ...common,
  name: 'voyage-embeddings',
  without: WITHOUT,
  inputs: ({ body }) => listTexts(objectAt(body)['input']),
  body: (rows, options) => listOf(rows, options, (total) => ({ total_tokens: total })),
};

/** https://docs.voyageai.com/reference/multimodal-embeddings-api */
export const voyageMultimodalEmbeddings: EmbeddingDialect = {
  ...common,
  name: 'voyage-multimodal-embeddings',
  without: WITHOUT,
  inputs: ({ body }) =>
    listAt(objectAt(body)['inputs']).map(({ content }) =>
      listAt(content)
        .map(({ text }) => stringAt(text))
        .join(''),
    ),
  blocks: ({ body }) => listAt(objectAt(body)['inputs']).map(({ content }) => listAt(content).map(sentPart)),
  body: (rows, options) =>
    listOf(rows, options, (total) => ({ text_tokens: 1, image_pixels: 560, total_tokens: total })),
};

function listOf(
  rows: readonly EmbeddingRow[],
  { model, encoding, inputTokens }: EmbeddingBodyOptions,
  usage: (total: number) => JsonObject,
): JsonObject {
  return {
    object: 'list',
    data: rows.map(({ index, vector }) => ({
      object: 'embedding',
      embedding: encoding === 'base64' ? base64Of(vector) : [...vector],
      index,
    })),
    model,
    ...(inputTokens === undefined ? {} : { usage: usage(inputTokens) }),
  };
}

function sentPart({ type, text, image_base64: image }: JsonObject): string | SentImage {
  return type === 'text' ? stringAt(text) : (mediaOf(image) ?? '');
}

/** https://docs.voyageai.com/reference/reranker-api */
export const voyageRerank: RerankDialect = {
  name: 'voyage-rerank',
  without: WITHOUT,
  model: ({ body }) => objectAt(body)['model'],
  query: ({ body }) => stringAt(objectAt(body)['query']),
  documents: ({ body }) => listTexts(objectAt(body)['documents']),
  topN: ({ body }) => numberAt(objectAt(body)['top_k']),
  body: (results) => ({
    object: 'list',
    data: results.map(({ index, score }) => ({ relevance_score: score, index })),
    model: 'rerank-conformance',
    usage: { total_tokens: 1 },
  }),
  usage: (count) => ({ usage: { total_tokens: count } }),
  failure,
};
