import type { LLM } from '@mortise/core';
import type { ResponseSynthesizer } from '@mortise/core/synthesizer';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { synthesizerSuite } from './suite.ts';

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

/** A synthesizer under test, and what it says it does. */
export interface SynthesizerConformanceOptions extends SynthesizerSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly SynthesizerFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<SynthesizerFeature, string>>> | undefined;
}

/** The contract of synthesizers as tests of `functions`' runner, one for each case of {@link synthesizerSuite}. */
export function synthesizerConformance(
  functions: TestFunctions,
  options: SynthesizerConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'synthesizer',
    name,
    suite: synthesizerSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
