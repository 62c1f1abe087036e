import type { KeyValueStore } from '@mortise/core/store';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { keyValueSuite } from './key-value.ts';

/** A store under test, and what the suite may do with it. */
export interface OpenKeyValueStore {
  /** Empty. */
  readonly store: KeyValueStore;
  /** Another instance on the same content, as a process has it that starts again. `persistence` needs it. */
  reopen?(): KeyValueStore | Promise<KeyValueStore>;
  /** Frees what was opened, files included. */
  close?(): unknown;
}

/** What a case of the key-value suite may require. */
export type KeyValueFeature = 'persistence' | 'iterate' | 'failure';

export interface KeyValueSubject {
  /** Called once for each case. */
  open(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
  /** A store whose backend fails at every access. `failure` needs it. */
  broken?(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
}

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
