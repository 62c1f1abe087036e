import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { vectorStoreSuite } from './suite.ts';
import type { VectorStoreFeature, VectorStoreSubject } from './subject.ts';

/** A store under test, and what it says it can do. */
export interface VectorStoreConformanceOptions extends VectorStoreSubject {
  /** In titles and reports. */
  readonly name: string;
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<VectorStoreFeature, string>>> | undefined;
}

/** The contract of vector stores as tests of `functions`' runner, one for each case of {@link vectorStoreSuite}. */
export function vectorStoreConformance(
  functions: TestFunctions,
  options: VectorStoreConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'vector-store',
    name,
    suite: vectorStoreSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
