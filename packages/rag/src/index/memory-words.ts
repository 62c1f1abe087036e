import { raceAbort, runInSlices, timeSlices } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import { matchesFilter, type DocumentStore, type RankedTerms, type SourceRecord } from '@mortise/core/store';
import type { BM25Index } from '../retrievers/bm25-index.ts';
import { SharedLock } from '../stores/shared-lock.ts';
import type { WordQuery, Words } from './words.ts';

/**
 * Words in memory, for a document store that keeps none: taken from the nodes that count at the first query, and from
 * then on document by document, by what the records say.
 */
export class MemoryWords implements Words {
  readonly #documents: DocumentStore;
  readonly #bm25: BM25Index;
  /** By document, the version whose words are here. */
  readonly #shown = new Map<string, SourceRecord>();
  readonly #documentOf = new Map<string, string>();
  /** By document, what is being done to it: one thing after the other. */
  readonly #turns = new Map<string, Promise<void>>();
  /** Written while the words of a document take the place of others. */
  readonly #swaps = new SharedLock();
  #filling: Promise<void> | undefined;

  constructor(documents: DocumentStore, bm25: BM25Index) {
    this.#documents = documents;
    this.#bm25 = bm25;
  }

  refresh(signal: AbortSignal | undefined): Promise<void> {
    this.#filling = this.#fill();
    return shared(this.#filling, signal);
  }

  async added(): Promise<void> {
    // They do not count yet.
  }

  /** Before the first query nothing is held, and there is nothing to change. */
  changed(sourceId: string): Promise<void> {
    if (this.#filling === undefined) return Promise.resolve();
    const before = this.#turns.get(sourceId) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => this.#follow(sourceId));
    const done = turn.finally(() => {
      if (this.#turns.get(sourceId) === done) this.#turns.delete(sourceId);
    });
    this.#turns.set(sourceId, done);
    return done;
  }

  documentOf(id: string): string | undefined {
    return this.#documentOf.get(id);
  }

  shows(record: SourceRecord): boolean {
    return isSame(this.#shown.get(record.sourceId), record);
  }

  async rank(question: string, { topK, filter, also, signal }: WordQuery): Promise<RankedTerms[]> {
    await shared((this.#filling ??= this.#fill()), signal);
    return this.#swaps.read(() => this.#rank(question, { topK, filter, also, signal }), signal);
  }

  async #rank(question: string, { topK, filter, also, signal }: WordQuery): Promise<RankedTerms[]> {
    const slices = timeSlices(signal);
    const asked = new Set(also);
    const ranked: RankedTerms[] = [];
    let place = 0;
    for (const { node, score, coverage } of await runInSlices(this.#bm25.rankedSteps(question), slices)) {
      if (filter === undefined || matchesFilter(node.metadata, filter)) {
        if (place < topK || asked.has(node.id)) ranked.push({ id: node.id, score, coverage });
        place += 1;
      }
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    return ranked;
  }

  /** Each document once, and those that are gone. What fails is tried again by the next query. */
  async #fill(): Promise<void> {
    try {
      // After the assignment of the promise, which `changed` looks at.
      await Promise.resolve();
      const gone = new Set(this.#shown.keys());
      for await (const { sourceId } of this.#documents.sources()) {
        gone.delete(sourceId);
        await this.changed(sourceId);
      }
      for (const sourceId of gone) await this.changed(sourceId);
    } catch (error) {
      this.#filling = undefined;
      throw error;
    }
  }

  async #follow(sourceId: string): Promise<void> {
    let record = await this.#documents.getSource(sourceId);
    for (;;) {
      const shown = this.#shown.get(sourceId);
      if (isSame(shown, record)) return;
      const found = await this.#documents.getMany(record?.nodeIds ?? []);
      const nodes = found.filter((node): node is Node => node !== undefined);
      if (nodes.length < found.length) {
        // It was replaced meanwhile; or its nodes are not there, and then that is how it is.
        const next = await this.#documents.getSource(sourceId);
        const moved = !isSame(next, record);
        record = next;
        if (moved) continue;
      }
      const now = record;
      return this.#swaps.write(() => this.#replace(sourceId, shown?.nodeIds ?? [], nodes, now));
    }
  }

  async #replace(
    sourceId: string,
    gone: readonly string[],
    nodes: readonly Node[],
    record: SourceRecord | undefined,
  ): Promise<void> {
    for (const id of gone) this.#documentOf.delete(id);
    for (const { id } of nodes) this.#documentOf.set(id, sourceId);
    const slices = timeSlices();
    await runInSlices(this.#bm25.removeSteps(gone), slices);
    await runInSlices(this.#bm25.upsertSteps(nodes), slices);
    if (record === undefined) this.#shown.delete(sourceId);
    else this.#shown.set(sourceId, record);
  }
}

function isSame(a: SourceRecord | undefined, b: SourceRecord | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.hash === b.hash &&
    a.nodeIds.length === b.nodeIds.length &&
    a.nodeIds.every((id, at) => id === b.nodeIds[at])
  );
}

/** One piece of work that several wait for, each as long as it likes. */
function shared(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return signal === undefined ? work : raceAbort(work, signal);
}
