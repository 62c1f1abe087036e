import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { linkedController, raceAbort, throughDoor, throwIfAborted } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import type { Reader } from '@mortise/core/reader';
import { nodeToJson, type Document } from '@mortise/core/retriever';
import { heard, isObject, shown } from '@mortise/core/shared';
import {
  IngestionQueue,
  newRun,
  pause,
  persist,
  PLACE_MS,
  wholeAbove,
  type Counts,
  type FailedDocument,
  type IngestionQueueOptions,
  type QueuedDocument,
} from './queue.ts';

/** How documents are put into a queue. */
export interface EnqueueOptions extends IngestionQueueOptions {
  /** As of a pipeline. Default: `upserts`. With `upserts-and-delete` the last worker removes what the source does not have. */
  strategy?: 'upserts' | 'upserts-and-delete' | undefined;
  /** Documents in one piece of work. Default: 16; fewer where they are long. */
  batchSize?: number | undefined;
  /** Pieces of work that may stand in the queue before reading waits for workers. Default: 256. */
  maxWaiting?: number | undefined;
  /** Whether to wait until workers are through. Default: true; otherwise it resolves when the source has ended. */
  wait?: boolean | undefined;
  /** Milliseconds for which a Redis that does not answer is waited for. Default: 60,000. */
  patienceMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: QueueProgress) => void) | undefined;
  /** Called for everything that is set aside, here or by a worker. The next run tries it again. */
  onError?: ((failure: FailedDocument) => void) | undefined;
  /** The id of the span around this run, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** How far all workers together are, in documents. */
export interface QueueProgress {
  readonly enqueued: number;
  readonly settled: number;
  /** Known once the source has ended. */
  readonly total?: number | undefined;
  /** Set aside, with what could not be read. */
  readonly failed: number;
}

/** What all workers together did, in documents. One that was written by a worker which was then killed counts as unchanged. */
export interface QueueReport {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Of which a newer version was enqueued before a worker came to them. */
  readonly superseded: number;
  /** Set aside, with what could not be read. An earlier version stays, and the next run tries again. */
  readonly failed: readonly FailedDocument[];
  readonly nodes: number;
  readonly embedded: number;
  readonly cached: number;
  readonly requests: number;
  /** Absent when any reply did not say. */
  readonly tokens?: number | undefined;
}

/** Characters of JSON in one piece of work, one document apart; and of one document. Redis takes 512 MB. */
const MOST_CHARACTERS = 1_048_576;
const LONGEST_DOCUMENT = 67_108_864;
const POLL_MS = 100;

/**
 * Reads a source and puts its documents into a queue, for workers (`work`) on any machine. Each document is worked on by one
 * of them at a time; of two versions the later one counts. It reads as fast as workers follow. Resolves with what all
 * of them did; an abort, a crash or a kill leaves what stands in the queue to the workers, and the next run reads again.
 *
 * One `enqueue` at a time is at a queue: `conflict` while another one is, for 30 seconds after its process died.
 */
export function enqueue(
  source: Reader | AsyncIterable<Document> | Iterable<Document>,
  given: EnqueueOptions,
): Promise<QueueReport> {
  return throughDoor(given, {}, async (options) => {
    const { signal, parent, strategy = 'upserts' } = options;
    throwIfAborted(signal);
    if (strategy !== 'upserts' && strategy !== 'upserts-and-delete')
      throw new MortiseError(
        'configuration',
        `strategy is ${shown(strategy)}; across workers it is upserts or upserts-and-delete.`,
      );
    if (!isSource(source))
      throw new MortiseError(
        'invalid-request',
        `The source is ${shown(source)}; it is a Reader, or documents that can be iterated over. Give one of these.`,
      );
    if (strategy === 'upserts-and-delete' && !('read' in source) && Symbol.asyncIterator in source)
      throw withoutReader();
    const queue = new IngestionQueue(options);
    try {
      return await inSpan(
        'ingest.run',
        { parent, attributes: { queue: queue.name } },
        () => new Enqueuing(queue, { ...options, strategy }).run(source),
        ({ failed, ...counts }) => ({ attributes: { ...counts, failed: failed.length } }),
      );
    } finally {
      await queue.close();
    }
  });
}

/** How far all workers are with the run that began last, and what they did; undefined where none has begun. */
export function queueState(
  given: IngestionQueueOptions & { signal?: AbortSignal | undefined },
): Promise<{ progress: QueueProgress; report: QueueReport } | undefined> {
  return throughDoor(given, {}, async (options) => {
    const { signal } = options;
    throwIfAborted(signal);
    const queue = new IngestionQueue(options);
    const ask = async () => {
      const run = await queue.last();
      if (run === undefined) return undefined;
      const counts = await queue.counts(run);
      return { progress: progressOf(counts), report: reportOf(counts, await queue.failures(run, 0)) };
    };
    try {
      return await (signal === undefined ? ask() : raceAbort(ask(), signal));
    } finally {
      await queue.close();
    }
  });
}

