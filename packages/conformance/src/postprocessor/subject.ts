import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore } from '@mortise/core/retriever';

/**
 * What a case of the postprocessor suite may require. `best-first`: what comes out is in the order of its scores.
 * `subset`: it adds no node. `scores`: it leaves scores and evidence as they are. `outside`: it asks something outside,
 * a model or a store.
 */
export type PostprocessorFeature = 'best-first' | 'subset' | 'scores' | 'outside';

/** What a postprocessor asks outside, as the suite sees it. */
export interface PostprocessorOutside {
  /** To be called, and awaited, with every request to the outside; it rejects or never ends where the case says so. */
  reached(signal: AbortSignal | undefined): Promise<void>;
}

/** What the cases of the postprocessor suite work with. */
export interface PostprocessorSubject {
  /** A new instance that keeps at least the best of `nodes` of the suite, and tells `outside` of what it asks. */
  create(outside: PostprocessorOutside, nodes: readonly NodeWithScore[]): NodePostprocessor;
}
