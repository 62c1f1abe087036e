import type { SentInput } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import type { EmbeddingInput, EmbeddingResult } from '@mortise/core/embedding';
import type { ContentBlock } from '@mortise/core/llm';
import { withErrorFields } from '@mortise/core';
import { ReferenceEmbedding, type Raw } from '../reference/vectors.ts';
import { many, mutant, replying, type EmbeddingMutant } from './embedding-mutant.ts';

/** Blocks are looked through before the right model gets them. */
const keeping = (keeps: (block: ContentBlock | null) => boolean) => {
  const kept = (input: EmbeddingInput): EmbeddingInput =>
    typeof input === 'string' ? input : input.filter(keeps);
  return many((embed, texts, options) => embed(texts.map(kept), options));
};

const answering = (change: (result: EmbeddingResult) => EmbeddingResult) =>
  many(async (embed, texts, options) => change(await embed(texts, options)));

/** Embedding models that do wrong by blocks, by what was cut, or by who answered. */
export const blocked: readonly EmbeddingMutant[] = [
  mutant(
    'embeds the words of blocks alone',
    'blocks.sent',
    class extends ReferenceEmbedding {
      override body(texts: readonly SentInput[], ...rest: [Parameters<ReferenceEmbedding['body']>[1]]): Raw {
        const words = texts.map((input) =>
          typeof input === 'string' ? input : input.filter((piece) => typeof piece === 'string'),
        );
        return super.body(words, ...rest);
      }
    },
  ),
  mutant(
    'takes every image for a PNG',
    'blocks.sent',
    class extends ReferenceEmbedding {
      override body(texts: readonly SentInput[], ...rest: [Parameters<ReferenceEmbedding['body']>[1]]): Raw {
        const asPNG = texts.map((input) =>
          typeof input === 'string'
            ? input
            : input.map((piece) =>
                typeof piece === 'string' ? piece : { ...piece, mediaType: 'image/png' },
              ),
        );
        return super.body(asPNG, ...rest);
      }
    },
  ),
  mutant(
    'asks for equal blocks again',
    'blocks.equal',
    many(async (embed, texts, options) => {
      const parts = await Promise.all(texts.map((text) => embed([text], options)));
      return { ...parts[0]!, embeddings: parts.flatMap(({ embeddings }) => embeddings) };
    }),
  ),
  mutant(
    'leaves out blocks that are none',
    'blocks.malformed',
    keeping((block) => {
      const { text, source } = (block ?? {}) as { text?: string; source?: Raw };
      return text !== undefined || (source?.['mediaType'] !== undefined && source['data']?.length > 0);
    }),
  ),
  mutant(
    'leaves out blocks that it does not know',
    'blocks.undeclared',
    keeping((block) => block?.type === 'text' || block?.type === 'image'),
  ),
  mutant(
    'says nothing of what was cut',
    'embed.truncated',
    replying((reply) => ({ ...reply, truncated: undefined })),
  ),
  mutant(
    'names what was cut by its place in the request',
    'embed.truncated',
    answering((result) => ({
      ...result,
      warnings: result.warnings.map((warning) => ({ ...warning, inputs: [0] })),
    })),
  ),
  mutant(
    'keeps what the server warns of to itself',
    'embed.warned',
    class extends ReferenceEmbedding {
      override warn(): void {}
    },
  ),
  mutant(
    'does not say which model answered',
    'answered.by',
    answering(({ model: _model, ...result }) => result),
  ),
  mutant(
    'names nobody where nothing was sent',
    'answered.by',
    answering(({ provider = '', ...result }) =>
      result.embeddings.length > 0 ? { ...result, provider } : result,
    ),
  ),
  mutant(
    'names nobody in what was finished',
    'answered.by',
    many((embed, texts, options) =>
      embed(texts, options).catch((error: unknown) => {
        if (!isMortiseError(error)) throw error;
        const { provider: _provider, ...partial } = error.partial as EmbeddingResult;
        throw withErrorFields(error, { partial });
      }),
    ),
  ),
  mutant(
    'gives its integration for the server',
    'answered.server',
    answering((result) => ({ ...result, server: 'reference' })),
  ),
];
