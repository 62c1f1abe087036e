import { join, resolve } from 'node:path';
import { storeCall, type DocumentStore, type StoreLock, type StoreOptions } from '@mortise/core/store';
import { lockFile } from './file-lock.ts';
import { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
import { KeyValueDocumentStore } from './key-value-documents.ts';

/** As of `FileKeyValueStore`. */
export type FileDocumentStoreOptions = FileKeyValueStoreOptions;

/**
 * One file a node and one a record, each whole at any moment of a kill. Good for some 100,000 nodes; for more take
 * `SqliteDocumentStore`. Its lock is the operating system's and needs `node:sqlite`, on
 * whatever is a local disk to it: two containers on one volume exclude each other.
 */
export class FileDocumentStore extends KeyValueDocumentStore implements DocumentStore {
  readonly #directory: string;

  constructor(options: FileDocumentStoreOptions) {
    super({ store: new FileKeyValueStore(options) });
    this.#directory = resolve(options.directory);
  }

  lock(given: StoreOptions = {}): Promise<StoreLock> {
    return storeCall(given, ({ signal }) =>
      lockFile(join(this.#directory, 'writer.sqlite'), `in ${this.#directory}`, signal),
    );
  }
}
