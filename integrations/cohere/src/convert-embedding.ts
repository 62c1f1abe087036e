import type { EmbeddingInput, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { ContentBlock, ImageBlock } from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, sumOfCounts, throwFailure, withOptions } from '@mortise/core/wire';
import { toImage } from './convert-message.ts';
import { countOf, objectOf, unsupported, type WireAbout, type WireBody } from './convert.ts';

export interface EmbedSettings {
  readonly encodingFormat: 'base64' | 'float';
  readonly truncate: 'NONE' | 'START' | 'END';
}

/** The body of `POST /v2/embed`: `texts` where there is nothing else, since models before v4 know no `inputs`. */
export function toEmbedRequest(
  inputs: readonly EmbeddingInput[],
  request: EmbedRequest,
  settings: EmbedSettings,
  about: WireAbout,
): WireBody {
  const isText = inputs.every((input) => typeof input === 'string');
  const body = defined({
    model: about.model,
    texts: isText ? inputs : undefined,
    inputs: isText ? undefined : inputs.map((input) => ({ content: toContent(input, about) })),
    input_type: request.kind === 'query' ? 'search_query' : 'search_document',
    embedding_types: [settings.encodingFormat],
    output_dimension: request.dimensions,
    truncate: settings.truncate,
  });
  return withOptions(body, request.providerOptions?.['cohere']);
}

function toContent(input: EmbeddingInput, about: WireAbout): WireBody[] {
  if (typeof input === 'string') return [{ type: 'text', text: input }];
  return input.map((block) =>
    block.type === 'text' ? { type: 'text', text: block.text } : toPicture(block, about),
  );
}

/** Core has let through what the model declares: texts and images. */
function toPicture(block: ContentBlock, about: WireAbout): WireBody {
  const { source } = block as ImageBlock;
  if ('url' in source && !/^data:/i.test(source.url))
    throw unsupported(about, 'an image by its URL', 'Load it, and give its bytes.');
  return toImage({ type: 'image', source });
}

/** Rows in the order of the inputs, in whichever of the two formats the server gave. */
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

/** What was read where the reply says it, else what is billed, which for texts is the same; of images they are apart. */
function inputTokensOf(meta: WireBody): number | undefined {
  const { tokens, billed_units: billed } = meta;
  const { input_tokens: texts, image_tokens: images } = objectOf(billed);
  return countOf(objectOf(tokens)['input_tokens']) ?? sumOfCounts([countOf(texts), countOf(images)]);
}

/** What Cohere warns of, such as a model that is about to go. */
export function warningsOf(body: WireBody): string[] {
  const { meta } = body;
  const warnings: unknown = isObject(meta) ? meta['warnings'] : undefined;
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
}
