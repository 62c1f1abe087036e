import type { JsonObject } from '@mortise/core';
import { listAt, mediaOf, objectAt, stringAt } from './answer.ts';
import type { DialectBase, EmbeddingDialect, RerankDialect, SentImage } from './contract.ts';
import { base64Of, listTexts, numberAt } from './vectors.ts';

/** Cohere's errors have a sentence and no code. https://docs.cohere.com/reference/errors */
export const cohereFailure: DialectBase['failure'] = ({ kind, message }) => ({
  body: { id: 'req_conformance', message: kind === undefined ? message : (SENTENCES[kind] ?? message) },
  headers: {},
});

const SENTENCES: Readonly<Record<string, string>> = {
  quota: 'You are using a Trial key, which is limited to 1000 API calls / month.',
  'context-length': 'too many tokens: size limit exceeded by 11326 tokens.',
};

/** https://docs.cohere.com/reference/embed */
export const cohereEmbed: EmbeddingDialect = {
  name: 'cohere-embed',
  without: { index: 'Cohere gives vectors in the order of the texts, without an index.' },
  model: ({ body }) => objectAt(body)['model'],
  inputs: ({ body }) => listTexts(objectAt(body)['texts']),
  encoding: ({ body }) =>
    listTexts(objectAt(body)['embedding_types']).includes('base64') ? 'base64' : 'float',
  dimensions: ({ body }) => numberAt(objectAt(body)['output_dimension']),
  kind: ({ body }) => {
    const type = objectAt(body)['input_type'];
    return type === 'search_query' ? 'query' : type === 'search_document' ? 'document' : undefined;
  },
  blocks: ({ body }) => {
    const { inputs, texts } = objectAt(body);
    if (inputs === undefined) return listTexts(texts);
    return listAt(inputs).map(({ content }) => listAt(content).map(sentPart));
  },
  body: (rows, { encoding, inputTokens }) => ({
    id: 'emb_conformance',
    embeddings: {
      [encoding]: rows.map(({ vector }) => (encoding === 'base64' ? base64Of(vector) : [...vector])),
    },
    texts: [],
    meta: { billed_units: inputTokens === undefined ? {} : { input_tokens: inputTokens } },
  }),
  warned,
  requestId: 'x-request-id',
  failure: cohereFailure,
};

function warned(body: JsonObject, message: string): JsonObject {
  return { ...body, meta: { ...objectAt(body['meta']), warnings: [message] } };
}

function sentPart({ type, text, image_url }: JsonObject): string | SentImage {
  return type === 'text' ? stringAt(text) : (mediaOf(objectAt(image_url)['url']) ?? '');
}

/** https://docs.cohere.com/reference/rerank */
export const cohereRerank: RerankDialect = {
  name: 'cohere-rerank',
  without: {},
  model: ({ body }) => objectAt(body)['model'],
  query: ({ body }) => stringAt(objectAt(body)['query']),
  documents: ({ body }) => listTexts(objectAt(body)['documents']),
  topN: ({ body }) => numberAt(objectAt(body)['top_n']),
  body: (results) => ({
    id: 'rank_conformance',
    results: results.map(({ index, score }) => ({ index, relevance_score: score })),
    meta: { billed_units: { search_units: 1 } },
  }),
  warned,
  usage: (count) => ({ meta: { billed_units: { search_units: count }, tokens: { input_tokens: count } } }),
  requestId: 'x-request-id',
  failure: cohereFailure,
};
