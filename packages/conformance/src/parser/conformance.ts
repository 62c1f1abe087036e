import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { parserSuite } from './suite.ts';
import type { ParserFeature, ParserSubject } from './subject.ts';

/** A parser under test, and what it says it can do. */
export interface ParserConformanceOptions extends ParserSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly ParserFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<ParserFeature, string>>> | undefined;
}

/** The contract of output parsers as tests of `functions`' runner, one for each case of {@link parserSuite}. */
export function parserConformance(
  functions: TestFunctions,
  options: ParserConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'output-parser',
    name,
    suite: parserSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
