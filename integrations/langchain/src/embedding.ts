import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { checkOptions, defined, reading } from '@mortise/core/shared';
import { OWNER } from './blocks.ts';
import type { LangChainEmbeddings } from './contract.ts';
import { fromThrown } from './errors.ts';
import { countOf, objectOf, textOf } from './values.ts';

/** How embeddings of theirs are taken. All have defaults. */
export interface FromLangChainEmbeddingsOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'> {
  /** Default: what the embeddings say, else the name of their class. */
  model?: string | undefined;
  /** What is known of the model. Default: requests of at most their `batchSize`, else 512 texts. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Embeddings of LangChain.js; `fromLangChain` makes it. */
export class LangChainEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly #embeddings: LangChainEmbeddings;

  constructor(embeddings: LangChainEmbeddings, given: FromLangChainEmbeddingsOptions = {}) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: OWNER, model: options.model ?? nameOf(embeddings) });
    this.#embeddings = embeddings;
    this.metadata = reading(
      'metadata',
      () => {
        const { dimensions, batchSize } = objectOf(embeddings);
        const size = countOf(batchSize) ?? 512;
        return defined({
          dimensions: countOf(dimensions),
          maxBatchSize: size >= 1 ? Math.floor(size) : 512,
          // Theirs may send a query in another way, and do not say so.
          asymmetric: true,
          acceptsDimensions: false,
          ...options.metadata,
        });
      },
      'configuration',
    );
  }

  async doEmbed(
    texts: readonly string[],
    { kind, providerOptions }: EmbedRequest,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    if (providerOptions?.[OWNER] !== undefined) {
      const message =
        'Embeddings of LangChain.js take no options with a call. Set them where the model is made.';
      throw new MortiseError('unsupported', message, this);
    }
    attempt.signal.throwIfAborted();
    try {
      if (kind !== 'query') return { embeddings: await this.#embeddings.embedDocuments([...texts]) };
      const rows = [];
      for (const text of texts) {
        attempt.signal.throwIfAborted();
        rows.push(await this.#embeddings.embedQuery(text));
      }
      return { embeddings: rows };
    } catch (thrown) {
      throw fromThrown(thrown, this, this.#embeddings);
    }
  }
}

function nameOf(embeddings: LangChainEmbeddings): string {
  return reading(
    'The embeddings',
    () => {
      const { model, modelName } = objectOf(embeddings);
      return textOf(model) ?? textOf(modelName) ?? textOf(embeddings.constructor?.name) ?? 'embeddings';
    },
    'configuration',
  );
}
