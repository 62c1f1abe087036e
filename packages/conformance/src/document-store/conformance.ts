import type { DocumentStore } from '@mortise/core/store';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { documentStoreSuite } from './suite.ts';

/** A store under test, and what the suite may do with it. */
export interface OpenDocumentStore {
  /** Empty. */
  readonly store: DocumentStore;
  /** Another instance on the same content, as a process has it that starts again. `persistence` needs it. */
  reopen?(): DocumentStore | Promise<DocumentStore>;
  /** Frees what was opened, files included. */
  close?(): unknown;
}

/** What a case of the document-store suite may require. */
export type DocumentStoreFeature = 'persistence' | 'failure' | 'lock' | 'terms';

export interface DocumentStoreSubject {
  /** Called once for each case. */
  open(): OpenDocumentStore | Promise<OpenDocumentStore>;
  /** A store whose backend fails at every access. `failure` needs it. */
  broken?(): OpenDocumentStore | Promise<OpenDocumentStore>;
}

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
