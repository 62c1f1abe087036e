import { throwIfAborted } from '../call/timers.ts';
import type { StoreLock } from './contract.ts';
import { lockedBy } from './document-locks.ts';
import type { StoreOptions } from './key-value-contract.ts';
import { isLocked, sqliteCode, storeFailure } from './failure.ts';
import type { SqliteFiles } from './sqlite-file.ts';

/** What is used of `node:fs` and `node:sqlite`: core imports nothing. */
export interface LockModules {
  readonly files: SqliteFiles & { truncateSync(path: string, length: number): void };
  /** Opens a database. */
  open(path: string): { exec(sql: string): void; close(): void };
}

const NOTADB = 26;
const MAY_WRITE = 2;

/**
 * Holds `file` for one writer: an exclusive transaction on it, as an SQLite database of its own, that is never committed.
 * So the lock is the operating system's. It ends with the process, however that ended; another process of the same
 * number, in another container too, does not have it; and nothing that stands in the file can be taken for a holder.
 * `conflict`, at once, where another has it. `place` names the store in messages. A missing folder is made.
 */
export async function lockSqliteFile(
  file: string,
  place: string,
  modules: LockModules,
  { signal }: StoreOptions = {},
): Promise<StoreLock> {
  throwIfAborted(signal);
  const { files } = modules;
  try {
    const folder = file.replace(/[^/\\]*$/, '') || '.';
    if (!files.existsSync(folder)) files.mkdirSync(folder, { recursive: true });
    // SQLite makes a lock that excludes nobody of one on a file that it may only read.
    files.accessSync(files.existsSync(file) ? file : folder, MAY_WRITE);
    const connection = held(file, modules);
    let released = false;
    return {
      async release() {
        if (released) return;
        released = true;
        connection.close();
      },
    };
  } catch (error) {
    if (isLocked(error)) throw lockedBy(`The store ${place}`);
    throw storeFailure(place, 'locked', error);
  }
}

function held(file: string, modules: LockModules): { close(): void } {
  try {
    return exclusive(file, modules);
  } catch (error) {
    if (sqliteCode(error) !== NOTADB) throw error;
    // Nobody holds it through such bytes, and they are of no use to anybody. Cut and not removed: another may just have
    // done the same, and hold the file that is there now.
    modules.files.truncateSync(file, 0);
    return exclusive(file, modules);
  }
}

function exclusive(file: string, modules: LockModules): { close(): void } {
  const connection = modules.open(file);
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
