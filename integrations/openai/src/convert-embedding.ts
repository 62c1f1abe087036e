import type { EmbedReply, EmbedRequest, IndexedRow } from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, throwFailure, withOptions } from '@mortise/core/wire';
import { countOf, metadataOf, objectsOf, type WireAbout, type WireBody } from './convert.ts';

/** The body of `POST /embeddings`. Base64 is a third of the bytes of decimal numbers, and exact. */
export function toEmbeddingRequest(
  inputs: readonly string[],
  request: EmbedRequest,
  about: WireAbout & { readonly encoding?: 'base64' | 'float' | undefined },
): WireBody {
  const body = defined({
    model: about.model,
    input: inputs,
    encoding_format: about.encoding ?? 'base64',
    dimensions: request.dimensions,
  });
  return withOptions(body, request.providerOptions?.[about.provider]);
}

/**
 * Rows with the provider's `index`, by which core places them. `readJsonVectors` has decoded base64 already; a server
 * that ignores `base64` gives plain numbers.
 */
export function fromEmbeddingResponse(body: WireBody, about: WireAbout): EmbedReply {
  const { data, usage, model } = body;
  if (!Array.isArray(data)) {
    throwFailure(body, about, true);
    throw malformed('JSON without embeddings', about);
  }
  // As they are, `{ index, embedding }` and what nobody reads: a list of new objects would be of the same shape.
  const rows = data.every(isObject) ? data : objectsOf(data);
  for (const row of rows) {
    const { embedding } = row;
    if (typeof embedding === 'string') row['embedding'] = float32FromBase64(embedding, about);
  }
  const inputTokens = isObject(usage) ? countOf(usage['prompt_tokens']) : undefined;
  return {
    embeddings: rows as unknown as IndexedRow[],
    usage: inputTokens === undefined ? undefined : { inputTokens },
    model: typeof model === 'string' && model !== '' ? model : undefined,
    providerMetadata: metadataOf(about, { model }),
  };
}