class Enqueuing {
  readonly #queue: IngestionQueue;
  readonly #options: EnqueueOptions;
  readonly #run = newRun();
  readonly #batchSize: number;
  readonly #maxWaiting: number;
  readonly #controller: ReturnType<typeof linkedController>;
  readonly #patience: { readonly signal: AbortSignal; readonly patienceMs: number };
  readonly #seen = new Set<string>();
  /** Of which something could not be read: its documents are not taken for gone. */
  readonly #failedItems = new Set<string>();
  #number = 0;
  #batch: QueuedDocument[] = [];
  #characters = 0;
  /** What was set aside here, and failures that were told. */
  #aside = 0;
  #told = 0;

  constructor(queue: IngestionQueue, options: EnqueueOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#batchSize = wholeAbove('batchSize', options.batchSize ?? 16);
    this.#maxWaiting = wholeAbove('maxWaiting', options.maxWaiting ?? 256);
    const patienceMs = wholeAbove('patienceMs', options.patienceMs ?? 60_000);
    this.#controller = linkedController(options.signal);
    this.#patience = { signal: this.#controller.signal, patienceMs };
  }

  async run(source: Reader | AsyncIterable<Document> | Iterable<Document>): Promise<QueueReport> {
    const queue = this.#queue;
    let beat: ReturnType<typeof setInterval> | undefined;
    try {
      if (!(await this.#persist(() => queue.begin(this.#run)))) throw taken(queue.place);
      beat = setInterval(() => void this.#keepPlace(), PLACE_MS / 3);
      await this.#read(source);
      const counts = this.#options.wait === false ? await this.#tell() : await this.#workers();
      const failures = await this.#persist(() => queue.failures(this.#run, 0));
      // A callback may have been rejected meanwhile.
      throwIfAborted(this.#controller.signal);
      return reportOf(counts, failures);
    } catch (error) {
      throwIfAborted(this.#controller.signal);
      throw error;
    } finally {
      clearInterval(beat);
      this.#controller.unlink();
      // Where that fails too, the place is free when its time is over.
      await queue.leave(this.#run).catch(() => undefined);
    }
  }

  async #keepPlace(): Promise<void> {
    // A failure is no answer: who enqueues meets it too.
    const isKept = await this.#queue.begin(this.#run).catch(() => true);
    if (!isKept) this.#controller.abort(this.#queue.overtaken());
  }

  async #read(source: Reader | AsyncIterable<Document> | Iterable<Document>): Promise<void> {
    const { signal } = this.#controller;
    const { parent, strategy } = this.#options;
    const failures: FailedDocument[] = [];
    const isReader = 'read' in source;
    const documents = isReader
      ? source.read({
          signal,
          parent,
          onError: ({ item, part, error }) => {
            this.#failedItems.add(item);
            failures.push(failureOf({ item, part }, error));
          },
        })
      : source;
    const report = async (): Promise<void> => {
      if (failures.length > 0) await this.#setAside(failures.splice(0));
    };
    for await (const document of until(signal, documents)) {
      if (!isObject(document) || typeof document.id !== 'string')
        throw new MortiseError(
          'invalid-request',
          'A source gave what is not a document with an `id`. Make documents with createDocument().',
        );
      if (!isReader && strategy === 'upserts-and-delete' && document.item !== undefined)
        throw withoutReader();
      await report();
      await this.#put(document);
    }
    signal.throwIfAborted();
    await report();
    await this.#flush();
    if (strategy === 'upserts-and-delete') {
      const seen = this.#seen.size;
      const job = { kind: 'missing', run: this.#run, failedItems: [...this.#failedItems], seen } as const;
      await this.#persist(() => this.#queue.add(job, `${this.#run}-missing`));
    }
    await this.#persist(() => this.#queue.mark(this.#run, 'read'));
  }

  async #put(document: Document): Promise<void> {
    const { id, item } = document;
    const where = {
      item: item ?? id,
      documentId: id,
      ...(item === undefined || item === id ? {} : { part: id }),
    };
    // Redis keeps texts as UTF-8, which has no halves of characters: two such ids would be one there.
    const kept = id.toWellFormed();
    if (this.#seen.has(kept)) {
      const message = `Two documents have the id ${id}; the second is left out. Give every document an id of its own.`;
      return this.#setAside([failureOf(where, new MortiseError('conflict', message))]);
    }
    this.#seen.add(kept);
    let node: unknown;
    let characters: number;
    try {
      if (kept !== id) throw halfCharacter(id);
      node = nodeToJson(document);
      characters = JSON.stringify(node).length;
      if (characters > LONGEST_DOCUMENT) throw tooLong(id, characters);
    } catch (error) {
      // It was there, so it is not missing.
      if (this.#options.strategy === 'upserts-and-delete')
        await this.#persist(() => this.#queue.remember(this.#run, [kept]));
      return this.#setAside([failureOf(where, error)]);
    }
    const isFull = this.#batch.length === this.#batchSize || this.#characters + characters > MOST_CHARACTERS;
    if (isFull) await this.#flush();
    this.#batch.push({ id, number: ++this.#number, node });
    this.#characters += characters;
  }

  async #flush(): Promise<void> {
    const queue = this.#queue;
    const documents = this.#batch;
    const [first] = documents;
    this.#batch = [];
    this.#characters = 0;
    if (first === undefined) return;
    const remembers = this.#options.strategy === 'upserts-and-delete';
    // Before the work is there: a worker leaves out what is not announced.
    if (!(await this.#persist(() => queue.announce(this.#run, documents, remembers))))
      throw queue.overtaken();
    const job = { kind: 'documents', run: this.#run, documents } as const;
    await this.#persist(() => queue.add(job, `${this.#run}-${first.number}`));
    while ((await this.#persist(() => queue.waiting())) >= this.#maxWaiting) {
      await this.#tell();
      await pause(POLL_MS, this.#controller.signal);
    }
    await this.#tell();
  }

  /** Waits until all documents are settled, and what is missing is gone. */
  async #workers(): Promise<Counts> {
    const queue = this.#queue;
    for (;;) {
      const counts = await this.#tell();
      const isSettled = counts.settled + counts.superseded >= counts.enqueued;
      if (isSettled && (this.#options.strategy !== 'upserts-and-delete' || counts.finished === 1))
        return counts;
      if (isSettled && !(await this.#persist(() => queue.isLast(this.#run)))) throw queue.overtaken();
      await pause(POLL_MS, this.#controller.signal);
    }
  }

  /** Progress, and what was set aside since it was last told. */
  async #tell(): Promise<Counts> {
    const counts = await this.#persist(() => this.#queue.counts(this.#run));
    if (counts.lost === 1 || counts.enqueued < this.#number - this.#batch.length) throw this.#queue.lost();
    const { onProgress, onError } = this.#options;
    const ends = (error: unknown): void => this.#controller.abort(error);
    if (onError !== undefined) {
      const failures = await this.#persist(() => this.#queue.failures(this.#run, this.#told));
      this.#told += failures.length;
      for (const failure of failures) heard(onError(failure), ends);
    }
    heard(onProgress?.(progressOf(counts)), ends);
    return counts;
  }

  async #setAside(failures: readonly FailedDocument[]): Promise<void> {
    // Told from the list, with those of the workers.
    this.#aside += failures.length;
    await this.#persist(() => this.#queue.fail(this.#run, this.#aside, failures));
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    return persist(work, this.#patience);
  }
}

function progressOf({ enqueued, settled, superseded, failed, read }: Counts): QueueProgress {
  return {
    enqueued,
    settled: settled + superseded,
    ...(read === 1 ? { total: enqueued } : {}),
    failed,
  };
}

function reportOf(counts: Counts, failed: readonly FailedDocument[]): QueueReport {
  const { added, updated, unchanged, removed, superseded, nodes, embedded, cached, requests } = counts;
  const report = {
    added,
    updated,
    unchanged,
    removed,
    superseded,
    failed,
    nodes,
    embedded,
    cached,
    requests,
  };
  return counts.uncounted > 0 ? report : { ...report, tokens: counts.tokens };
}

export function failureOf(where: Omit<FailedDocument, 'code' | 'message'>, error: unknown): FailedDocument {
  return { ...where, code: isMortiseError(error) ? error.code : 'internal', message: errorText(error) };
}

function taken(place: string): MortiseError {
  const message = `${place}: another enqueue() is at it. Wait for its end; where its process died, for ${PLACE_MS / 1_000} seconds.`;
  return new MortiseError('conflict', message);
}

function tooLong(id: string, characters: number): MortiseError {
  const message = `The document ${id} is ${characters} characters of JSON; a queue takes ${LONGEST_DOCUMENT}. Cut it into several documents.`;
  return new MortiseError('invalid-request', message);
}

function isSource(source: unknown): boolean {
  if (typeof source !== 'object' || source === null) return false;
  return 'read' in source || Symbol.asyncIterator in source || Symbol.iterator in source;
}

function halfCharacter(id: string): MortiseError {
  const message = `The id ${id} holds half of a character (a lone surrogate), which Redis cannot keep. Give the document another id.`;
  return new MortiseError('invalid-request', message);
}

/** What a source gives, until the signal is aborted: a source may not heed it, or not come to it. */
async function* until(
  signal: AbortSignal,
  source: AsyncIterable<Document> | Iterable<Document>,
): AsyncGenerator<Document> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isOver = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await raceAbort(Promise.resolve(iterator.next()), signal);
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const closing = isOver ? undefined : Promise.resolve(iterator.return?.()).catch(() => undefined);
    if (!signal.aborted) await closing;
  }
}

function withoutReader(): MortiseError {
  const message =
    'Without the reader nobody can tell what it could not read from what is gone. Give the reader itself, or a list of documents made by hand, or the strategy upserts.';
  return new MortiseError('configuration', message);
}
