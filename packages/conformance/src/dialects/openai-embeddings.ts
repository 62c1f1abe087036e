import { objectAt } from './answer.ts';
import { base64Of, listTexts, numberAt } from './vectors.ts';
import type { EmbeddingDialect } from './contract.ts';
import { openAIFailure } from './openai.ts';

/** https://platform.openai.com/docs/api-reference/embeddings */
export const openAIEmbeddings: EmbeddingDialect = {
  name: 'openai-embeddings',
  without: {
    kind: 'OpenAI embeds queries and documents alike.',
    warned: 'A reply of OpenAI warns of nothing.',
  },
  model: ({ body }) => objectAt(body)['model'],
  inputs: ({ body }) => listTexts(objectAt(body)['input']),
  encoding: ({ body }) => (objectAt(body)['encoding_format'] === 'base64' ? 'base64' : 'float'),
  dimensions: ({ body }) => numberAt(objectAt(body)['dimensions']),
  body: (rows, { model, encoding, inputTokens }) => ({
    object: 'list',
    data: rows.map(({ index, vector }) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : [...vector],
    })),
    model,
    ...(inputTokens === undefined
      ? {}
      : { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } }),
  }),
  requestId: 'x-request-id',
  failure: openAIFailure,
};
