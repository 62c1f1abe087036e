import { resolve } from 'node:path';
import type { StoreLock } from '@mortise/core/store';
import { sqlite } from './database.ts';
import { storeError } from './errors.ts';
import { lockedBy } from './folder-lock.ts';

const SQLITE_BUSY = 5;
/**
 * An exclusive transaction that is never committed, on a file of its own beside the database: it does not keep anybody
 * from reading or writing the database, and the system ends it with the process, whatever ended that.
 */
export function lockDatabase(path: string): StoreLock {
  // A database in memory belongs to one instance.
  if (path === ':memory:') return { release: () => Promise.resolve() };
  const file = `${resolve(path)}-writer`;
  const connection = opened(path, file);
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      connection.close();
    },
  };
}

function opened(path: string, file: string): { close(): void } {
  const connection = new (sqlite().DatabaseSync)(file);
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    if ((error as { errcode?: unknown }).errcode === SQLITE_BUSY) throw lockedBy(path);
    throw storeError(path, 'locked', error);
  }
}
