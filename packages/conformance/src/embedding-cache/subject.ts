import type { EmbeddingModel } from '@mortise/core/embedding';
import type { KeyValueStore } from '@mortise/core/store';

/** What the cases of the suite of a cache work with. */
export interface EmbeddingCacheSubject {
  /** `model` behind a cache in `store`, such as `withEmbeddingCache(model, store)`. */
  cached(model: EmbeddingModel, store: KeyValueStore): EmbeddingModel;
}
