import * as files from 'node:fs';
import { isMortiseError, MortiseError } from '@mortise/core';
import { lockSqliteFile, type StoreLock } from '@mortise/core/store';

/** Files that are held where the runtime has no `node:sqlite`: among the indexes of this process. */
const held = new Set<string>();
/** Holders that remove the file under each other's hands; nobody meets as many. */
const TRIES = 100;

/**
 * Holds the saved index at `path` for one writer, in whatever process, by a file beside it that goes with the lock.
 * `conflict`, at once, where another holds it; undefined where nothing can be written, and so nobody writes.
 */
export async function lockIndex(path: string): Promise<StoreLock | undefined> {
  const file = `${path}.lock`;
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (sqlite === undefined) return lockHere(file);
  const open = (place: string) => new sqlite.DatabaseSync(place);
  for (let tries = 1; ; tries++) {
    let lock: StoreLock;
    const before = inodeOf(file);
    try {
      lock = await lockSqliteFile(file, path, { files, open });
    } catch (error) {
      if (isMortiseError(error, 'conflict')) throw inUse(path, error);
      return undefined;
    }
    // The holder before may have removed the file between our opening and our locking it: such a lock excludes nobody.
    const now = inodeOf(file);
    if (now !== undefined && (before === undefined || now === before)) return removing(file, lock);
    await lock.release();
    if (tries === TRIES) throw inUse(path);
  }
}

/** Removed while it is still held, so that the next opening makes a new file. */
function removing(file: string, lock: StoreLock): StoreLock {
  return {
    async release() {
      try {
        files.rmSync(file, { force: true });
      } catch {
        // Windows keeps a file that is open: it stays, and is locked again by the next one.
      }
      await lock.release();
    },
  };
}

function lockHere(file: string): StoreLock {
  if (held.has(file)) throw inUse(file);
  held.add(file);
  return { release: async () => void held.delete(file) };
}

function inodeOf(file: string): bigint | undefined {
  return files.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

function inUse(path: string, cause?: unknown): MortiseError {
  const message = `The index ${path} is being updated by another process, or by another index of this one. Wait for that update to end, or open one index and share it.`;
  return new MortiseError('conflict', message, { cause });
}
