import * as files from 'node:fs';
import { join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { lockSqliteFile, storeCall, type StoreOptions } from '@mortise/core/store';
import { openPool, type PostgresClient } from './client.ts';
import { postgresFailure } from './errors.ts';

/** A client for as many stores as like to share it, and what closes it. */
export interface OpenedPostgres extends PostgresClient {
  /** The stores on it are of no use afterwards. Safe to repeat. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a database. A place that begins with `postgres://` or `postgresql://` is a connection string, for a pool by the
 * package `pg`, which connects at the first call. Any other is a folder, made where it is missing, for Postgres in this
 * process: by `@electric-sql/pglite` and `@electric-sql/pglite-pgvector`, one process at a time.
 *
 * Throws `conflict` where the folder is open already, `missing-dependency` where a package is not installed, and
 * `configuration` for a connection string that cannot be read, and for an address of anything else.
 */
export async function openPostgres(place: string, given: StoreOptions = {}): Promise<OpenedPostgres> {
  return storeCall(given, async ({ signal }) => {
    throwIfAborted(signal);
    if (typeof place !== 'string' || place === '')
      throw new MortiseError(
        'configuration',
        'openPostgres takes a folder, or a connection string such as postgres://host/database. Give one of them.',
      );
    const opening = isAddress(place) ? openServer(place.trim()) : openFolder(place);
    if (signal === undefined) return opening;
    try {
      return await raceAbort(opening, signal);
    } catch (error) {
      // An abort does not wait: what it leaves behind is closed when it comes.
      opening.then(
        (opened) => opened.close(),
        () => undefined,
      );
      throw error;
    }
  });
}

/** A folder that is called as an address would have its password in its name. */
function isAddress(place: string): boolean {
  if (/^\s*postgres(?:ql)?:\/\//i.test(place)) return true;
  if (!place.includes('://')) return false;
  throw new MortiseError(
    'configuration',
    'openPostgres was given an address that begins with neither postgres:// nor postgresql://. Give one that does, without quotes, or a folder.',
  );
}

async function openServer(connectionString: string): Promise<OpenedPostgres> {
  const pool = await openPool(connectionString);
  return {
    ...closing(pool, () => pool.end()),
    connect: () => pool.connect(),
    get totalCount() {
      return pool.totalCount;
    },
  };
}

async function openFolder(folder: string): Promise<OpenedPostgres> {
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (sqlite === undefined)
    throw new MortiseError(
      'missing-dependency',
      'This runtime has no node:sqlite, by which a folder is held for one process. Use Node 22.13 or later, or a connection string.',
    );
  const [{ PGlite }, { vector }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
  ]).catch((cause: unknown) => {
    const message =
      'Postgres in a folder is not installed: npm install @electric-sql/pglite @electric-sql/pglite-pgvector. Or give a connection string.';
    throw new MortiseError('missing-dependency', message, { cause });
  });
  // PGlite would open a folder twice, and write over itself.
  const open = (path: string) => new sqlite.DatabaseSync(path);
  const lock = await lockSqliteFile(join(folder, 'writer.sqlite'), folder, { files, open });
  try {
    const database = await PGlite.create(join(folder, 'data'), { extensions: { vector } });
    return closing(database, async () => {
      await database.close();
      await lock.release();
    });
  } catch (cause) {
    await lock.release();
    throw postgresFailure(folder, 'opened', cause);
  }
}

function closing(client: PostgresClient, close: () => Promise<void>): OpenedPostgres {
  let closed: Promise<void> | undefined;
  const once = (): Promise<void> => (closed ??= close());
  return {
    query: (text, values) => client.query(text, values),
    close: once,
    [Symbol.asyncDispose]: once,
  };
}
