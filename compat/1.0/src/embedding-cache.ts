import type { EmbeddingModel } from '@mortise/core/embedding';
import type { KeyValueStore } from '@mortise/core/store';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';

/** The cache of 1.0 around a model. */
export function frozenCache(model: EmbeddingModel, store: KeyValueStore): EmbeddingModel {
  return withEmbeddingCache(model, store);
}
