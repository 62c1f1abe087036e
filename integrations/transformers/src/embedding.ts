import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { checkOptions, oneOf, reading, wholeNumber } from '@mortise/core/shared';
import { loadModel, type TransformersModelOptions } from './model.ts';
import { finished, pooled, type Pooling } from './pooling.ts';
import { toBatch } from './tokens.ts';
import { inTurn } from './turns.ts';

/** A local embedding model. All but `model` have defaults. */
export interface TransformersEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model' | 'concurrency'>, TransformersModelOptions {
  /** How tokens become a vector: see the model's page. Default: the model's own where it has one inside, else `mean`. */
  pooling?: Pooling | undefined;
  /** Vectors of unit length. Default: true. */
  normalize?: boolean | undefined;
  /** Stands before every query, such as `query: ` for E5. Default: nothing. */
  queryPrefix?: string | undefined;
  /** Stands before every document, such as `passage: ` for E5. Default: nothing. */
  documentPrefix?: string | undefined;
  /** The first numbers of a vector, of a model that was trained for it (Matryoshka). Default: all. */
  dimensions?: number | undefined;
  /** What you know of the model: `maxInputTokens` cuts earlier than the model does, `maxBatchSize` is texts at a time. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Texts that the event loop waits for: more at once cost the same each, and abort, progress and ctrl-C would stall. */
const MAX_BATCH_SIZE = 8;

/**
 * Embeddings computed on this machine, by any model with ONNX weights: from the Hugging Face hub or from a folder. The model is
 * loaded at the first call, once in a process.
 */
export class TransformersEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly #options: TransformersEmbeddingOptions;

  constructor(given: TransformersEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    // One batch at a time: there is one processor, and a second batch would only hold memory.
    super({ ...options, provider: 'transformers', concurrency: 1 });
    const { dimensions, pooling, queryPrefix = '', documentPrefix = '' } = options;
    checkModel(options);
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    if (pooling !== undefined) oneOf('pooling', pooling, ['mean', 'cls', 'last']);
    this.#options = { ...options };
    this.metadata = reading(
      'metadata',
      () => ({
        maxBatchSize: MAX_BATCH_SIZE,
        asymmetric: queryPrefix !== documentPrefix,
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
  }

  async doEmbed(inputs: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const { queryPrefix, documentPrefix, pooling, normalize = true } = this.#options;
    const model = await loadModel('AutoModel', this.#options);
    const prefix = (request.kind === 'query' ? queryPrefix : documentPrefix) ?? '';
    const texts = inputs.map((text) => prefix + text);
    return inTurn(attempt.signal, async () => {
      const { inputs: tensors, lengths, cut } = toBatch(model, texts, { most: this.metadata.maxInputTokens });
      const vectors = pooled(await model.network(tensors), lengths, pooling, this);
      const size = request.dimensions ?? this.#options.dimensions ?? vectors[0]?.length ?? 0;
      for (const { length } of vectors) if (length < size) throw this.#tooShort(length, size);
      return {
        embeddings: vectors.map((vector) => finished(vector, size, normalize)),
        usage: { inputTokens: lengths.reduce((sum, length) => sum + length, 0) },
        truncated: cut,
      };
    });
  }

  #tooShort(length: number, asked: number): MortiseError {
    const { provider, model } = this;
    const message = `${model} gives vectors of ${length} numbers, and ${asked} were asked for. Ask for fewer, or for none.`;
    return new MortiseError('unsupported', message, { provider, model });
  }
}

/** `configuration` for a model that is none. */
export function checkModel({ model }: TransformersModelOptions): void {
  if (typeof model === 'string' && model !== '') return;
  const message = 'model is the name of a repository of the Hugging Face hub, or a folder. Give one.';
  throw new MortiseError('configuration', message, { provider: 'transformers' });
}
