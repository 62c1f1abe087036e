import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { sha256Hex } from '@mortise/core/shared';
import { DocumentLocks, lockedBy, type LockOptions, type StoreLock } from '@mortise/core/store';
import type { Session } from './client.ts';
import type { Database } from './database.ts';

/** A connection that holds locks. The server lets go of them when it ends, however its process did. */
interface Holding {
  readonly session: Session;
  readonly lost: AbortSignal;
  readonly last: { asked: Promise<void> };
  /** Lets go of everything, and gives the connection back. */
  end(): Promise<void>;
}

/** One that several share. */
interface Shared {
  readonly holding: Promise<Holding>;
  users: number;
}

/**
 * Advisory locks of sessions. The whole store is one, held on a connection of its own. Documents have one each, all of
 * them on one connection, however many runs of this process hold some: a pool must not run out of what they write by.
 * Whoever holds documents shares the store's.
 */
export class AdvisoryLocks {
  readonly #database: Database;
  readonly #connect: () => Promise<Session>;
  /** One session may lock a thing twice: within this process it is this that says no. */
  readonly #documents = new DocumentLocks();
  #shared: Shared | undefined;

  constructor(database: Database, connect: () => Promise<Session>) {
    this.#database = database;
    this.#connect = connect;
  }

  /** `conflict`, at once, where another holds any of it. */
  async lock({ signal, sourceIds }: LockOptions): Promise<StoreLock> {
    throwIfAborted(signal);
    const locking = sourceIds === undefined ? this.#whole() : this.#some(sourceIds);
    if (signal === undefined) return locking;
    try {
      return await raceAbort(locking, signal);
    } catch (error) {
      // An abort does not wait: what it leaves behind is given back when it comes.
      locking.then(
        (lock) => lock.release(),
        () => undefined,
      );
      throw error;
    }
  }

  async #whole(): Promise<StoreLock> {
    const holding = await this.#hold('pg_try_advisory_lock');
    return { lost: holding.lost, release: once(() => holding.end()) };
  }

  async #some(given: readonly string[]): Promise<StoreLock> {
    const { place } = this.#database;
    // A session counts how often it has locked a thing.
    const sourceIds = [...new Set(given)];
    const free = this.#documents.take(place, sourceIds);
    const keys = sourceIds.map((id) => keyOf(`mortise ${place} ${id}`));
    let shared: Shared | undefined;
    try {
      shared = await this.#share();
      const holding = await shared.holding;
      const locked = await this.#each(holding, 'pg_try_advisory_lock', keys);
      const other = sourceIds[keys.findIndex((key) => !locked.has(key))];
      if (other !== undefined) {
        await this.#each(holding, 'pg_advisory_unlock', [...locked]);
        throw lockedBy(`The document ${other} of ${place}`);
      }
      return { lost: holding.lost, release: once(() => this.#release(shared, keys, free)) };
    } catch (error) {
      free();
      if (shared !== undefined) await this.#unshare(shared);
      throw error;
    }
  }

  async #release(shared: Shared | undefined, keys: readonly string[], free: () => void): Promise<void> {
    if (shared === undefined) return;
    // A session that has ended holds nothing any more.
    await this.#each(await shared.holding, 'pg_advisory_unlock', keys).catch(ignore);
    free();
    await this.#unshare(shared);
  }

  /** The connection that holds documents. */
  async #share(): Promise<Shared> {
    const shared = (this.#shared ??= { holding: this.#hold('pg_try_advisory_lock_shared'), users: 0 });
    shared.users += 1;
    try {
      if (!(await shared.holding).lost.aborted) return shared;
    } catch (error) {
      if (this.#shared === shared) this.#shared = undefined;
      throw error;
    }
    await this.#unshare(shared);
    return this.#share();
  }

  /** The last one gives it back. Of one that is lost there are no new ones. */
  async #unshare(shared: Shared): Promise<void> {
    const holding = await shared.holding;
    shared.users -= 1;
    if (this.#shared === shared && (shared.users === 0 || holding.lost.aborted)) this.#shared = undefined;
    if (shared.users === 0) await holding.end();
  }

  /** A connection that has locked the store, for itself or with others. */
  async #hold(how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared'): Promise<Holding> {
    const { place } = this.#database;
    let session: Session;
    try {
      session = await this.#connect();
    } catch (error) {
      throw this.#database.failure('locked', error);
    }
    const lost = new AbortController();
    // A connection that breaks while nobody asks it something says so by an event, which would end the process.
    const breaks = (): void => lost.abort(lockLost(place));
    session.on?.('error', breaks);
    let isGiven = false;
    const giveBack = (destroy: boolean): void => {
      if (isGiven) return;
      isGiven = true;
      // One that broke may say so again while it is closed.
      if (!destroy) session.off?.('error', breaks);
      session.release(destroy);
    };
    try {
      const text = `SELECT ${how}(hashtextextended($1::text, 0)) AS locked`;
      const { rows } = await session.query(text, [`mortise ${place}`]);
      const [row] = rows as { locked?: unknown }[];
      if (row?.locked !== true) throw lockedBy(`The store ${place}`);
    } catch (error) {
      giveBack(true);
      throw this.#database.failure('locked', error);
    }
    return {
      session,
      lost: lost.signal,
      last: { asked: Promise.resolve() },
      end: async () => {
        const ended = session.query('SELECT pg_advisory_unlock_all()').then(
          () => true,
          () => false,
        );
        giveBack(!(await ended));
      },
    };
  }

  /** The keys that a function said yes to. One question after the other: a connection has one at a time. */
  #each({ session, last }: Holding, how: string, keys: readonly string[]): Promise<Set<string>> {
    const text = `SELECT key, ${how}(key::bigint) AS done FROM jsonb_array_elements_text(($1::text)::jsonb) AS key`;
    const asked = last.asked.then(async () => {
      try {
        const { rows } = await session.query(text, [JSON.stringify(keys)]);
        const done = (rows as { key: string; done: unknown }[]).filter((row) => row.done === true);
        return new Set(done.map(({ key }) => key));
      } catch (error) {
        throw this.#database.failure('locked', error);
      }
    });
    last.asked = asked.then(ignore, ignore);
    return asked;
  }
}

/** What Postgres locks is a number of 64 bits. Two documents of one number are taken for one, which costs a `conflict`. */
function keyOf(name: string): string {
  return BigInt.asIntN(64, BigInt(`0x${sha256Hex(name).slice(0, 16)}`)).toString();
}

function lockLost(place: string): MortiseError {
  const message = `The connection that held ${place} for this run has ended, so that another may write to it. Run it again.`;
  return new MortiseError('connection', message);
}

function ignore(): void {
  // It is told to the one who asked.
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
