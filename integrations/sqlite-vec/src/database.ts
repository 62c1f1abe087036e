import * as files from 'node:fs';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { errorText, MortiseError } from '@mortise/core';
import { openSqliteFile, type OpenedSqliteFile } from '@mortise/core/store';

/** The open file with its statements. Everything is synchronous: so is `node:sqlite`. */
export interface Database {
  /** A statement for this text, prepared once. Texts come from filters, so only the latest are kept. */
  prepare(text: string): StatementSync;
  /** All of it or, when `work` throws, nothing. */
  transaction<T>(work: () => T): T;
  /** Changes with what this connection and others write. */
  stamp(): string;
  /** What was set by name. */
  about(name: string): number | undefined;
  setAbout(name: string, value: number): void;
  close(): void;
}

/** The layout below. A file with a higher number was written by a later version. */
const LAYOUT = 1;
const STATEMENTS = 100;

/*
 * Vectors stand apart from nodes, so that a search reads nothing else. `vector_members` is its own index; its columns
 * have no affinity, so that a value keeps its type.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS vector_about (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS vector_nodes (
    row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, source BLOB, json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS vector_nodes_by_source ON vector_nodes (source) WHERE source IS NOT NULL;
  CREATE TABLE IF NOT EXISTS vector_embeddings (row INTEGER PRIMARY KEY, embedding BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS vector_members (
    key, kind INTEGER, value, row INTEGER, folded, PRIMARY KEY (key, kind, value, row)
  ) WITHOUT ROWID;
`;

/** Looked for once: what opens the file again, when it is locked, does so without waiting. */
export async function vectorLibrary(extension: string | undefined): Promise<string> {
  return extension ?? (await libraryOfPackage());
}

/** `library` is the path of the extension. */
export function openDatabase(path: string, durable: boolean, library: string): OpenedSqliteFile<Database> {
  return openSqliteFile(path, files, (place, isReadOnly) => {
    const database = new (sqlite().DatabaseSync)(place, { allowExtension: true, readOnly: isReadOnly });
    try {
      loadVectorFunctions(database, library);
      return prepared(database, durable, isReadOnly);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function prepared(database: DatabaseSync, durable: boolean, isReadOnly: boolean): Database {
  // Who waits for a lock here would stop the whole process.
  database.exec('PRAGMA busy_timeout = 0');
  if (!isReadOnly)
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
  if (!isReadOnly || !hasTables(database)) database.exec(SCHEMA);
  const read = database.prepare('SELECT value FROM vector_about WHERE name = ?');
  const write = database.prepare('INSERT OR REPLACE INTO vector_about (name, value) VALUES (?, ?)');
  const about = (name: string): number | undefined => read.get(name)?.['value'] as number | undefined;
  const layout = about('layout') ?? LAYOUT;
  if (layout > LAYOUT) {
    const message = `The store was written by a later version of @mortise/sqlite-vec (layout ${layout}). Update the package, or take another file.`;
    throw new MortiseError('configuration', message);
  }
  if (!isReadOnly && about('layout') === undefined) write.run('layout', LAYOUT);

  const version = database.prepare('PRAGMA data_version');
  const changes = database.prepare('SELECT total_changes() AS changes');
  const statements = new Map<string, StatementSync>();
  return {
    about,
    stamp: () => `${Number(version.get()?.['data_version'])} ${Number(changes.get()?.['changes'])}`,
    setAbout: (name, value) => void write.run(name, value),
    prepare(text) {
      const statement = statements.get(text) ?? database.prepare(text);
      // Inserted again it is the latest.
      statements.delete(text);
      statements.set(text, statement);
      const [oldest] = statements.keys();
      if (statements.size > STATEMENTS) statements.delete(oldest as string);
      return statement;
    },
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollback(database);
        throw error;
      }
    },
    close: () => database.close(),
  };
}

/** What is only read is not given tables that it lacks. */
function hasTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'vector_about'").get() !== undefined;
}

/** A full disk or a failed write ends the transaction by itself: having nothing to undo is not an error. */
function rollback(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Whatever else it is, why the work failed is what the caller must hear.
  }
}

/** Loaded at the first use, since Node 22 and 24 print a warning when it is. */
function sqlite(): typeof Sqlite {
  const found = process.getBuiltinModule?.('node:sqlite');
  if (found !== undefined) return found;
  throw new MortiseError('missing-dependency', 'This runtime has no node:sqlite. Use Node 22.13 or later.');
}

async function libraryOfPackage(): Promise<string> {
  try {
    const { getLoadablePath } = await import('sqlite-vec');
    return getLoadablePath();
  } catch (cause) {
    const where = `${process.platform}-${process.arch}`;
    const message = `The package sqlite-vec has no library for ${where}, or is not installed. Install it with its optional dependencies: npm install sqlite-vec. Or give the path of a library of your own as \`extension\`.`;
    throw new MortiseError('missing-dependency', message, { cause });
  }
}

function loadVectorFunctions(database: DatabaseSync, library: string): void {
  try {
    database.loadExtension(library);
  } catch (cause) {
    const reason = errorText(cause);
    const message = `The extension ${library} could not be loaded: ${reason}. Give the path of sqlite-vec's library for this platform.`;
    throw new MortiseError('missing-dependency', message, { cause });
  }
  // Nobody's SQL loads another.
  database.enableLoadExtension(false);
}
