import type { EmbeddingInput, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, throwFailure, withOptions, type About } from '@mortise/core/wire';

type Wire = Record<string, unknown>;

/** Whose body a model takes: `InvokeModel` has none of its own. */
export type EmbeddingFamily = 'titan' | 'cohere';

/** The family that the model's id names; undefined where it names neither, as an ARN of one's own profile. */
export function familyOf(model: string): EmbeddingFamily | undefined {
  if (/cohere\./i.test(model)) return 'cohere';
  return /\btitan-embed/i.test(model) ? 'titan' : undefined;
}

/**
 * The body of `InvokeModel`:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
 */
export function toEmbedRequest(
  family: EmbeddingFamily,
  inputs: readonly EmbeddingInput[],
  { kind, dimensions, providerOptions }: EmbedRequest,
  { normalize }: { readonly normalize?: boolean | undefined } = {},
): Wire {
  const texts = inputs.map((input) => (typeof input === 'string' ? input : textOf(input)));
  const body: Wire =
    family === 'titan'
      ? { inputText: texts[0], dimensions, normalize }
      : {
          texts,
          input_type: kind === 'query' ? 'search_query' : 'search_document',
          embedding_types: ['float'],
          output_dimension: dimensions,
          // Else what is too long is cut without a word.
          truncate: 'NONE',
        };
  return withOptions(defined(body), providerOptions?.['bedrock']);
}

/** Core has let through what the model declares: texts. */
function textOf(blocks: Exclude<EmbeddingInput, string>): string {
  return blocks.map((block) => (block.type === 'text' ? String(block.text) : '')).join('\n');
}

/** Rows in the order of the inputs. Where the body counts nothing a header does. */
export function fromEmbedResponse(body: Wire, headers: Headers, about: About): EmbedReply {
  const { embedding, embeddings, embeddingsByType, inputTextTokenCount } = body;
  const lists = isObject(embeddings) ? embeddings['float'] : embeddings;
  const one = embedding ?? (isObject(embeddingsByType) ? embeddingsByType['float'] : undefined);
  const rows = lists ?? (one === undefined ? undefined : [one]);
  throwFailure(body, about, !Array.isArray(rows));
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) throw malformed('JSON without embeddings', about);
  const counted = Number(headers.get('x-amzn-bedrock-input-token-count') ?? Number.NaN);
  const inputTokens = typeof inputTextTokenCount === 'number' ? inputTextTokenCount : counted;
  return {
    embeddings: rows as number[][],
    usage: Number.isNaN(inputTokens) ? undefined : { inputTokens },
  };
}
