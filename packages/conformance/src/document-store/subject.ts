import type { DocumentStore } from '@mortise/core/store';

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
