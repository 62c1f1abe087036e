import { MortiseError } from '@mortise/core';
import type { EmbeddingInput, EmbedReply, EmbedRequest, IndexedRow } from '@mortise/core/embedding';
import type { ContentBlock, ImageBlock } from '@mortise/core/llm';
import { base64Of, defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, throwFailure, withOptions, type About } from '@mortise/core/wire';
import { tokensOf, type WireAbout, type WireBody } from './convert.ts';

export interface EmbedSettings {
  readonly outputDtype: 'float' | 'int8' | 'binary' | 'ubinary';
  readonly truncation: boolean;
  /** Inputs are lists of texts and images, and not texts. */
  readonly multimodal: boolean;
}

/** The body of `POST /embeddings`, or of `POST /multimodalembeddings`. */
export function toEmbedRequest(
  inputs: readonly EmbeddingInput[],
  request: EmbedRequest,
  settings: EmbedSettings,
  { model }: WireAbout,
): WireBody {
  const { outputDtype, truncation, multimodal } = settings;
  const isFloat = outputDtype === 'float';
  const body = defined({
    model,
    ...(multimodal ? { inputs: inputs.map(toContent) } : { input: inputs }),
    input_type: request.kind === 'query' ? 'query' : 'document',
    truncation,
    // A third of the bytes of decimal numbers, and exact; integers are short as they are.
    encoding_format: isFloat ? 'base64' : undefined,
    output_dimension: request.dimensions,
    output_dtype: isFloat ? undefined : outputDtype,
  });
  return withOptions(body, request.providerOptions?.['voyage']);
}

function toContent(input: EmbeddingInput): WireBody {
  if (typeof input === 'string') return { content: [{ type: 'text', text: input }] };
  return {
    content: input.map((block) =>
      block.type === 'text' ? { type: 'text', text: block.text } : toImage(block),
    ),
  };
}

/** Core has let through what the model declares: texts and images. */
function toImage(block: ContentBlock): WireBody {
  const { source } = block as ImageBlock;
  if (!('url' in source)) {
    const { mediaType, data } = source;
    return { type: 'image_base64', image_base64: `data:${mediaType};base64,${base64Of(data)}` };
  }
  const kind = isAddress(block) ? 'image_url' : 'image_base64';
  return { type: kind, [kind]: source.url };
}

/** Whether an image lies elsewhere. A data URL has its bytes in it. */
function isAddress(block: ContentBlock): boolean {
  if (block.type === 'text') return false;
  const { source } = block as ImageBlock;
  return 'url' in source && !/^data:/i.test(source.url);
}

/**
 * Voyage takes images by their addresses or by their bytes, not both in a request: the places of the inputs of each request.
 * `unsupported` for an input that has both.
 */
export function requestsFor(inputs: readonly EmbeddingInput[], about: WireAbout): readonly number[][] {
  const byBytes: number[] = [];
  const byAddress: number[] = [];
  for (const [at, input] of inputs.entries()) {
    const images = typeof input === 'string' ? [] : input.filter(({ type }) => type !== 'text');
    const addresses = images.filter(isAddress).length;
    if (addresses > 0 && addresses < images.length) throw bothKinds(at, about);
    (addresses > 0 ? byAddress : byBytes).push(at);
  }
  return [byBytes, byAddress].filter(({ length }) => length > 0);
}

function bothKinds(at: number, { provider, model }: WireAbout): MortiseError {
  const message = `Input ${at} of a request has images by their URLs and by their bytes, and ${model} takes one of the two. Load those with URLs, and give their bytes.`;
  return new MortiseError('unsupported', message, { provider, model });
}

/** Rows with Voyage's `index`, by which core places them. `dtype` is the `output_dtype` that was asked for. */
export function fromEmbedResponse(body: WireBody, dtype: unknown, about: WireAbout): EmbedReply {
  const { data, model } = body;
  if (!Array.isArray(data) || !data.every(isObject)) {
    throwFailure(body, about, true);
    throw malformed('JSON without a list of embeddings', about);
  }
  const inputTokens = tokensOf(body);
  return {
    // Core looks at each index, and at each number.
    embeddings: data.map((row): IndexedRow => ({
      index: row['index'] as number,
      embedding: vectorOf(row['embedding'], dtype, about),
    })),
    usage: inputTokens === undefined ? undefined : { inputTokens },
    model: typeof model === 'string' && model !== '' ? model : undefined,
  };
}

/** `readJsonVectors` has decoded base64 already, but for what is not plainly a vector. */
function vectorOf(embedding: unknown, dtype: unknown, about: About): IndexedRow['embedding'] {
  if (typeof embedding === 'string') return float32FromBase64(embedding, about);
  if (dtype === 'binary') return signsOf(embedding, 128, about);
  if (dtype === 'ubinary') return signsOf(embedding, 0, about);
  return embedding as IndexedRow['embedding'];
}

/**
 * Packed bits as 1 and -1, the highest bit of a byte first, so that a cosine is the share of equal bits (from -1 to 1), and
 * `quantizeBinary` of the toolkit gives the bytes of `ubinary` again. `offset` makes the numbers bytes from 0:
 * https://docs.voyageai.com/docs/flexible-dimensions-and-quantization
 */
function signsOf(packed: unknown, offset: number, about: About): Float32Array {
  const bytes: readonly unknown[] = Array.isArray(packed) ? packed : [];
  const signs = new Float32Array(bytes.length * 8);
  for (const [at, given] of bytes.entries()) {
    const byte = typeof given === 'number' ? given + offset : Number.NaN;
    if (!Number.isInteger(byte) || byte < 0 || byte > 255)
      throw malformed('an embedding of bits that are not bytes', about);
    for (let bit = 0; bit < 8; bit++) signs[at * 8 + bit] = ((byte >> (7 - bit)) & 1) * 2 - 1;
  }
  return signs;
}

/** The replies to the requests for `places` as one. */
export function joined(replies: readonly EmbedReply[], places: readonly (readonly number[])[]): EmbedReply {
  const tokens = replies.map(({ usage }) => usage?.inputTokens);
  const inputTokens = tokens.every((count) => count !== undefined)
    ? tokens.reduce((sum, count) => sum + count, 0)
    : undefined;
  return {
    embeddings: replies.flatMap(({ embeddings }, at) =>
      (embeddings as IndexedRow[]).map(({ index, embedding }) => ({
        index: places[at]?.[index] ?? Number.NaN,
        embedding,
      })),
    ),
    usage: inputTokens === undefined ? undefined : { inputTokens },
    model: replies[0]?.model,
  };
}
