import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { ingestionSuite } from './suite.ts';
import type { IngestionFeature, IngestionSubject } from './subject.ts';

/** An ingestion under test, by name. */
export interface IngestionConformanceOptions extends IngestionSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly IngestionFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<IngestionFeature, string>>> | undefined;
}

/** The rules of ingestion as tests of `functions`' runner, one for each case of {@link ingestionSuite}. */
export function ingestionConformance(
  functions: TestFunctions,
  options: IngestionConformanceOptions,
): ConformanceResults {
  return conformance(functions, {
    contract: 'ingestion',
    name: options.name,
    suite: ingestionSuite,
    subject: options,
    declared: options.declares,
    reasons: options.reasons ?? {},
  });
}
