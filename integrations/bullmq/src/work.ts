import { isMortiseError, MortiseError } from '@mortise/core';
import { linkedController, raceAbort } from '@mortise/core/call';
import type { Reader } from '@mortise/core/reader';
import { nodeFromJson, type Document } from '@mortise/core/retriever';
import { checkOptions, heard, requireMembers } from '@mortise/core/shared';
import type { DocumentStore } from '@mortise/core/store';
import type { Worker } from 'bullmq';
import { failureOf } from './enqueue.ts';
import {
  backoff,
  IngestionQueue,
  pause,
  persist,
  wholeAbove,
  type Counts,
  type IngestionJob,
  type IngestionQueueOptions,
  type QueuedDocument,
  type QueueJob,
  type Settled,
} from './queue.ts';

/** What is used of an `IngestionPipeline` of `@mortise/rag`. */
export interface WorkPipeline {
  /** With a `lock` that tells documents apart, so that workers on several machines go on side by side. */
  readonly documents: Pick<DocumentStore, 'sources'>;
  run(
    source: Reader | AsyncIterable<Document>,
    options: {
      sourceIds: readonly string[];
      strategy: 'upserts' | 'upserts-and-delete';
      signal: AbortSignal;
    },
  ): Promise<WorkReport>;
}

/** What is used of its report. */
export interface WorkReport {
  readonly ids: { readonly added: readonly string[]; readonly updated: readonly string[] };
  readonly failed: readonly { readonly item: string; readonly documentId?: string; readonly error: Error }[];
  readonly removed: number;
  readonly nodes: number;
  readonly embedded: number;
  readonly cached: number;
  readonly requests: number;
  readonly tokens?: number;
}

/** How a worker works. */
export interface WorkOptions extends IngestionQueueOptions {
  /** Pieces of work at once, each with the pipeline's own `concurrency`. Default: 2. */
  concurrency?: number | undefined;
  /** Milliseconds after which a worker that says nothing counts as dead, and its work is given to others. Default: 30,000. */
  leaseMs?: number | undefined;
  /** Stops it, and gives back at once what it has begun. */
  signal?: AbortSignal | undefined;
  /** Called for what is tried again later: the provider, a store or Redis did not answer. */
  onError?: ((error: Error) => void) | undefined;
}

/** A worker at its work. */
export interface IngestionWorker extends AsyncDisposable {
  /**
   * Resolves when it has stopped. Rejects, with its work given back, with what every other document would meet too: a wrong
   * key, a model that is not there. Await it: that is how a process learns that nothing is worked on any more.
   */
  readonly done: Promise<void>;
  /** Takes nothing more, and resolves when what it has begun is finished; with `now` that is given back at once. */
  stop(options?: { now?: boolean | undefined }): Promise<void>;
  /** Stops once nothing stands in the queue any more, work of others included. */
  drain(): Promise<void>;
}

/** A piece of work whose workers died so often is taken apart; a document of which they did is set aside. */
const DEATHS_APART = 2;
const DEATHS = 5;
/** Documents that are removed in one run. */
const REMOVED_AT_ONCE = 100;
/** Milliseconds before what another holds is tried again, and before what waits for all others is. */
const AGAIN_MS = 250;
const SOON_MS = 50;
const NOTHING: readonly Document[] = [];
/** For what is given back when a worker is stopped. */
const CLOSING_MS = 5_000;

/**
 * Works on what `enqueue` puts into a queue, with a pipeline over stores that all workers share. A document is locked in the
 * document store while it is written, so that even a worker which was taken for dead cannot write beside another (I-01).
 * What was killed at any moment is done again by another; what fails in passing is tried again for as long as it
 * takes; a document that cannot be ingested is set aside (I-03).
 */
export function work(pipeline: WorkPipeline, given: WorkOptions): IngestionWorker {
  const options = checkOptions(given, 'configuration');
  requireMembers(pipeline, ['run'], 'pipeline', 'IngestionPipeline');
  requireMembers(pipeline.documents, ['sources'], 'pipeline.documents', 'DocumentStore');
  const concurrency = wholeAbove('concurrency', options.concurrency ?? 2);
  const leaseMs = wholeAbove('leaseMs', options.leaseMs ?? 30_000);
  return new Working(pipeline, new IngestionQueue(options), { ...options, concurrency, leaseMs });
}

