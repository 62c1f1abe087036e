import { accessSync, constants, existsSync, truncateSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MortiseError } from '@mortise/core';
import { throwIfAborted } from '@mortise/core/call';
import { isLocked, sqliteCode, storeFailure, type StoreLock } from '@mortise/core/store';
import { sqlite } from './database.ts';

const NOTADB = 26;

/**
 * Holds `file` for one writer: an exclusive transaction on it, as an SQLite database of its own, that is never committed.
 * So the lock is the operating system's. It ends with the process, however that ended; another process of the same
 * number, in another container too, does not have it; and nothing that stands in the file can be taken for a holder.
 * `conflict`, at once, where another has it. `place` names the store in messages.
 */
export async function lockFile(
  file: string,
  place: string,
  signal: AbortSignal | undefined,
): Promise<StoreLock> {
  throwIfAborted(signal);
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    throwIfAborted(signal);
    // SQLite makes a lock that excludes nobody of one on a file that it may only read.
    accessSync(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK);
    const connection = held(file);
    let released = false;
    return {
      async release() {
        if (released) return;
        released = true;
        connection.close();
      },
    };
  } catch (error) {
    throwIfAborted(signal);
    if (isLocked(error)) throw lockedBy(place);
    throw storeFailure(place, 'locked', error);
  }
}

function held(file: string): { close(): void } {
  try {
    return exclusive(file);
  } catch (error) {
    if (sqliteCode(error) !== NOTADB) throw error;
    // Nobody holds it through such bytes, and they are of no use to anybody. Cut and not removed: another may just have
    // done the same, and hold the file that is there now.
    truncateSync(file, 0);
    return exclusive(file);
  }
}

function exclusive(file: string): { close(): void } {
  const connection = new (sqlite().DatabaseSync)(file);
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function lockedBy(place: string): MortiseError {
  const message = `The store ${place} is being written by another run. Wait for it to end, or take a store of your own.`;
  return new MortiseError('conflict', message);
}
