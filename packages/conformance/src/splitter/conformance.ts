import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { splitterSuite } from './suite.ts';
import type { SplitterFeature, SplitterSubject } from './subject.ts';

/** A splitter under test, and what it says it can do. */
export interface SplitterConformanceOptions extends SplitterSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly SplitterFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<SplitterFeature, string>>> | undefined;
}

/** The contract of splitters as tests of `functions`' runner, one for each case of {@link splitterSuite}. */
export function splitterConformance(
  functions: TestFunctions,
  options: SplitterConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'splitter',
    name,
    suite: splitterSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