type MissingJob = Extract<QueueJob, { kind: 'missing' }>;

class Working implements IngestionWorker {
  readonly done: Promise<void>;
  readonly #pipeline: WorkPipeline;
  readonly #queue: IngestionQueue;
  readonly #options: WorkOptions & { concurrency: number; leaseMs: number };
  readonly #ended = Promise.withResolvers<void>();
  /** Ends what is under way. */
  readonly #controller: ReturnType<typeof linkedController>;
  readonly #worker: Promise<Worker<QueueJob>>;
  #stopping: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #underWay = new Set<Promise<void>>();
  /** Whether it works on a document of which workers have died. */
  #suspects = false;
  /** Failures in passing, one after the other, and until when others count as the last of them. */
  #failures = 0;
  #countedUntil = 0;

  constructor(
    pipeline: WorkPipeline,
    queue: IngestionQueue,
    options: WorkOptions & { concurrency: number; leaseMs: number },
  ) {
    this.#pipeline = pipeline;
    this.#queue = queue;
    this.#options = options;
    this.#controller = linkedController(options.signal);
    this.done = this.#ended.promise;
    this.#worker = this.#start();
    this.#worker.catch((error: unknown) => this.#giveUp(error));
    this.#controller.signal.addEventListener('abort', () => void this.stop(), { once: true });
    if (this.#controller.signal.aborted) void this.stop();
  }

  stop({ now = false }: { now?: boolean | undefined } = {}): Promise<void> {
    if (now) this.#controller.abort(new MortiseError('aborted', 'The worker was stopped.'));
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  async drain(): Promise<void> {
    while (this.#stopping === undefined) {
      const open = await this.#queue.open().catch(() => undefined);
      if (open === 0) break;
      await pause(AGAIN_MS, undefined);
    }
    await this.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<Worker<QueueJob>> {
    const { Worker: BullWorker } = await import('bullmq');
    const { concurrency, leaseMs } = this.#options;
    const queue = this.#queue;
    const worker = new BullWorker<QueueJob>(
      queue.name,
      (job, token) => this.#counted(this.#process(job, token)),
      {
        connection: queue.connection,
        prefix: queue.bullPrefix,
        concurrency,
        lockDuration: leaseMs,
        stalledInterval: leaseMs,
        // What was killed again and again is counted here, where its documents are known.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      },
    );
    worker.on('error', (error) => this.#tell(error));
    return worker;
  }

  async #close(): Promise<void> {
    try {
      const worker = await this.#worker.catch(() => undefined);
      if (worker !== undefined) await this.#closed(worker);
    } finally {
      await this.#queue.close();
      this.#end();
    }
  }

  /** Waits for what is under way, unless that is aborted, and then no longer than Redis may take to be told of the end. */
  async #closed(worker: Worker<QueueJob>): Promise<void> {
    const { signal } = this.#controller;
    let isClosed = false;
    // With nothing to wait for, and nobody to ask, it need not wait for Redis; else its timers would keep the process.
    const force = this.#underWay.size === 0 && this.#queue.connection.status !== 'ready';
    const closing = worker.close(force).then(
      () => (isClosed = true),
      () => (isClosed = true),
    );
    do {
      const over = Promise.race([closing, Promise.allSettled([...this.#underWay])]);
      await raceAbort(over, signal).catch(() => undefined);
      const timer = new AbortController();
      await Promise.race([closing, pause(CLOSING_MS, timer.signal)]).finally(() => timer.abort());
    } while (!isClosed && !signal.aborted && this.#underWay.size > 0);
    // Nobody answers: its connections would try for ever.
    if (!isClosed) worker.disconnect().catch(() => undefined);
  }

  #end(): void {
    this.#controller.unlink();
    if (this.#failure === undefined) this.#ended.resolve();
    else this.#ended.reject(this.#failure.error);
  }

  /** A callback that throws must not make BullMQ fail a job: its documents would be lost. */
  #tell(error: unknown): void {
    try {
      heard(this.#options.onError?.(error as Error));
    } catch {
      // As with one that is rejected: nobody asked to be told.
    }
  }

  #counted(work: Promise<void>): Promise<void> {
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Nothing that a job meets makes BullMQ fail it: it is done, or given back, now or for later. */
  async #process(job: IngestionJob, token: string | undefined): Promise<void> {
    const { DelayedError, WaitingError } = await import('bullmq');
    let delay: number;
    try {
      const again = await this.#work(job);
      if (again === undefined) {
        this.#failures = 0;
        return;
      }
      delay = again;
    } catch (error) {
      if (this.#controller.signal.aborted || !mayPass(error)) {
        if (!this.#controller.signal.aborted) this.#giveUp(error);
        // Where that fails it is taken for dead, and given to another in time.
        await job.moveToWait(token).catch(() => undefined);
        throw new WaitingError();
      }
      this.#tell(error);
      delay = Math.max(this.#delay(), retryAfter(error));
    }
    await job.moveToDelayed(Date.now() + delay, token).catch(() => undefined);
    throw new DelayedError();
  }

  /** What fails at the same time fails once: all of it may be of one outage. */
  #delay(): number {
    const delay = backoff(this.#failures);
    if (performance.now() >= this.#countedUntil) {
      this.#failures += 1;
      this.#countedUntil = performance.now() + delay;
    }
    return delay;
  }

  /** Every other document would meet it too. `done` rejects once the work is given back: the process may end upon it. */
  #giveUp(error: unknown): void {
    this.#failure ??= { error };
    void this.stop({ now: true });
  }

  /** The milliseconds after which it is to be tried again; undefined where it is done. */
  async #work({ data, stalledCounter }: IngestionJob): Promise<number | undefined> {
    if (data.kind === 'missing') return this.#removeMissing(data);
    const { run, documents } = data;
    if (stalledCounter >= DEATHS) return this.#setAside(run, documents, stalledCounter);
    if (stalledCounter >= DEATHS_APART && documents.length > 1) {
      for (const document of await this.#queue.stillPending(run, documents))
        await this.#queue.add(
          { kind: 'documents', run, documents: [document] },
          `${run}-${document.number}-alone`,
        );
      return undefined;
    }
    if (stalledCounter < DEATHS_APART) return this.#ingest(run, documents);
    // One at a time, or what a document does would be blamed on those beside it.
    if (this.#suspects) return AGAIN_MS * (1 + Math.random());
    this.#suspects = true;
    try {
      return await this.#ingest(run, documents);
    } finally {
      this.#suspects = false;
    }
  }

  async #ingest(run: string, documents: readonly QueuedDocument[]): Promise<number | undefined> {
    const queue = this.#queue;
    const { signal } = this.#controller;
    const worked: QueuedDocument[] = [];
    const unreadable: Settled[] = [];
    /** Read once the documents are locked: what is settled or replaced by then is left out. */
    async function* pending(): AsyncGenerator<Document> {
      for (const document of await queue.stillPending(run, documents)) {
        let node: Document;
        try {
          node = nodeFromJson(document.node) as Document;
        } catch (error) {
          const { id, number } = document;
          const failure = failureOf({ item: id, documentId: id }, error);
          unreadable.push({ id, number, outcome: 'failed', error: failure });
          continue;
        }
        worked.push(document);
        yield node;
      }
    }
    const sourceIds = documents.map(({ id }) => id);
    const report = await lockedElsewhere(() =>
      this.#pipeline.run(pending(), { sourceIds, strategy: 'upserts', signal }),
    );
    if (report === undefined) return AGAIN_MS * (1 + Math.random());
    const settled = [...settledOf(worked, report), ...unreadable];
    await persist(() => queue.settle(run, settled, costsOf(report)), { signal, patienceMs: Infinity });
    return undefined;
  }

  /** Its workers died of it, or so it seems. */
  async #setAside(run: string, documents: readonly QueuedDocument[], deaths: number): Promise<undefined> {
    const message = `${deaths} workers ended while they worked on it. Look for what ends them, such as memory, and enqueue it again.`;
    const error = new MortiseError('internal', message);
    const settled = documents.map(({ id, number }): Settled => {
      return { id, number, outcome: 'failed', error: failureOf({ item: id, documentId: id }, error) };
    });
    await this.#queue.settle(run, settled, {});
    return undefined;
  }

  /** Once every document is settled, those that the source does not have any more are removed. */
  async #removeMissing(job: MissingJob): Promise<number | undefined> {
    const { run } = job;
    const queue = this.#queue;
    const { signal } = this.#controller;
    if (!(await queue.isLast(run))) return undefined;
    const { enqueued, settled, superseded, finished, lost, ...counts } = await queue.counts(run);
    // Another worker was through with it, or it was, when it was killed.
    if (finished === 1) return undefined;
    if (lost === 1) {
      this.#tell(queue.lost());
      return undefined;
    }
    if (settled + superseded < enqueued) return SOON_MS;
    let { removed } = counts;
    const remove = async (ids: readonly string[]): Promise<void> => {
      const count = await this.#remove(job, ids);
      if (count === 0) return;
      removed += count;
      await persist(() => queue.mark(run, 'removed', removed), { signal, patienceMs: Infinity });
    };
    let some: string[] = [];
    try {
      for await (const { sourceId } of this.#pipeline.documents.sources({ signal })) {
        if (some.push(sourceId) < REMOVED_AT_ONCE) continue;
        await remove(some);
        some = [];
      }
      await remove(some);
    } catch (error) {
      if (isMortiseError(error, 'conflict')) return (await queue.isLast(run)) ? SOON_MS : undefined;
      throw error;
    }
    await persist(() => queue.mark(run, 'finished'), { signal, patienceMs: Infinity });
    return undefined;
  }

  /** How many were removed. */
  async #remove({ run, seen, failedItems }: MissingJob, ids: readonly string[]): Promise<number> {
    const queue = this.#queue;
    const { signal } = this.#controller;
    const missing = await queue.missing(run, seen, ids);
    if (missing.length === 0) return 0;
    const nothing: Reader = {
      // Read once the documents are locked: an enqueue() that began meanwhile may have them, and a worker that stood still may
      // come when all is done.
      async *read({ onError } = {}) {
        await queue.missing(run, seen, missing);
        const error = new MortiseError('aborted', 'It could not be read.');
        for (const item of failedItems) onError?.({ item, error });
        yield* NOTHING;
      },
    };
    const { removed } = await this.#pipeline.run(nothing, {
      sourceIds: missing,
      strategy: 'upserts-and-delete',
      signal,
    });
    return removed;
  }
}

/** Undefined where another worker, or a run of another kind, holds one of the documents. */
async function lockedElsewhere<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (isMortiseError(error, 'conflict')) return undefined;
    throw error;
  }
}

function settledOf(worked: readonly QueuedDocument[], { ids, failed }: WorkReport): Settled[] {
  const added = new Set(ids.added);
  const updated = new Set(ids.updated);
  const errors = new Map(failed.map(({ documentId, item, error }) => [documentId ?? item, { item, error }]));
  return worked.map(({ id, number }) => {
    const failure = errors.get(id);
    if (failure === undefined) {
      const outcome = added.has(id) ? 'added' : updated.has(id) ? 'updated' : 'unchanged';
      return { id, number, outcome };
    }
    const { item, error } = failure;
    return { id, number, outcome: 'failed', error: failureOf({ item, documentId: id }, error) };
  });
}

function costsOf({ nodes, embedded, cached, requests, tokens }: WorkReport): Partial<Counts> {
  const paid = tokens === undefined ? { uncounted: 1 } : { tokens };
  return { nodes, embedded, cached, requests, ...paid };
}

/** A failure that the same work may not meet later. Out of quota is one: it is somebody else's turn to pay. */
function mayPass(error: unknown): boolean {
  return isMortiseError(error) && (error.retryable || error.code === 'quota');
}

function retryAfter(error: unknown): number {
  return isMortiseError(error) ? (error.retryAfterMs ?? 0) : 0;
}
