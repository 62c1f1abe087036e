import type { KeyValueStore } from '@mortise/core/store';

/** A store under test, and what the suite may do with it. */
export interface OpenKeyValueStore {
  /** Empty. */
  readonly store: KeyValueStore;
  /** Another instance on the same content, as a process has it that starts again. `persistence` needs it. */
  reopen?(): KeyValueStore | Promise<KeyValueStore>;
  /** Frees what was opened, files included. */
  close?(): unknown;
}

/** What a case of the key-value suite may require. `compare-and-set` and `lock`: the store has that method. */
export type KeyValueFeature = 'persistence' | 'iterate' | 'failure' | 'compare-and-set' | 'lock';

export interface KeyValueSubject {
  /** Called once for each case. */
  open(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
  /** A store whose backend fails at every access. `failure` needs it. */
  broken?(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
}
