import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMortiseError, MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { checkOptions, heard, positive, requireMembers, shown } from '@mortise/core/shared';
import type { Job, Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { beginScript, enqueueScript, failScript, settleScript, stillScript } from './queue-lua.ts';
import { redisFailure } from './errors.ts';
import { runScript, script } from './scripts.ts';

/** Which queue, and how it is reached. */
export interface IngestionQueueOptions {
  /** A `Redis` or a `Cluster` of `ioredis`, of which the queue takes connections of its own. It closes those alone. */
  connection: Redis | Cluster;
  /** Of the queue: who gives the same one shares it. One for each index. */
  name: string;
  /** What the keys begin with. Default: `mortise`. */
  prefix?: string | undefined;
}

/** A piece of work: some documents, or what is left to do when all have been. */
export type QueueJob =
  | { readonly kind: 'documents'; readonly run: string; readonly documents: readonly QueuedDocument[] }
  | {
      readonly kind: 'missing';
      readonly run: string;
      readonly failedItems: readonly string[];
      /** How many ids the source had: without all of them nothing may be taken for missing. */
      readonly seen: number;
    };

export interface QueuedDocument {
  readonly id: string;
  /** Of the run: 1, 2, 3. */
  readonly number: number;
  /** As `nodeToJson` gives it. */
  readonly node: unknown;
}

/** What became of a document. */
export type Outcome = 'added' | 'updated' | 'unchanged' | 'failed';

export interface Settled {
  readonly id: string;
  readonly number: number;
  readonly outcome: Outcome;
  readonly error?: FailedDocument | undefined;
}

/** A document, an item or a part of one that was set aside. */
export interface FailedDocument {
  /** What it was read from, or the document itself. */
  readonly item: string;
  readonly part?: string | undefined;
  readonly documentId?: string | undefined;
  readonly code: string;
  readonly message: string;
}

/** What a run has counted, in Redis. */
export interface Counts {
  readonly enqueued: number;
  readonly settled: number;
  readonly superseded: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: number;
  readonly nodes: number;
  readonly embedded: number;
  readonly cached: number;
  readonly requests: number;
  readonly tokens: number;
  /** A reply did not say how many tokens were paid. */
  readonly uncounted: number;
  /** 1 once the source has ended, and once nothing is missing any more. */
  readonly read: number;
  readonly finished: number;
  /** 1 where Redis has not kept what the source had. */
  readonly lost: number;
}

const NO_COUNTS: Counts = {
  ...{ enqueued: 0, settled: 0, superseded: 0, added: 0, updated: 0, unchanged: 0, removed: 0, failed: 0 },
  ...{ nodes: 0, embedded: 0, cached: 0, requests: 0, tokens: 0, uncounted: 0, read: 0, finished: 0 },
  lost: 0,
};

/** Milliseconds that Redis has for an answer. */
const TIMEOUT_MS = 5_000;
/** What is kept of a run that another one followed. */
const KEPT_SECONDS = 604_800;
/** Milliseconds for which an enqueuer that says nothing keeps its place. */
export const PLACE_MS = 30_000;

/**
 * The queue and what is known beside it. A document has one entry, in `pending`: the run and the number under which it came
 * last. Whoever takes the entry away or replaces it counts the document, so that each is counted once, whatever is done twice.
 */
export class IngestionQueue {
  readonly name: string;
  /** For BullMQ, with the hash tag that all keys share. */
  readonly bullPrefix: string;
  readonly connection: Redis | Cluster;
  readonly #base: string;
  readonly #scripts = {
    begin: script(beginScript),
    enqueue: script(enqueueScript),
    settle: script(settleScript),
    still: script(stillScript),
    fail: script(failScript),
  };
  #queue: Promise<Queue<QueueJob>> | undefined;
  /** What BullMQ made of the connection: of some it does not let go while Redis is away. */
  readonly #made: (Redis | Cluster)[] = [];

  constructor(given: IngestionQueueOptions) {
    const { connection, name, prefix = 'mortise' } = checkOptions(given, 'configuration');
    for (const [option, text] of Object.entries({ name, prefix }))
      if (typeof text !== 'string' || !/^[^{}:\s]+$/.test(text))
        throw new MortiseError(
          'configuration',
          `The ${option} of a queue is a text without braces, colons and spaces, not empty; this one is ${shown(text)}. Give another one.`,
        );
    const client = requireMembers<Redis>(
      connection as Redis,
      ['duplicate', 'evalsha', 'hmget'],
      'connection',
      'Redis client of ioredis',
    );
    this.name = name;
    this.bullPrefix = `{${prefix}:ingestion:${name}}`;
    this.#base = `${this.bullPrefix}:`;
    this.connection = withPatience(client);
    const { connection: own } = this;
    const duplicate = own.duplicate.bind(own) as (...given: unknown[]) => Redis | Cluster;
    Object.assign(own, {
      duplicate: (...given: unknown[]) => {
        const made = duplicate(...given);
        this.#made.push(made);
        return made;
      },
    });
    // It tries again by itself, and what is asked of it fails where it must. Without a listener each try would be printed.
    this.connection.on('error', () => undefined);
  }

  /** Of messages: whose failure it is. */
  get place(): string {
    return `The queue '${this.name}'`;
  }

  /** BullMQ, loaded when it is first needed. */
  queue(): Promise<Queue<QueueJob>> {
    return (this.#queue ??= import('bullmq').then(({ Queue: BullQueue }) => {
      const queue = new BullQueue<QueueJob>(this.name, {
        connection: this.connection,
        prefix: this.bullPrefix,
      });
      queue.on('error', () => undefined);
      return queue;
    }));
  }

  /** Takes the place of the one that enqueues, or keeps it. False where another one has it. */
  async begin(run: string): Promise<boolean> {
    const args = [run, PLACE_MS, this.#base, KEPT_SECONDS];
    return (await this.#run(this.#scripts.begin, [this.#key('place')], args)) === 1;
  }

  /** Gives the place back. What it enqueued stays. */
  async leave(run: string): Promise<void> {
    const key = this.#key('place');
    // Nobody would hear it: the place is free when its time is over.
    if (this.connection.status !== 'ready') return;
    const [holder] = await this.#asked(() => this.connection.hmget(key, 'run'));
    if (holder === run) await this.#asked(() => this.connection.hdel(key, 'until'));
  }

  /** Whether the run is the last one that began. */
  async isLast(run: string): Promise<boolean> {
    const [last] = await this.#asked(() => this.connection.hmget(this.#key('place'), 'run'));
    return last === run;
  }

  /** Writes down which documents come. False where another run has begun. */
  async announce(run: string, documents: readonly QueuedDocument[], remembers: boolean): Promise<boolean> {
    const keys = [
      this.#key('pending'),
      this.#key('place'),
      this.#key(`run:${run}`),
      this.#key(`seen:${run}`),
    ];
    const pairs = documents.flatMap(({ id, number }) => [id, number]);
    const answer = await this.#run(this.#scripts.enqueue, keys, [
      run,
      remembers ? 1 : 0,
      this.#base,
      ...pairs,
    ]);
    return answer === 1;
  }

  /** Puts a piece of work into the queue; twice under one id is once, as long as it stands there. */
  async add(job: QueueJob, jobId: string): Promise<void> {
    const queue = await this.queue();
    await this.#asked(() =>
      queue.add(job.kind, job, { jobId, removeOnComplete: true, attempts: 1, removeOnFail: false }),
    );
  }

  /** Ids that the source had, though nothing of them is enqueued. */
  async remember(run: string, ids: readonly string[]): Promise<void> {
    await this.#asked(() => this.connection.sadd(this.#key(`seen:${run}`), ...ids));
  }

  /** Pieces of work that nobody is at: those that nobody has begun, and those that are tried again later. */
  async waiting(): Promise<number> {
    const queue = await this.queue();
    return this.#asked(() => queue.getJobCountByTypes('waiting', 'delayed', 'prioritized'));
  }

  /** Pieces of work that are not done: begun, waiting, and those that are tried again later. */
  async open(): Promise<number> {
    const queue = await this.queue();
    return this.#asked(() => queue.getJobCountByTypes('active', 'waiting', 'delayed', 'prioritized'));
  }

  /** Of these documents, those that nothing newer has taken the place of and that are not settled. */
  async stillPending(run: string, documents: readonly QueuedDocument[]): Promise<QueuedDocument[]> {
    if (documents.length === 0) return [];
    const ids = documents.map(({ id }) => id);
    const marks = await this.#asked(() => this.connection.hmget(this.#key('pending'), ...ids));
    return documents.filter(({ number }, at) => marks[at] === `${run}:${number}`);
  }

  /** Counts documents, and with them what they cost. Those that are settled already, or that a newer version replaced, are not. */
  async settle(run: string, documents: readonly Settled[], costs: Partial<Counts>): Promise<void> {
    if (documents.length === 0) return;
    const keys = [this.#key('pending'), this.#key(`run:${run}`), this.#key(`failed:${run}`)];
    const each = documents.flatMap(({ id, number, outcome, error }) => [
      ...[id, number, outcome],
      error === undefined ? '' : JSON.stringify(error),
    ]);
    const names = Object.entries(costs).filter(([, count]) => count !== 0);
    await this.#run(this.#scripts.settle, keys, [run, names.length, ...names.flat(), ...each]);
  }

  /**
   * Of these ids, those that the run's source did not have, of which there were `seen`. Throws `conflict` where that cannot be
   * said: another run has begun, another worker has finished this one, or Redis has lost some (`lost` of the counts).
   */
  async missing(run: string, seen: number, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const keys = [this.#key('place'), this.#key(`seen:${run}`), this.#key(`run:${run}`)];
    const answer = await this.#run(this.#scripts.still, keys, [run, seen, ...ids]);
    if (!Array.isArray(answer)) throw this.overtaken();
    return ids.filter((_, at) => answer[at] === 0);
  }

  /** These are set and not counted up: who does not know whether it was done does it again. */
  async mark(run: string, name: 'read' | 'finished' | 'removed', value = 1): Promise<void> {
    await this.#asked(() => this.connection.hset(this.#key(`run:${run}`), name, value));
    if (name === 'finished') await this.#asked(() => this.connection.del(this.#key(`seen:${run}`)));
  }

  async counts(run: string): Promise<Counts> {
    const kept = await this.#asked(() => this.connection.hgetall(this.#key(`run:${run}`)));
    const numbers = Object.entries(kept).map(([name, value]) => [name, Number(value)]);
    return { ...NO_COUNTS, ...(Object.fromEntries(numbers) as Partial<Counts>) };
  }

  /** What the enqueuer sets aside; `number` is how many that are with these. */
  async fail(run: string, number: number, failures: readonly FailedDocument[]): Promise<void> {
    const texts = failures.map((failure) => JSON.stringify(failure));
    const keys = [this.#key(`failed:${run}`), this.#key(`run:${run}`)];
    await this.#run(this.#scripts.fail, keys, [number, ...texts]);
  }

  /** What was set aside, from one place in the list on. */
  async failures(run: string, from: number): Promise<FailedDocument[]> {
    const texts = await this.#asked(() => this.connection.lrange(this.#key(`failed:${run}`), from, -1));
    return texts.map((text) => JSON.parse(text) as FailedDocument);
  }

  /** The run that began last. */
  async last(): Promise<string | undefined> {
    const [last] = await this.#asked(() => this.connection.hmget(this.#key('place'), 'run'));
    return last ?? undefined;
  }

  lost(): MortiseError {
    const message = `${this.place}: Redis has lost what was enqueued. Run enqueue() again, and let Redis keep its data (appendonly yes, maxmemory-policy noeviction).`;
    return new MortiseError('not-found', message);
  }

  overtaken(): MortiseError {
    const message = `${this.place}: another enqueue() has begun since. What was enqueued is worked on, and the newer one goes on from there.`;
    return new MortiseError('conflict', message);
  }

  async close(): Promise<void> {
    const queue = await this.#queue?.catch(() => undefined);
    await queue?.close().catch(() => undefined);
    for (const made of this.#made) heard(made.disconnect());
    heard(this.connection.disconnect());
  }

  #key(part: string): string {
    return `${this.#base}${part}`;
  }

  #run(
    what: ReturnType<typeof script>,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const { connection, place } = this;
    return runScript({ connection, script: what, keys, args, timeoutMs: TIMEOUT_MS, place });
  }

  /** One question, bounded in time, with its failure as ours. */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `${this.place}: Redis did not answer within ${TIMEOUT_MS} ms. Check that it runs and can be reached.`;
        reject(new MortiseError(this.connection.status === 'ready' ? 'timeout' : 'connection', message));
      }, TIMEOUT_MS);
    });
    try {
      return await Promise.race([ask(), silence]);
    } catch (cause) {
      throw redisFailure(this.place, cause);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A connection of its own that waits for a server which comes back, as BullMQ requires. */
function withPatience(client: Redis | Cluster): Redis | Cluster {
  const patience = { maxRetriesPerRequest: null };
  if ('nodes' in client) return client.duplicate(undefined, { redisOptions: patience });
  return client.duplicate(patience);
}

export function newRun(): string {
  return randomUUID();
}

/** Milliseconds before what failed in passing is tried again: twice as long each time, to 30 seconds. */
export function backoff(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}

/**
 * Does what may be done twice until it is done. A failure that may pass is waited for, for `patienceMs` in all; any other is
 * thrown, and the reason of the signal.
 */
export async function persist<T>(
  work: () => Promise<T>,
  { signal, patienceMs }: { signal: AbortSignal | undefined; patienceMs: number },
): Promise<T> {
  const began = performance.now();
  for (let failures = 0; ; failures++) {
    throwIfAborted(signal);
    try {
      return await (signal === undefined ? work() : raceAbort(work(), signal));
    } catch (error) {
      throwIfAborted(signal);
      const isOver = performance.now() - began > patienceMs;
      if (isOver || !isMortiseError(error) || !error.retryable) throw error;
    }
    await pause(Math.min(2_000, backoff(failures)), signal);
  }
}

/** Rejects with the reason of the signal. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throwIfAborted(signal);
    throw error;
  });
}

export function wholeAbove(name: string, value: number): number {
  return positive(name, value, true);
}

export type IngestionJob = Job<QueueJob>;
