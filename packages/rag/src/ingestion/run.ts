import { MortiseError } from '@mortise/core';
import { linkedController, timeSlices } from '@mortise/core/call';
import { Batcher, type BatchCost, type EmbeddingResult } from '@mortise/core/embedding';
import type { SourceRecord } from '@mortise/core/store';
import { abortable } from '../abort.ts';
import type { EmbedCall, Embedder } from './embedder.ts';
import { isAboutDocument } from './failed-documents.ts';
import { withoutReader } from './items.ts';
import type { ChangedDocument, ChangeContext } from './changes.ts';
import { recordsOf, type IndexWriter } from './writer.ts';

/** A document on its way: written when its last vector is there. */
interface Job {
  readonly change: ChangedDocument;
  readonly vectors: Float32Array[];
  missing: number;
  /** Set aside: what of it stands in other batches is left out. */
  failed: boolean;
}

/** One node that has no vector yet, and what it adds to a batch. */
interface Item extends BatchCost {
  readonly job: Job;
  readonly at: number;
}

export type Batch = readonly Item[];

export interface RunParts {
  readonly context: ChangeContext;
  readonly writer: IndexWriter;
  readonly embedder: Embedder | undefined;
}

/** One run of a pipeline: what is shared by its batches. */
export class IngestionRun {
  readonly #planning: ChangeContext;
  readonly #writer: IndexWriter;
  readonly #embedder: Embedder | undefined;
  /** Ends what is under way when something else failed. */
  readonly #controller: ReturnType<typeof linkedController>;
  /** Of all its batches: stores in memory and a model within the process settle without a turn of the event loop. */
  readonly #slices: ReturnType<typeof timeSlices>;
  #embedded = 0;
  /** Nodes in all, once the source has ended. */
  #nodes = 0;
  #total: number | undefined;

  constructor({ context, writer, embedder }: RunParts) {
    this.#planning = context;
    this.#writer = writer;
    this.#embedder = embedder;
    this.#controller = linkedController(context.options.signal);
    this.#slices = timeSlices(this.#controller.signal);
  }

