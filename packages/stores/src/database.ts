import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { MortiseError } from '@mortise/core';

/** A file in WAL mode; what `prepare` makes of it, or closed again when that throws. */
export function openDatabase<T>(path: string, durable: boolean, prepare: (database: DatabaseSync) => T): T {
  const database = new (sqlite().DatabaseSync)(path);
  try {
    // Another process may hold the file for the length of a transaction.
    database.exec(`PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL;`);
    database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Loaded at the first use, since Node 22 and 24 print a warning when it is. */
export function sqlite(): typeof Sqlite {
  const found = process.getBuiltinModule?.('node:sqlite');
  if (found !== undefined) return found;
  const message = 'This runtime has no node:sqlite. Use Node 22.13 or later, or a store on files.';
  throw new MortiseError('missing-dependency', message);
}

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollback(database);
    throw error;
  }
}

/** A full disk or a failed write ends the transaction by itself: that nothing is left to undo is no error. */
function rollback(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Whatever else it is, why the work failed is what the caller must hear.
  }
}

export function laterVersion(layout: number): MortiseError {
  const message = `The store was written by a later version of @mortise/stores (layout ${layout}). Update the package, or take another file.`;
  return new MortiseError('configuration', message);
}

/** SQLite's text is UTF-8, which holds no lone surrogate, and some readers stop at a NUL: such keys go as bytes. */
export function bound(text = ''): string | Uint8Array {
  return text.isWellFormed() && !text.includes('\0') ? text : Buffer.from(text, 'utf16le');
}

export function unbound(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString('utf16le');
}
