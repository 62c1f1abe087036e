import type { EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, throwFailure, withOptions } from '@mortise/core/wire';
import { countOf, objectOf, type WireAbout, type WireBody } from './convert.ts';

export interface EmbedSettings {
  readonly encodingFormat: 'base64' | 'float';
  readonly truncate: 'NONE' | 'START' | 'END';
}

/** The body of `POST /v2/embed`. */
export function toEmbedRequest(
  texts: readonly string[],
  request: EmbedRequest,
  settings: EmbedSettings,
  about: WireAbout,
): WireBody {
  const body = defined({
    model: about.model,
    texts,
    input_type: request.kind === 'query' ? 'search_query' : 'search_document',
    embedding_types: [settings.encodingFormat],
    output_dimension: request.dimensions,
    truncate: settings.truncate,
  });
  return withOptions(body, request.providerOptions?.['cohere']);
}

/** Rows in the order of the texts, in whichever of the two formats the server gave. */
export function fromEmbedResponse(body: WireBody, about: WireAbout): EmbedReply {
  const { embeddings, meta } = body;
  const { base64, float } = objectOf(embeddings);
  const inputTokens = inputTokensOf(objectOf(meta));
  const usage = inputTokens === undefined ? undefined : { inputTokens };
  if (Array.isArray(base64)) {
    return { embeddings: base64.map((row) => fromBase64(row, about)), usage };
  }
  if (Array.isArray(float)) return { embeddings: float as number[][], usage };
  throwFailure(body, about, true);
  throw malformed('JSON without embeddings as base64 or float', about);
}

function fromBase64(row: unknown, about: WireAbout): Float32Array {
  if (typeof row !== 'string') throw malformed('an embedding that is not base64', about);
  return float32FromBase64(row, about);
}

/** What was read where the reply says it, else what is billed, which for texts is the same. */
function inputTokensOf(meta: WireBody): number | undefined {
  const { tokens, billed_units: billed } = meta;
  return countOf(objectOf(tokens)['input_tokens']) ?? countOf(objectOf(billed)['input_tokens']);
}

/** What Cohere warns of, such as a model that is about to go. */
export function warningsOf(body: WireBody): string[] {
  const { meta } = body;
  const warnings: unknown = isObject(meta) ? meta['warnings'] : undefined;
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
}
