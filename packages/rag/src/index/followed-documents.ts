import type { Node } from '@mortise/core/retriever';
import type {
  DocumentStore,
  LockOptions,
  SourceRecord,
  SourcesOptions,
  StoreLock,
  StoreOptions,
} from '@mortise/core/store';
import { lockOf } from '../ingestion/lock.ts';

/** Is told of what is written, after it was. */
export interface DocumentFollower {
  added(nodes: readonly Node[], options: StoreOptions): Promise<void>;
  /** `record` as it now is; undefined for one that is removed. */
  changed(sourceId: string, record: SourceRecord | undefined): Promise<void>;
}

/** A document store whose writes somebody follows. */
export class FollowedDocuments implements DocumentStore {
  readonly #store: DocumentStore;
  readonly #follower: DocumentFollower;

  constructor(store: DocumentStore, follower: DocumentFollower) {
    this.#store = store;
    this.#follower = follower;
  }

  async upsert(nodes: readonly Node[], options: StoreOptions = {}): Promise<void> {
    await this.#store.upsert(nodes, options);
    await this.#follower.added(nodes, options);
  }

  get(id: string, options?: StoreOptions): Promise<Node | undefined> {
    return this.#store.get(id, options);
  }

  getMany(ids: readonly string[], options?: StoreOptions): Promise<(Node | undefined)[]> {
    return this.#store.getMany(ids, options);
  }

  delete(ids: readonly string[], options?: StoreOptions): Promise<void> {
    return this.#store.delete(ids, options);
  }

  iterate(options?: StoreOptions): AsyncIterable<Node> {
    return this.#store.iterate(options);
  }

  async setSource(record: SourceRecord, options?: StoreOptions): Promise<void> {
    await this.#store.setSource(record, options);
    await this.#follower.changed(record.sourceId, record);
  }

  getSource(sourceId: string, options?: StoreOptions): Promise<SourceRecord | undefined> {
    return this.#store.getSource(sourceId, options);
  }

  async deleteSource(sourceId: string, options?: StoreOptions): Promise<void> {
    await this.#store.deleteSource(sourceId, options);
    await this.#follower.changed(sourceId, undefined);
  }

  sources(options?: SourcesOptions): AsyncIterable<SourceRecord> {
    return this.#store.sources(options);
  }

  /** Of the store itself, so that a run past this index is kept out too. */
  lock(options: LockOptions = {}): Promise<StoreLock> {
    return lockOf(this.#store, options);
  }
}
