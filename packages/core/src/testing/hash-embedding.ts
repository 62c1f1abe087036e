import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbedReply,
  type EmbedRequest,
} from '../embedding/index.ts';
import type { EmbeddingMetadata } from '../embedding/contract.ts';
import { checkOptions, wholeNumber } from '../shared/options.ts';

export interface HashEmbeddingOptions extends Partial<BaseEmbeddingOptions> {
  /** Default: 256. Fewer make more words share a number. */
  dimensions?: number | undefined;
  /** Texts a request takes at most. Default: 96. */
  maxBatchSize?: number | undefined;
}

const WORD = /[\p{L}\p{N}]+/gu;

/**
 * Deterministic and offline, for tests: texts with words in common are near. A bag of words, feature-hashed with
 * signs (Weinberger et al. 2009) and of length 1; a text without words is all zeros. It knows no meaning: for real
 * retrieval take a model.
 */
export class HashEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;

  constructor(given: HashEmbeddingOptions = {}) {
    const options = checkOptions(given, 'configuration');
    const { dimensions = 256, maxBatchSize = 96 } = options;
    wholeNumber('dimensions', dimensions);
    wholeNumber('maxBatchSize', maxBatchSize, { orInfinity: true });
    super({
      ...options,
      provider: options.provider ?? 'testing',
      model: options.model ?? `hash-${dimensions}`,
    });
    this.metadata = { dimensions, maxBatchSize, asymmetric: false, acceptsEmpty: true };
  }

  /** Any number of dimensions can be had: the words are hashed into as many. */
  async doEmbed(
    inputs: readonly string[],
    { dimensions = this.metadata.dimensions! }: EmbedRequest,
  ): Promise<EmbedReply> {
    const embeddings = inputs.map((text) => hashEmbedding(text, dimensions));
    const words = inputs.reduce((sum, text) => sum + wordsOf(text).length, 0);
    return { embeddings, usage: { inputTokens: words } };
  }
}

function hashEmbedding(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of wordsOf(text)) {
    const hash = fnv1a(word);
    // The lowest bit is the sign, so that words that share a number cancel out as often as they add up.
    const at = (hash >>> 1) % dimensions;
    vector[at]! += (hash & 1) === 0 ? 1 : -1;
  }
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return norm === 0 ? vector : vector.map((x) => x / norm);
}

function wordsOf(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
}

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo), with the finalizer of MurmurHash3, which spreads the low bits. */
function fnv1a(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
