import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { documentStoreSuite } from './suite.ts';
import type { DocumentStoreFeature, DocumentStoreSubject } from './subject.ts';

/** A store under test, and what it says it can do. */
export interface DocumentStoreConformanceOptions extends DocumentStoreSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly DocumentStoreFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<DocumentStoreFeature, string>>> | undefined;
}

/** The contract of document stores as tests of `functions`' runner, one for each case of {@link documentStoreSuite}. */
export function documentStoreConformance(
  functions: TestFunctions,
  options: DocumentStoreConformanceOptions,
): ConformanceResults {
  const { name, declares } = options;
  // The member is optional, and a store that lacks it says so by that.
  const reasons = { terms: 'It keeps no index of words.', ...options.reasons };
  return conformance(functions, {
    contract: 'document-store',
    name,
    suite: documentStoreSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
