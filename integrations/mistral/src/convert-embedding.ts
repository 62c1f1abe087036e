import { MortiseError } from '@mortise/core';
import type { EmbeddingInput, EmbedReply, EmbedRequest, IndexedRow } from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, throwFailure, withOptions, type About } from '@mortise/core/wire';
import { countOf, objectOf, stringOf, type Wire } from './convert.ts';

/** Merged last into the request's body, in Mistral's own spelling. */
export type MistralEmbeddingProviderOptions = {
  mistral?:
    | {
        /** `int8` and `uint8` come as whole numbers. Packed bits are no numbers of a vector, and are refused. */
        output_dtype?: 'float' | 'int8' | 'uint8' | (string & {}) | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** The body of `POST /v1/embeddings`: https://docs.mistral.ai/api/endpoint/embeddings */
export function toEmbedRequest(
  inputs: readonly EmbeddingInput[],
  { dimensions, providerOptions }: EmbedRequest,
  { provider, model }: About,
): Wire {
  const body = withOptions(
    defined({ model, input: inputs, output_dimension: dimensions }),
    providerOptions?.['mistral'],
  );
  const { output_dtype: type } = body;
  const isPlain = type === undefined || type === 'float';
  if (type === 'binary' || type === 'ubinary' || (!isPlain && body['encoding_format'] === 'base64')) {
    const message = `output_dtype ${JSON.stringify(type)} comes as packed bytes, which are no numbers of a vector. Take float, or int8 without base64.`;
    throw new MortiseError('unsupported', message, { provider, model });
  }
  return body;
}

/** Rows with the provider's `index`, by which core places them. `readJsonVectors` has decoded base64, where it was asked for. */
export function fromEmbedResponse(body: Wire, about: About): EmbedReply {
  const { data, usage, model } = body;
  throwFailure(body, about, !Array.isArray(data));
  if (!Array.isArray(data) || !data.every(isObject)) throw malformed('JSON without embeddings', about);
  const rows = data.map((row, at): IndexedRow => {
    const { embedding, index = at } = row;
    const vector = typeof embedding === 'string' ? float32FromBase64(embedding, about) : embedding;
    return { index: index as number, embedding: vector as IndexedRow['embedding'] };
  });
  const inputTokens = countOf(objectOf(usage)['prompt_tokens']);
  return {
    embeddings: rows,
    usage: inputTokens === undefined ? undefined : { inputTokens },
    model: stringOf(model),
  };
}
