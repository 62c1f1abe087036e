import { MortiseError } from '@mortise/core';
import { throwIfAborted } from '@mortise/core/call';
import { checkNode, copyNode, type Node } from '@mortise/core/retriever';
import { MAX_METADATA_DEPTH, plainJson } from '@mortise/core/shared';
import type {
  DocumentStore,
  SourceRecord,
  SourcesOptions,
  StoreLock,
  StoreOptions,
} from '@mortise/core/store';

/** Nodes and records in this process's memory, gone with it. For what is to stay: `@mortise/stores`. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #nodes = new Map<string, Node>();
  readonly #sources = new Map<string, SourceRecord>();
  #locked = false;

  async upsert(nodes: readonly Node[], options: StoreOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    // All or none of them.
    for (const node of nodes) checkNode(node);
    for (const node of nodes) this.#nodes.set(node.id, copyNode(node));
  }

  async get(id: string, options: StoreOptions = {}): Promise<Node | undefined> {
    throwIfAborted(options.signal);
    return this.#copy(id);
  }

  async getMany(ids: readonly string[], options: StoreOptions = {}): Promise<(Node | undefined)[]> {
    throwIfAborted(options.signal);
    return ids.map((id) => this.#copy(id));
  }

  async delete(ids: readonly string[], options: StoreOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    for (const id of ids) this.#nodes.delete(id);
  }

  async *iterate(options: StoreOptions = {}): AsyncIterable<Node> {
    throwIfAborted(options.signal);
    for (const node of this.#nodes.values()) {
      throwIfAborted(options.signal);
      yield copyNode(node);
    }
  }

  async setSource(record: SourceRecord, options: StoreOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    const copy = plainJson(record, `The record of '${record.sourceId}'`, { depth: MAX_METADATA_DEPTH + 1 });
    this.#sources.set(record.sourceId, copy);
  }

  async getSource(sourceId: string, options: StoreOptions = {}): Promise<SourceRecord | undefined> {
    throwIfAborted(options.signal);
    return structuredClone(this.#sources.get(sourceId));
  }

  async deleteSource(sourceId: string, options: StoreOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    const record = this.#sources.get(sourceId);
    if (record === undefined) return;
    for (const id of [...record.nodeIds, ...(record.strayIds ?? [])]) this.#nodes.delete(id);
    this.#sources.delete(sourceId);
  }

  async *sources({ signal, unsettled = false }: SourcesOptions = {}): AsyncIterable<SourceRecord> {
    throwIfAborted(signal);
    for (const record of this.#sources.values()) {
      throwIfAborted(signal);
      if (!unsettled || record.strayIds !== undefined) yield structuredClone(record);
    }
  }

  async lock({ signal }: StoreOptions = {}): Promise<StoreLock> {
    throwIfAborted(signal);
    if (this.#locked) {
      const message = 'This document store is being written by another run. Wait for it to end.';
      throw new MortiseError('conflict', message);
    }
    this.#locked = true;
    let released = false;
    return {
      release: async () => {
        if (!released) this.#locked = false;
        released = true;
      },
    };
  }

  #copy(id: string): Node | undefined {
    const node = this.#nodes.get(id);
    return node === undefined ? undefined : copyNode(node);
  }
}
