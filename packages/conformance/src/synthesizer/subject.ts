import type { LLM } from '@mortise/core';
import type { ResponseSynthesizer } from '@mortise/core/synthesizer';

/**
 * What a case of the synthesizer suite may require. `model`: it asks a model, and streams what the model writes.
 * `citations`: it checks `[1]` and what is quoted before it.
 */
export type SynthesizerFeature = 'model' | 'citations';

/** What the cases of the synthesizer suite work with. */
export interface SynthesizerSubject {
  /** A new instance that asks this model. */
  create(llm: LLM): ResponseSynthesizer;
}
