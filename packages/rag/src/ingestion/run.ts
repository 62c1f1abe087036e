import { MortiseError } from '@mortise/core';
import { abortable } from '../abort.ts';
import type { EmbedCall, Embedder } from './embedder.ts';
import { isAboutDocument } from './failures.ts';
import type { PlannedDocument, Planning } from './plan.ts';
import type { IndexWriter } from './writer.ts';

/** A document on its way: written when its last vector is there. */
interface Job {
  readonly plan: PlannedDocument;
  readonly vectors: Float32Array[];
  missing: number;
  /** Set aside: what of it stands in other batches is left out. */
  failed: boolean;
}

/** One node that has no vector yet. */
interface Item {
  readonly job: Job;
  readonly at: number;
}

export type Batch = readonly Item[];

export interface RunParts {
  readonly planning: Planning;
  readonly writer: IndexWriter;
  readonly embedder: Embedder | undefined;
}

/** One run of a pipeline: what is shared by its batches. */
export class IngestionRun {
  readonly #planning: Planning;
  readonly #writer: IndexWriter;
  readonly #embedder: Embedder | undefined;
  /** Ends what is under way when something else failed; by hand, since `AbortSignal.any` stays with a long-lived signal. */
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.#controller.abort(this.#planning.options.signal?.reason);
  #embedded = 0;
  /** Nodes in all, once the source has ended. */
  #nodes = 0;
  #total: number | undefined;

  constructor({ planning, writer, embedder }: RunParts) {
    this.#planning = planning;
    this.#writer = writer;
    this.#embedder = embedder;
    planning.options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Full batches across documents, and the rest. Documents that need no embedding are written on the way. */
  async *batches(plans: AsyncIterable<PlannedDocument>): AsyncGenerator<Batch> {
    let items: Item[] = [];
    const all = this.#planning.options.readFirst === true ? await this.#collected(plans) : plans;
    for await (const plan of all) {
      const job: Job = { plan, vectors: [], missing: plan.texts.length, failed: false };
      if (all === plans) this.#nodes += plan.texts.length;
      for (const item of await this.#missing(job)) {
        if (this.#embedder?.fits(items.map(textOf), textOf(item)) === false) {
          yield items;
          items = [];
        }
        items.push(item);
      }
    }
    this.#total = this.#nodes;
    if (items.length > 0) yield items;
  }

  /** One batch, and then the documents that it completes. */
  async embed(batch: Batch): Promise<void> {
    const items = batch.filter(({ job }) => !job.failed);
    if (items.length === 0) return;
    let vectors: readonly Float32Array[];
    try {
      vectors = await this.#vectorsOf(items);
    } catch (error) {
      this.#throwIfStopped();
      if (!isAboutDocument(error)) throw error;
      return this.#apart(items, error as Error);
    }
    this.#planning.report.embedded += items.length;
    for (const [n, { job, at }] of items.entries()) this.#place(job, at, vectors[n] as Float32Array);
    for (const job of new Set(items.map((item) => item.job))) if (job.missing === 0) await this.#write(job);
  }

  /** Documents that the source does not have any more, unless they could not be read. */
  async removeMissing(): Promise<void> {
    const { documents, seen, failures, report, progress } = this.#planning;
    for await (const record of documents.sources({ signal: this.#controller.signal })) {
      if (seen.has(record.sourceId) || failures.covers(record.sourceId)) continue;
      await this.#writer.remove(record, this.#call());
      report.removed += 1;
      progress({ phase: 'remove', done: report.removed, item: record.sourceId });
    }
  }

  stop(error: unknown): void {
    this.#controller.abort(new MortiseError('aborted', 'Another part of this run failed.', { cause: error }));
  }

  close(): void {
    this.#planning.options.signal?.removeEventListener('abort', this.#onAbort);
  }

  async #collected(plans: AsyncIterable<PlannedDocument>): Promise<PlannedDocument[]> {
    const all: PlannedDocument[] = [];
    for await (const plan of plans) all.push(plan);
    this.#nodes = this.#total = all.reduce((sum, { texts }) => sum + texts.length, 0);
    return all;
  }

  /** The nodes of a document that have to be embedded. Without any it is written. */
  async #missing(job: Job): Promise<Item[]> {
    const { texts } = job.plan;
    if (this.#embedder === undefined || texts.length === 0) {
      await this.#write(job);
      return [];
    }
    const known = await this.#embedder.known(texts, this.#call());
    for (const [at, vector] of known.entries()) {
      if (vector === undefined) continue;
      this.#planning.report.cached += 1;
      this.#place(job, at, vector);
    }
    if (job.missing === 0) await this.#write(job);
    return known.flatMap((vector, at) => (vector === undefined ? [{ job, at }] : []));
  }

  #vectorsOf(items: Batch): Promise<Float32Array[]> {
    const embedder = this.#embedder as Embedder;
    return abortable(this.#controller.signal, () => embedder.embed(items.map(textOf), this.#call()));
  }

  #place(job: Job, at: number, vector: Float32Array): void {
    job.vectors[at] = vector;
    job.missing -= 1;
    this.#embedded += 1;
    const total = this.#total === undefined ? {} : { total: this.#total };
    this.#planning.progress({ phase: 'embed', done: this.#embedded, ...total, item: job.plan.sourceId });
  }

  /** A batch was refused: which of its documents it is about shows when each is asked alone. */
  async #apart(items: Batch, error: Error): Promise<void> {
    const jobs = new Set(items.map(({ job }) => job));
    const [only] = jobs;
    if (jobs.size === 1 && only !== undefined) return this.#setAside(only, error);
    for (const job of jobs) await this.embed(items.filter((item) => item.job === job));
  }

  #setAside(job: Job, error: Error): void {
    const { failures, hashes } = this.#planning;
    // Two of its batches may be under way.
    if (job.failed) return;
    job.failed = true;
    hashes.delete(job.plan.hash);
    failures.add({ item: job.plan.sourceId, error });
  }

  async #write(job: Job): Promise<void> {
    const { report } = this.#planning;
    const { plan, vectors } = job;
    try {
      await this.#writer.replace(plan.old, { ...plan, vectors }, this.#call());
    } catch (error) {
      this.#throwIfStopped();
      if (!isAboutDocument(error)) throw error;
      return this.#setAside(job, error as Error);
    }
    report.nodes += plan.nodes.length;
    if (plan.old === undefined) report.added += 1;
    else report.changed += 1;
  }

  #throwIfStopped(): void {
    this.#controller.signal.throwIfAborted();
  }

  #call(): EmbedCall {
    return { signal: this.#controller.signal, parent: this.#planning.options.parent };
  }
}

function textOf({ job, at }: Item): string {
  return job.plan.texts[at] as string;
}
