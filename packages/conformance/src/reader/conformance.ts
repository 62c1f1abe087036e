import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { readerSuite } from './suite.ts';
import type { ReaderFeature, ReaderSubject } from './subject.ts';

/** A reader under test, and what it says it can do. */
export interface ReaderConformanceOptions extends ReaderSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly ReaderFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<ReaderFeature, string>>> | undefined;
}

/** The contract of readers as tests of `functions`' runner, one for each case of {@link readerSuite}. */
export function readerConformance(
  functions: TestFunctions,
  options: ReaderConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'reader',
    name,
    suite: readerSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