  /** Full batches across documents, and the rest. Documents that need no embedding are written on the way. */
  async *batches(changes: AsyncIterable<ChangedDocument>): AsyncGenerator<Batch> {
    const batcher = new Batcher<Item>(this.#embedder?.limits ?? { maxSize: 1 });
    const all = this.#planning.options.readFirst === true ? await this.#collected(changes) : changes;
    for await (const change of all) {
      const turn = this.#slices.turn();
      if (turn !== undefined) await turn;
      const job: Job = { change, vectors: [], missing: change.texts.length, failed: false };
      if (all === changes) this.#nodes += change.texts.length;
      for (const item of await this.#missing(job)) {
        if (!batcher.fits(item)) yield batcher.take().items;
        batcher.add(item);
      }
    }
    this.#total = this.#nodes;
    if (batcher.size > 0) yield batcher.take().items;
  }

  /** One batch, and then the documents that it completes. */
  async embed(batch: Batch): Promise<void> {
    const items = batch.filter(({ job }) => !job.failed);
    if (items.length === 0) return;
    const turn = this.#slices.turn();
    if (turn !== undefined) await turn;
    let result: EmbeddingResult;
    try {
      const texts = items.map(({ job, at }) => job.change.texts[at] as string);
      const embedder = this.#embedder as Embedder;
      result = await abortable(this.#controller.signal, () => embedder.embed(texts, this.#call()));
    } catch (error) {
      this.#throwIfStopped();
      if (!isAboutDocument(error)) throw error;
      return this.#apart(items, error as Error);
    }
    const { embeddings, cached, requests = 1, usage } = result;
    const { report } = this.#planning;
    report.cached += cached;
    report.embedded += items.length - cached;
    report.requests += requests;
    if (usage.inputTokens === undefined || report.tokens === undefined) delete report.tokens;
    else report.tokens += usage.inputTokens;
    // The worker that places the last vector of a document writes it. That is settled before the first write is waited for:
    // meanwhile other batches complete other documents of this one.
    const complete: Job[] = [];
    for (const [n, { job, at }] of items.entries()) {
      this.#place(job, at, embeddings[n] as Float32Array);
      if (job.missing === 0) complete.push(job);
    }
    for (const job of complete) {
      const next = this.#slices.turn();
      if (next !== undefined) await next;
      await this.#write(job);
    }
  }

  /** Documents that the source does not have any more, unless they could not be read. */
  async removeMissing(): Promise<void> {
    const { documents, seen, items, failures, report, progress, options } = this.#planning;
    const { signal } = this.#controller;
    const records = () => recordsOf(documents, options.sourceIds, { signal });
    const isGone = (record: SourceRecord): boolean =>
      !seen.has(record.sourceId) && !items.skipped.has(record.item) && !failures.cover(record);
    // Nobody could tell what is gone from what the reader could not read: before anything is removed.
    if (items.withoutReader)
      for await (const record of records())
        if (record.item !== undefined && isGone(record)) throw withoutReader();
    for await (const record of records()) {
      const { sourceId } = record;
      if (!isGone(record)) continue;
      const turn = this.#slices.turn();
      if (turn !== undefined) await turn;
      await this.#writer.remove(record, this.#call());
      report.removed = report.ids.removed.push(sourceId);
      progress({ phase: 'remove', done: report.removed, item: sourceId });
    }
  }

  stop(error: unknown): void {
    this.#controller.abort(new MortiseError('aborted', 'Another part of this run failed.', { cause: error }));
  }

  close(): void {
    this.#controller.unlink();
  }

  async #collected(changes: AsyncIterable<ChangedDocument>): Promise<ChangedDocument[]> {
    const all: ChangedDocument[] = [];
    for await (const change of changes) {
      all.push(change);
      this.#nodes += change.texts.length;
    }
    this.#total = this.#nodes;
    return all;
  }

  /** The nodes of a document that have to be embedded. Without any it is written. */
  async #missing(job: Job): Promise<Item[]> {
    const { texts } = job.change;
    const embedder = this.#embedder;
    if (embedder === undefined || texts.length === 0) {
      await this.#write(job);
      return [];
    }
    const known = await embedder.known(texts, this.#call());
    for (const [at, vector] of known.entries()) {
      if (vector === undefined) continue;
      this.#planning.report.cached += 1;
      this.#place(job, at, vector);
    }
    // None of it is in a batch yet, so nobody else can have completed it.
    if (job.missing === 0) await this.#write(job);
    return known.flatMap((vector, at) =>
      vector === undefined ? [{ job, at, ...embedder.costOf(texts[at] as string) }] : [],
    );
  }

  #place(job: Job, at: number, vector: Float32Array): void {
    job.vectors[at] = vector;
    job.missing -= 1;
    this.#embedded += 1;
    const total = this.#total === undefined ? {} : { total: this.#total };
    this.#planning.progress({ phase: 'embed', done: this.#embedded, ...total, item: job.change.sourceId });
  }

  /** A batch was refused: which of its documents it is about shows when each is asked alone. */
  async #apart(items: Batch, error: Error): Promise<void> {
    const jobs = new Set(items.map(({ job }) => job));
    const [only] = jobs;
    if (jobs.size === 1 && only !== undefined) return this.#setAside(only, error);
    for (const job of jobs) await this.embed(items.filter((item) => item.job === job));
  }

  #setAside(job: Job, error: Error): void {
    const { failures, hashes, items } = this.#planning;
    // Two of its batches may be under way.
    if (job.failed) return;
    job.failed = true;
    const { sourceId: id, item, hash } = job.change;
    hashes.delete(hash);
    const document = { id, ...(item === undefined ? {} : { item }) };
    items.settled(document, undefined);
    failures.ofDocument(document, error);
  }

  async #write(job: Job): Promise<void> {
    const { report, items } = this.#planning;
    const { change, vectors } = job;
    try {
      await this.#writer.replace(change.old, { ...change, vectors }, this.#call());
    } catch (error) {
      this.#throwIfStopped();
      if (!isAboutDocument(error)) throw error;
      return this.#setAside(job, error as Error);
    }
    const kind = change.old === undefined ? 'added' : 'updated';
    report[kind] = report.ids[kind].push(change.sourceId);
    report.nodes += change.nodes.length;
    const { sourceId: id, item, hash } = change;
    items.settled({ id, ...(item === undefined ? {} : { item }) }, hash);
  }

  #throwIfStopped(): void {
    this.#controller.signal.throwIfAborted();
  }

  #call(): EmbedCall {
    return { signal: this.#controller.signal, parent: this.#planning.options.parent };
  }
}
