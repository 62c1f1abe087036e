import { listAt, objectAt, stringAt } from './answer.ts';
import type { EmbeddingDialect } from './contract.ts';
import { googleFailure } from './google-generate-content.ts';
import { listTexts, numberAt } from './vectors.ts';
import type { WireRequest } from '../wire.ts';

const requests = ({ body }: WireRequest) => listAt(objectAt(body)['requests']);

/** `batchEmbedContents`: https://ai.google.dev/api/embeddings */
export const googleEmbeddings: EmbeddingDialect = {
  name: 'google-embeddings',
  without: {
    index: 'Google gives vectors in the order of the texts, without an index.',
    'request-id': 'No header of an error reply names the request.',
    warned: 'A reply of Google marks the texts that were cut, on Vertex AI alone, and warns of nothing else.',
  },
  model: (request) => stringAt(requests(request)[0]?.['model']).replace(/^models\//, ''),
  inputs: (request) => requests(request).map(({ content }) => listTexts(objectAt(content)['parts']).join('')),
  encoding: () => 'float',
  dimensions: (request) => numberAt(requests(request)[0]?.['outputDimensionality']),
  kind: (request) => {
    const type = requests(request)[0]?.['taskType'];
    return type === 'RETRIEVAL_QUERY' ? 'query' : type === 'RETRIEVAL_DOCUMENT' ? 'document' : undefined;
  },
  body: (rows, { inputTokens }) => ({
    embeddings: rows.map(({ vector }) => ({ values: [...vector] })),
    ...(inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: inputTokens } }),
  }),
  failure: googleFailure,
};
