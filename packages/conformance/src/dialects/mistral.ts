import type { JsonObject } from '@mortise/core';
import { objectAt } from './answer.ts';
import type { DialectBase, EmbeddingDialect, Failure } from './contract.ts';
import { base64Of, listTexts, numberAt } from './vectors.ts';

/** Mistral's errors: a sentence, a word, and a code that is a number. A missing field comes as FastAPI writes it. */
export const mistralFailure: DialectBase['failure'] = (failure) => ({
  body: failureBody(failure),
  headers: { 'mistral-correlation-id': 'req_conformance' },
  // It has no word of its own for an account that has nothing left: HTTP has a status.
  ...(failure.kind === 'quota' ? { status: 402 } : {}),
});

export function failureBody({ status, kind, message }: Failure): JsonObject {
  if (status === 401 || kind === 'quota') return { detail: message };
  if (status === 422) return { detail: [{ loc: ['body', 'messages'], msg: message, type: 'value_error' }] };
  const [type, code] = kindOf(status, kind);
  const said = kind === 'context-length' ? TOO_LONG : message;
  return { object: 'error', message: said, type, param: null, code, raw_status_code: status };
}

const TOO_LONG =
  'Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length';

function kindOf(status: number, kind: Failure['kind']): readonly [type: string, code: string] {
  if (kind === 'context-length') return ['invalid_request_prompt', '3051'];
  if (kind === 'rate' || status === 429) return ['rate_limited', '1300'];
  return status >= 500 ? ['internal_server_error', '1000'] : ['invalid_request_error', '1500'];
}

/** https://docs.mistral.ai/api/endpoint/embeddings */
export const mistralEmbeddings: EmbeddingDialect = {
  name: 'mistral-embeddings',
  without: {
    kind: 'Mistral embeds queries and documents alike.',
    warned: 'A reply of Mistral warns of nothing.',
  },
  model: ({ body }) => objectAt(body)['model'],
  inputs: ({ body }) => listTexts(objectAt(body)['input']),
  encoding: ({ body }) => (objectAt(body)['encoding_format'] === 'base64' ? 'base64' : 'float'),
  dimensions: ({ body }) => numberAt(objectAt(body)['output_dimension']),
  body: (rows, { model, encoding, inputTokens }) => ({
    id: 'emb_conformance',
    object: 'list',
    data: rows.map(({ index, vector }) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : [...vector],
    })),
    model,
    ...(inputTokens === undefined
      ? {}
      : { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens, completion_tokens: 0 } }),
  }),
  requestId: 'mistral-correlation-id',
  failure: mistralFailure,
};
