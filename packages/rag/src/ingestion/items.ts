import { MortiseError } from '@mortise/core';
import type { ReadItem, ReadProgress } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { DocumentStore, ItemState, SourceRecord } from '@mortise/core/store';
import { fingerprintOf } from './version.ts';

/** What the index has of an item. */
interface KnownItem {
  /** Records that name it. */
  documents: number;
  /** Their marks together. */
  sum: bigint;
  /** The record that has its state. */
  first: SourceRecord | undefined;
}

/** An item of which documents have come. */
interface OpenItem {
  readonly firstId: string;
  /** Documents that came, and those of them that are not in the index yet. */
  documents: number;
  pending: number;
  /** The marks of those that are. */
  sum: bigint;
  /** Set when the reader is through with it. */
  done: ReadItem | undefined;
  /** Of some document or part there is nothing that a later run could go by. */
  failed: boolean;
}

export interface ItemsOptions {
  readonly documents: DocumentStore;
  readonly recipe: string;
  /** Compare contents even where the versions are equal. */
  readonly verify: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Which items of a reader were read to their end and are in the index whole: a later run does not read those again. The
 * state of an item stands on the record of its first document. It is taken off before the item is read again, so that
 * no half of a newer version ever passes for the older one.
 */
export class Items {
  readonly #options: ItemsOptions;
  readonly #known = new Map<string, KnownItem>();
  readonly #asked = new Map<string, ReadItem>();
  readonly #open = new Map<string, OpenItem>();
  /** Items that were left as they are. */
  readonly skipped = new Set<string | undefined>();
  /** Documents of a reader came without it. */
  withoutReader = false;
  /** In the index whole, and not yet written down. */
  #ready: { readonly item: ReadItem; readonly open: OpenItem }[] = [];

  constructor(options: ItemsOptions) {
    this.#options = options;
  }

  /** Reads which items the index has. */
  async load(): Promise<void> {
    const { documents, signal } = this.#options;
    for await (const record of documents.sources({ signal })) {
      if (record.item === undefined) continue;
      const known = this.#known.get(record.item) ?? { documents: 0, sum: 0n, first: undefined };
      known.documents += 1;
      known.sum += markOf(record);
      if (record.read !== undefined) known.first = record;
      this.#known.set(record.item, known);
    }
  }

  get anyKnown(): boolean {
    return this.#known.size > 0;
  }

  /** How many documents the index has of an item that need not be read again; undefined where it must be. */
  async unchanged(item: ReadItem): Promise<number | undefined> {
    this.#asked.set(item.id, item);
    const { documents, recipe, signal } = this.#options;
    const known = this.#known.get(item.id);
    const first = known?.first;
    if (known === undefined || first?.read === undefined) return undefined;
    const { read } = first;
    const isWhole =
      read.recipe === recipe && read.documents === known.documents && read.content === textOf(known.sum);
    if (isWhole && (await this.#isSame(item, read))) {
      this.#asked.delete(item.id);
      this.skipped.add(item.id);
      if (item.version !== read.version) {
        await documents.setSource({ ...first, read: stateOf(item, read) }, { signal });
      }
      return known.documents;
    }
    const { read: _read, ...rest } = first;
    await documents.setSource(rest, { signal });
    return undefined;
  }

  async #isSame(item: ReadItem, read: ItemState): Promise<boolean> {
    const { verify, signal } = this.#options;
    if (item.contentHash === undefined) return false;
    if (!verify && item.version !== undefined && item.version === read.version) return true;
    try {
      return (await item.contentHash(signal)) === read.contentHash;
    } catch {
      signal?.throwIfAborted();
      // Reading it will say why it cannot be opened.
      return false;
    }
  }

  /** A document came from the reader. */
  came({ id, item }: Document): void {
    if (item === undefined) return;
    const open = this.#open.get(item);
    if (open === undefined) {
      this.#open.set(item, {
        firstId: id,
        documents: 1,
        pending: 1,
        sum: 0n,
        done: undefined,
        failed: false,
      });
    } else {
      open.documents += 1;
      open.pending += 1;
    }
  }

  /** It is in the index as it came, by the hash of its record; without one it is not. */
  settled({ id, item }: Pick<Document, 'id' | 'item'>, hash: string | undefined): void {
    const open = item === undefined ? undefined : this.#open.get(item);
    if (item === undefined || open === undefined) return;
    open.pending -= 1;
    if (hash === undefined) open.failed = true;
    else open.sum += markOf({ sourceId: id, hash });
    this.#finish(item, open);
  }

  /** The reader is through with an item. */
  ended({ item, outcome }: ReadProgress): void {
    const asked = this.#asked.get(item);
    this.#asked.delete(item);
    const open = this.#open.get(item);
    if (open === undefined || asked === undefined) return;
    open.done = asked;
    if (outcome !== 'read') open.failed = true;
    this.#finish(item, open);
  }

  #finish(id: string, open: OpenItem): void {
    if (open.done === undefined || open.pending > 0) return;
    this.#open.delete(id);
    if (!open.failed && open.done.contentHash !== undefined) this.#ready.push({ item: open.done, open });
  }

  /** Writes down what has become whole. Called by one at a time. */
  async keep(): Promise<void> {
    const { documents, recipe, signal } = this.#options;
    const ready = this.#ready;
    this.#ready = [];
    for (const { item, open } of ready) {
      const contentHash = await hashOf(item, signal);
      const record =
        contentHash === undefined ? undefined : await documents.getSource(open.firstId, { signal });
      if (contentHash === undefined || record?.item !== item.id) continue;
      const content = textOf(open.sum);
      const read = stateOf(item, { recipe, documents: open.documents, content, contentHash });
      await documents.setSource({ ...record, read }, { signal });
    }
  }
}

function stateOf({ version }: ReadItem, { version: _version, ...state }: ItemState): ItemState {
  return { ...state, ...(version === undefined ? {} : { version }) };
}

/** 64 bits of a document and its version. Marks are added up, since documents are settled in no order. */
function markOf({ sourceId, hash }: Pick<SourceRecord, 'sourceId' | 'hash'>): bigint {
  return BigInt(`0x${fingerprintOf(sourceId, hash).slice(0, 16)}`);
}

function textOf(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString(36);
}

/** Undefined where it cannot be told any more: the next run reads the item again. */
async function hashOf(item: ReadItem, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return await item.contentHash?.(signal);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** The record, of this item. */
export function ofItem({ item: _item, ...record }: SourceRecord, item: string | undefined): SourceRecord {
  return item === undefined ? record : { ...record, item };
}

/** Documents that a reader read, handed over without the reader: nobody could tell what failed from what is gone. */
export function withoutReader(): MortiseError {
  const message =
    'These documents come from a reader, but the reader itself was not given: what it could not read would be taken for gone and removed. Give the reader (`index.update(reader)`), or an object whose `read(options)` hands `options` on to it, or keep what is missing (`removeMissing: false`, or the strategy `upserts`).';
  return new MortiseError('configuration', message);
}
