import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { queryEngineSuite } from './suite.ts';
import type { QueryEngineFeature, QueryEngineSubject } from './subject.ts';

/** A query engine under test, and what it says it does. */
export interface QueryEngineConformanceOptions extends QueryEngineSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly QueryEngineFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<QueryEngineFeature, string>>> | undefined;
}

/** The contract of query engines as tests of `functions`' runner, one for each case of {@link queryEngineSuite}. */
export function queryEngineConformance(
  functions: TestFunctions,
  options: QueryEngineConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'query-engine',
    name,
    suite: queryEngineSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
