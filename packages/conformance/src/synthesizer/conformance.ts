import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { synthesizerSuite } from './suite.ts';
import type { SynthesizerFeature, SynthesizerSubject } from './subject.ts';

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
