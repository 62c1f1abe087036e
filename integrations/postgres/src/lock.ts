import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import type { StoreLock } from '@mortise/core/store';
import type { Session } from './client.ts';
import type { Database } from './database.ts';

/**
 * A session's advisory lock, on a connection of its own: the server lets go of it when that connection ends, however the
 * process did. `conflict`, at once, where another has it.
 */
export async function advisoryLock(
  database: Database,
  connect: () => Promise<Session>,
  signal: AbortSignal | undefined,
): Promise<StoreLock> {
  throwIfAborted(signal);
  const locking = held(database, connect);
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

async function held(database: Database, connect: () => Promise<Session>): Promise<StoreLock> {
  const { place } = database;
  let session: Session;
  try {
    session = await connect();
  } catch (error) {
    throw database.failure('locked', error);
  }
  // A connection that breaks while nobody asks it something says so by an event, which would end the process.
  const ignore = (): void => undefined;
  session.on?.('error', ignore);
  const giveBack = (destroy: boolean): void => {
    session.off?.('error', ignore);
    session.release(destroy);
  };
  try {
    const text = 'SELECT pg_try_advisory_lock(hashtextextended($1::text, 0)) AS locked';
    const { rows } = await session.query(text, [`mortise ${place}`]);
    const [row] = rows as { locked?: unknown }[];
    if (row?.locked !== true)
      throw new MortiseError(
        'conflict',
        `The store ${place} is being written by another run. Wait for it to end, or take a store of your own.`,
      );
  } catch (error) {
    giveBack(true);
    throw database.failure('locked', error);
  }
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      const text = 'SELECT pg_advisory_unlock(hashtextextended($1::text, 0))';
      // A session that has ended holds nothing any more.
      const unlocked = await session.query(text, [`mortise ${place}`]).then(
        () => true,
        () => false,
      );
      giveBack(!unlocked);
    },
  };
}
