import { MortiseError } from '@mortise/core';
import { nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import {
  requireKeyValueStore,
  type DocumentStore,
  type KeyValueStore,
  type SourceRecord,
  type SourcesOptions,
  type StoreLock,
  type StoreOptions,
  type StoreValue,
} from '@mortise/core/store';

const NODES = 'nodes';
const SOURCES = 'sources';
/** Stores that a writer of this process holds. */
const held = new WeakSet<KeyValueStore>();

/** Documents in any key-value store, which is all that is kept: two instances on one store share their content. */
export class FrozenDocumentStore implements DocumentStore {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = requireKeyValueStore(store, 'store');
  }

  async upsert(nodes: readonly Node[], options?: StoreOptions): Promise<void> {
    const entries = nodes.map((node) => [node.id, nodeToJson(node)] as const);
    await this.#store.setMany(entries, { ...options, namespace: NODES });
  }

  async get(id: string, options?: StoreOptions): Promise<Node | undefined> {
    return (await this.getMany([id], options))[0];
  }

  async getMany(ids: readonly string[], options?: StoreOptions): Promise<(Node | undefined)[]> {
    const found = await this.#store.getMany(ids, { ...options, namespace: NODES });
    return found.map((value) => (value === undefined ? undefined : nodeFromJson(value)));
  }

  async delete(ids: readonly string[], options?: StoreOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    for (const id of ids) await this.#store.delete(id, { ...options, namespace: NODES });
  }

  async *iterate(options?: StoreOptions): AsyncGenerator<Node> {
    for await (const [, value] of this.#store.iterate({ ...options, namespace: NODES }))
      yield nodeFromJson(value);
  }

  async setSource(record: SourceRecord, options?: StoreOptions): Promise<void> {
    const value = JSON.parse(JSON.stringify(record)) as StoreValue;
    await this.#store.set(record.sourceId, value, { ...options, namespace: SOURCES });
  }

  async getSource(sourceId: string, options?: StoreOptions): Promise<SourceRecord | undefined> {
    return recordOf(await this.#store.get(sourceId, { ...options, namespace: SOURCES }));
  }

  async deleteSource(sourceId: string, options?: StoreOptions): Promise<void> {
    const { nodeIds = [], strayIds = [] } = (await this.getSource(sourceId, options)) ?? {};
    await this.delete([...nodeIds, ...strayIds], options);
    await this.#store.delete(sourceId, { ...options, namespace: SOURCES });
  }

  async *sources({ unsettled = false, ...options }: SourcesOptions = {}): AsyncGenerator<SourceRecord> {
    for await (const [, value] of this.#store.iterate({ ...options, namespace: SOURCES })) {
      const record = recordOf(value);
      if (record !== undefined && (!unsettled || record.strayIds !== undefined)) yield record;
    }
  }

  async lock({ signal }: StoreOptions = {}): Promise<StoreLock> {
    signal?.throwIfAborted();
    if (held.has(this.#store)) {
      throw new MortiseError('conflict', 'Another writer holds the store. Wait until it is done.');
    }
    held.add(this.#store);
    let isMine = true;
    return {
      release: async () => {
        if (isMine) held.delete(this.#store);
        isMine = false;
      },
    };
  }
}

function recordOf(value: StoreValue | undefined): SourceRecord | undefined {
  return value as SourceRecord | undefined;
}
