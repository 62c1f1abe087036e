import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { keyValueSuite } from './key-value.ts';
import type { KeyValueFeature, KeyValueSubject } from './subject.ts';

/** A store under test, and what it says it can do. */
export interface KeyValueConformanceOptions extends KeyValueSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly KeyValueFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<KeyValueFeature, string>>> | undefined;
}

/** The contract of key-value stores as tests of `functions`' runner, one for each case of {@link keyValueSuite}. */
export function keyValueConformance(
  functions: TestFunctions,
  options: KeyValueConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'key-value-store',
    name,
    suite: keyValueSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
