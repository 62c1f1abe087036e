import { checkOptions } from '@mortise/core/shared';
import { MortiseError, type JsonValue } from '@mortise/core';
import type { Node } from '@mortise/core/retriever';
import {
  storeCall,
  storeItems,
  requireKeyValueStore,
  type DocumentStore,
  type KeyValueStore,
  type SourceRecord,
  type SourcesOptions,
  type StoreOptions,
  type StoreValue,
} from '@mortise/core/store';
import { copyRecord, decodeNode, decodeRecord, eachById, nodesOf } from './node-record.ts';

export interface KeyValueDocumentStoreOptions {
  /** Where nodes and records are kept. It must not forget: no limit in bytes, no time to live. */
  store: KeyValueStore;
  /** Two of them in one store need two names. Default: `documents`. */
  namespace?: string | undefined;
}

/** A node as the value of a key. */
interface Kept {
  readonly node: JsonValue;
  /** Base64 of the vector's bytes. */
  readonly embedding?: string;
}

/**
 * A document store on any key-value store: a node an entry, a record an entry. As safe as a `set` of that store is,
 * and no safer: an `upsert` of many nodes may be cut in the middle by a kill.
 */
export class KeyValueDocumentStore implements DocumentStore {
  readonly #store: KeyValueStore;
  readonly #nodes: string;
  readonly #sources: string;

  constructor(options: KeyValueDocumentStoreOptions) {
    const { store, namespace = 'documents' } = checkOptions(options, 'configuration');
    this.#store = requireKeyValueStore(store, 'store');
    if (typeof namespace !== 'string') throw new MortiseError('configuration', 'namespace is not a string.');
    this.#nodes = `${namespace}-nodes`;
    this.#sources = `${namespace}-sources`;
  }

  async upsert(nodes: readonly Node[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const entries = await eachById(nodes, options, (id, { json, embedding }) => {
        const vector =
          embedding === undefined ? {} : { embedding: Buffer.from(embedding).toString('base64') };
        return [id, { node: json, ...vector }] as const;
      });
      await this.#store.setMany(entries, { ...options, namespace: this.#nodes });
    });
  }

  async get(id: string, given: StoreOptions = {}): Promise<Node | undefined> {
    return storeCall(given, async (options) => {
      return toNode(await this.#store.get(id, { ...options, namespace: this.#nodes }));
    });
  }

  async getMany(ids: readonly string[], given: StoreOptions = {}): Promise<(Node | undefined)[]> {
    return storeCall(given, async (options) => {
      return (await this.#store.getMany(ids, { ...options, namespace: this.#nodes })).map(toNode);
    });
  }

  async delete(ids: readonly string[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      for (const id of ids) await this.#store.delete(id, { ...options, namespace: this.#nodes });
    });
  }

  iterate(given: StoreOptions = {}): AsyncIterable<Node> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: StoreOptions): AsyncIterable<Node> {
    for await (const [, value] of this.#store.iterate({ ...options, namespace: this.#nodes })) {
      yield toNode(value) as Node;
    }
  }

  async setSource(record: SourceRecord, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const value = copyRecord(record) as unknown as StoreValue;
      await this.#store.set(record.sourceId, value, { ...options, namespace: this.#sources });
    });
  }

  async getSource(sourceId: string, given: StoreOptions = {}): Promise<SourceRecord | undefined> {
    return storeCall(given, async (options) => {
      const value = await this.#store.get(sourceId, { ...options, namespace: this.#sources });
      return value === undefined ? undefined : decodeRecord(value);
    });
  }

  async deleteSource(sourceId: string, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const record = await this.getSource(sourceId, options);
      if (record === undefined) return;
      // The record last: killed in between, the next call still finds what to remove.
      await this.delete(nodesOf(record), options);
      await this.#store.delete(sourceId, { ...options, namespace: this.#sources });
    });
  }

  sources(given: SourcesOptions = {}): AsyncIterable<SourceRecord> {
    return storeItems(given, (options) => this.#eachSource(options));
  }

  async *#eachSource({ signal, unsettled = false }: SourcesOptions): AsyncIterable<SourceRecord> {
    for await (const [, value] of this.#store.iterate({ signal, namespace: this.#sources })) {
      const record = decodeRecord(value);
      if (!unsettled || record.strayIds !== undefined) yield record;
    }
  }
}

function toNode(value: StoreValue | undefined): Node | undefined {
  if (value === undefined) return undefined;
  const { node, embedding } = (value ?? {}) as Partial<Kept>;
  return decodeNode(node, embedding === undefined ? undefined : Buffer.from(embedding, 'base64'));
}
