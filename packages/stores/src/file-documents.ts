import { resolve } from 'node:path';
import type { DocumentStore, StoreLock, StoreOptions } from '@mortise/core/store';
import { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
import { lockFolder } from './folder-lock.ts';
import { KeyValueDocumentStore } from './key-value-documents.ts';

/** As of `FileKeyValueStore`. */
export type FileDocumentStoreOptions = FileKeyValueStoreOptions;

/**
 * One file a node and one a record, each whole at any moment of a kill. Good for some 100,000 nodes; for more take
 * `SqliteDocumentStore`. Its lock holds among the processes of one machine.
 */
export class FileDocumentStore extends KeyValueDocumentStore implements DocumentStore {
  readonly #directory: string;

  constructor(options: FileDocumentStoreOptions) {
    super({ store: new FileKeyValueStore(options) });
    this.#directory = resolve(options.directory);
  }

  lock({ signal }: StoreOptions = {}): Promise<StoreLock> {
    return lockFolder(this.#directory, signal);
  }
}
