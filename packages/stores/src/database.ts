import * as files from 'node:fs';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { MortiseError } from '@mortise/core';
import {
  createWhenFree,
  openSqliteFile,
  storeFailure,
  type OpenedSqliteFile,
  type StoreOptions,
} from '@mortise/core/store';

/** What is prepared on a connection. */
export interface Prepared {
  close(): void;
}

export interface SqliteFileOptions<T> {
  readonly path: string;
  readonly durable: boolean;
  /** Makes the tables that are missing, and the statements. */
  readonly prepare: (database: DatabaseSync, isReadOnly: boolean) => T;
}

/**
 * A file in WAL mode, opened by the first work that is done with it. Work is synchronous, all or nothing, and done as
 * soon as the file is free: see `createWhenFree`. `storeFailure` makes the errors.
 */
export class SqliteFile<T extends Prepared> {
  readonly #options: SqliteFileOptions<T>;
  readonly #whenFree = createWhenFree();
  #open: OpenedSqliteFile<T> | undefined;
  #closed = false;

  constructor(options: SqliteFileOptions<T>) {
    if (typeof options.path !== 'string' || options.path === '')
      throw new MortiseError('configuration', 'path is missing; give the path of a file for the store.');
    this.#options = options;
  }

  async do<R>(what: 'read' | 'written', options: StoreOptions, work: (database: T) => R): Promise<R> {
    try {
      return await this.#whenFree(() => work(this.#opened()), options);
    } catch (error) {
      // The caller's own reason, whatever it is.
      if (options.signal?.aborted === true && error === options.signal.reason) throw error;
      throw storeFailure(this.#options.path, what, error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#open?.opened.close();
    this.#open = undefined;
  }

  #opened(): T {
    const { path, durable, prepare } = this.#options;
    if (this.#closed) throw new MortiseError('configuration', `The store ${path} is closed. Make a new one.`);
    if (this.#open?.isStale() === true) {
      this.#open.opened.close();
      this.#open = undefined;
    }
    this.#open ??= openSqliteFile(path, files, (place, isReadOnly) => {
      const database = new (sqlite().DatabaseSync)(place, { readOnly: isReadOnly });
      try {
        // Who waits for a lock here would stop the whole process.
        database.exec('PRAGMA busy_timeout = 0');
        if (!isReadOnly)
          database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
        return prepare(database, isReadOnly);
      } catch (error) {
        database.close();
        throw error;
      }
    });
    return this.#open.opened;
  }
}

/** Loaded at the first use, since Node 22 and 24 print a warning when it is. */
export function sqlite(): typeof Sqlite {
  const found = process.getBuiltinModule?.('node:sqlite');
  if (found !== undefined) return found;
  const message =
    'This runtime has no node:sqlite. Use Node 22.13 or later; a store on files works without, but for its lock.';
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

/** A full disk or a failed write ends the transaction by itself: having nothing to undo is not an error. */
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

/** Whether a table is there: what is only read is not given tables that it lacks. */
export function hasTable(database: DatabaseSync, name: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined
  );
}

/** SQLite's text is UTF-8, which holds no lone surrogate, and some readers stop at a NUL: such keys go as bytes. */
export function bound(text = ''): string | Uint8Array {
  return text.isWellFormed() && !text.includes('\0') ? text : Buffer.from(text, 'utf16le');
}

export function unbound(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString('utf16le');
}
