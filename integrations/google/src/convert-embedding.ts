import type { EmbeddingInput, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, throwFailure, withOptions, type About } from '@mortise/core/wire';

type Wire = Record<string, unknown>;

/**
 * What the address takes that the SDK chose: `:batchEmbedContents` of the Gemini API, `:predict` or `:embedContent` of
 * Vertex AI. https://ai.google.dev/api/embeddings and
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export function toEmbedRequest(
  address: string,
  inputs: readonly EmbeddingInput[],
  { kind, dimensions, providerOptions }: EmbedRequest,
  model: string,
): Wire {
  const taskType = kind === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT';
  const own = providerOptions?.['google'];
  const texts = inputs.map((input) => (typeof input === 'string' ? input : textOf(input)));
  const { pathname } = new URL(address);
  if (pathname.endsWith(':predict')) {
    const {
      taskType: task,
      title,
      ...parameters
    } = withOptions(
      // Else what is too long is cut.
      defined({ taskType, outputDimensionality: dimensions, autoTruncate: false }),
      own,
    );
    const instances = texts.map((content) => defined({ content, task_type: task, title }));
    return { instances, parameters };
  }
  const of = (text: string, more: Wire): Wire =>
    withOptions(
      defined({ ...more, content: { parts: [{ text }] }, taskType, outputDimensionality: dimensions }),
      own,
    );
  if (pathname.endsWith(':embedContent')) return of(texts[0] ?? '', { autoTruncate: false });
  const name = model.includes('/') ? model : `models/${model}`;
  return { requests: texts.map((text) => of(text, { model: name })) };
}

/** Core has let through what the model declares: texts. */
function textOf(blocks: Exclude<EmbeddingInput, string>): string {
  return blocks.map((block) => (block.type === 'text' ? String(block.text) : '')).join('\n');
}

/** Rows in the order of the inputs. Vertex AI says which of them were cut. */
export function fromEmbedResponse(body: Wire, about: About): EmbedReply {
  const { embeddings, embedding, predictions, usageMetadata } = body;
  const rows = embeddings ?? predictions ?? (embedding === undefined ? undefined : [body]);
  throwFailure(body, about, !Array.isArray(rows));
  if (!Array.isArray(rows)) throw malformed('JSON without embeddings', about);
  const told = rows.map((row: unknown) => rowOf(row, about));
  const statistics = told.map(({ statistics: each }) => each);
  const counts = statistics
    .map(({ token_count: tokens }) => tokens)
    .filter((count) => typeof count === 'number');
  const said = isObject(usageMetadata) ? usageMetadata['promptTokenCount'] : undefined;
  const summed = counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  const inputTokens = typeof said === 'number' ? said : summed;
  return {
    embeddings: told.map(({ values }) => values),
    usage: inputTokens === undefined ? undefined : { inputTokens },
    truncated: statistics.flatMap(({ truncated }, at) => (truncated === true ? [at] : [])),
  };
}

function rowOf(row: unknown, about: About): { values: number[]; statistics: Wire } {
  const outer = isObject(row) ? row : {};
  const inner = outer['embeddings'] ?? outer['embedding'] ?? outer;
  if (!isObject(inner) || !Array.isArray(inner['values']))
    throw malformed('an embedding without values', about);
  const { statistics } = inner;
  return {
    values: inner['values'] as number[],
    statistics: isObject(statistics) ? statistics : { truncated: outer['truncated'] },
  };
}
