import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { retrieverSuite } from './suite.ts';
import type { RetrieverFeature, RetrieverSubject } from './subject.ts';

/** A retriever under test, and what it says it can do. */
export interface RetrieverConformanceOptions extends RetrieverSubject {
  /** In titles and reports. */
  readonly name: string;
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<RetrieverFeature, string>>> | undefined;
}

/** The contract of retrievers as tests of `functions`' runner, one for each case of {@link retrieverSuite}. */
export function retrieverConformance(
  functions: TestFunctions,
  options: RetrieverConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'retriever',
    name,
    suite: retrieverSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
