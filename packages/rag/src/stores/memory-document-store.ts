import { DocumentLocks, storeCall, storeItems } from '@mortise/core/store';
import { throwIfAborted, timeSlices } from '@mortise/core/call';
import { checkNode, copyNode, type Node } from '@mortise/core/retriever';
import { MAX_METADATA_DEPTH, plainJson } from '@mortise/core/shared';
import type {
  DocumentStore,
  LockOptions,
  SourceRecord,
  SourcesOptions,
  StoreLock,
  StoreOptions,
} from '@mortise/core/store';

/** Nodes that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;

/** Nodes and records in this process's memory, gone with it. For what is to stay: `@mortise/stores`. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #nodes = new Map<string, Node>();
  readonly #sources = new Map<string, SourceRecord>();
  readonly #locks = new DocumentLocks();

  async upsert(nodes: readonly Node[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const slices = timeSlices(options.signal);
      const copies: Node[] = [];
      for (const [at, node] of nodes.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        checkNode(node);
        copies.push(copyNode(node));
      }
      // All or none of them.
      for (const copy of copies) this.#nodes.set(copy.id, copy);
    });
  }

  async get(id: string, given: StoreOptions = {}): Promise<Node | undefined> {
    return storeCall(given, async () => {
      return this.#copy(id);
    });
  }

  async getMany(ids: readonly string[], given: StoreOptions = {}): Promise<(Node | undefined)[]> {
    return storeCall(given, async (options) => {
      const slices = timeSlices(options.signal);
      const nodes: (Node | undefined)[] = [];
      for (const id of ids) {
        nodes.push(this.#copy(id));
        const turn = slices.turn();
        if (turn !== undefined) await turn;
      }
      return nodes;
    });
  }

  async delete(ids: readonly string[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async () => {
      for (const id of ids) this.#nodes.delete(id);
    });
  }

  iterate(given: StoreOptions = {}): AsyncIterable<Node> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: StoreOptions): AsyncIterable<Node> {
    const slices = timeSlices(options.signal);
    for (const node of this.#nodes.values()) {
      throwIfAborted(options.signal);
      yield copyNode(node);
      // Whoever takes them need not leave the event loop a turn.
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
  }

  async setSource(record: SourceRecord, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async () => {
      const copy = plainJson(record, `The record of '${record.sourceId}'`, { depth: MAX_METADATA_DEPTH + 1 });
      this.#sources.set(record.sourceId, copy);
    });
  }

  async getSource(sourceId: string, given: StoreOptions = {}): Promise<SourceRecord | undefined> {
    return storeCall(given, async () => {
      return structuredClone(this.#sources.get(sourceId));
    });
  }

  async deleteSource(sourceId: string, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async () => {
      const record = this.#sources.get(sourceId);
      if (record === undefined) return;
      for (const id of [...record.nodeIds, ...(record.strayIds ?? [])]) this.#nodes.delete(id);
      this.#sources.delete(sourceId);
    });
  }

  sources(given: SourcesOptions = {}): AsyncIterable<SourceRecord> {
    return storeItems(given, (options) => this.#eachSource(options));
  }

  async *#eachSource({ signal, unsettled = false }: SourcesOptions): AsyncIterable<SourceRecord> {
    const slices = timeSlices(signal);
    for (const record of this.#sources.values()) {
      throwIfAborted(signal);
      if (!unsettled || record.strayIds !== undefined) yield structuredClone(record);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
  }

  async lock(given: LockOptions = {}): Promise<StoreLock> {
    return storeCall(given, ({ sourceIds }) => {
      const release = this.#locks.take('in memory', sourceIds);
      return { release: async () => release() };
    });
  }

  #copy(id: string): Node | undefined {
    const node = this.#nodes.get(id);
    return node === undefined ? undefined : copyNode(node);
  }
}
