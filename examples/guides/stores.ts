import type { EmbeddingModel } from '@mortise/core';
import type { MetadataFilter, VectorStore } from '@mortise/core/store';
import { VectorRetriever } from '@mortise/rag';

/** Of one year, and no drafts. */
export async function inYear(store: VectorStore, embedding: EmbeddingModel, question: string, year: number) {
  // #region filter
  const filters: MetadataFilter = {
    and: [{ key: 'year', op: '==', value: year }, { not: { key: 'draft', op: '==', value: true } }],
  };
  const found = await new VectorRetriever({ store, embedding }).retrieve(question, { topK: 5, filters });
  // #endregion
  return found;
}
