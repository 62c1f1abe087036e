import type { IngestReport } from './contract.ts';
import type { Failures } from './failed-documents.ts';

/** Counts what a run does. */
export class Report {
  readonly #failures: Failures;
  readonly #ids = { added: [] as string[], updated: [] as string[], removed: [] as string[] };
  #unchanged = 0;
  #duplicates = 0;
  #nodes = 0;
  #embedded = 0;
  #cached = 0;
  #requests = 0;
  /** Undefined once a reply did not say. */
  #tokens: number | undefined = 0;

  constructor(failures: Failures) {
    this.#failures = failures;
  }

  unchanged(documents = 1): void {
    this.#unchanged += documents;
  }

  duplicate(): void {
    this.#duplicates += 1;
  }

  written(id: string, nodes: number, isNew: boolean): void {
    this.#nodes += nodes;
    (isNew ? this.#ids.added : this.#ids.updated).push(id);
  }

  /** Returns how many there are by now. */
  removed(id: string): number {
    return this.#ids.removed.push(id);
  }

  fromCache(nodes: number): void {
    this.#cached += nodes;
  }

  paid({ embedded, requests, tokens }: Paid): void {
    this.#embedded += embedded;
    this.#requests += requests;
    if (tokens === undefined) this.#tokens = undefined;
    else if (this.#tokens !== undefined) this.#tokens += tokens;
  }

  result(): IngestReport {
    const { added, updated, removed } = this.#ids;
    const failed = this.#failures.list;
    const failedIds = failed.map(({ documentId, part, item }) => documentId ?? part ?? item);
    return {
      added: added.length,
      updated: updated.length,
      unchanged: this.#unchanged,
      duplicates: this.#duplicates,
      removed: removed.length,
      failed,
      ids: { added, updated, removed, failed: [...new Set(failedIds)] },
      nodes: this.#nodes,
      embedded: this.#embedded,
      cached: this.#cached,
      requests: this.#requests,
      ...(this.#tokens === undefined ? {} : { tokens: this.#tokens }),
    };
  }
}

/** What one batch cost. */
export interface Paid {
  /** Nodes that the model was asked for. */
  readonly embedded: number;
  readonly requests: number;
  /** Undefined where the provider did not say. */
  readonly tokens: number | undefined;
}
