import type { similarity } from '@mortise/core/embedding';

/** What the cases measure with; the signature of core's `similarity`. */
export interface SimilaritySubject {
  readonly similarity: typeof similarity;
}
