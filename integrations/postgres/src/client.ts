import { MortiseError } from '@mortise/core';
import { reading, requireMembers } from '@mortise/core/shared';

/**
 * What is used of a client: a `Pool` or a connected `Client` of `pg`, PGlite, a serverless driver. Each change is one
 * statement, so that any of them will do, a pooler between them included. The store does not close what it was given.
 */
export interface PostgresClient {
  /** Values are texts, numbers, booleans, `null` and `Uint8Array`s. */
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /** Of a pool: a connection of its own, with `release`. Only the lock of a document store takes one. */
  connect?(): Promise<unknown>;
  /** What a pool is told from a client by, which has `connect` too. */
  readonly totalCount?: number | undefined;
}

/** One connection of a pool, held until it is released. */
export interface Session {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /** With true the connection is closed and not used again. */
  release(destroy?: boolean): void;
  on?(event: 'error', listener: () => void): unknown;
  off?(event: 'error', listener: () => void): unknown;
}

/** Where a store's tables are. */
export interface ConnectionOptions {
  /** Shared by as many stores as like to. Either this or `connectionString`. */
  client?: PostgresClient | undefined;
  /** For a pool of the store's own, by the package `pg`, which is made at the first call and closed by `close()`. */
  connectionString?: string | undefined;
}

/** What is used of a pool of `pg`. */
export interface Pool extends PostgresClient {
  connect(): Promise<unknown>;
  readonly totalCount: number;
  end(): Promise<void>;
}

/** A client that is there, or one that is made when it is first needed. */
export interface Connection {
  client(): Promise<PostgresClient>;
  /** Undefined where there is one session only, or none that lasts. */
  readonly session: (() => Promise<Session>) | undefined;
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** Throws `configuration` unless exactly one of the two is given. */
export function connectionOf({ client, connectionString }: ConnectionOptions): Connection {
  if ((client === undefined) === (connectionString === undefined))
    throw new MortiseError(
      'configuration',
      'A Postgres store takes either `client` or `connectionString`. Give one of them.',
    );
  if (client !== undefined) return givenConnection(client);
  if (typeof connectionString !== 'string' || connectionString === '')
    throw new MortiseError(
      'configuration',
      '`connectionString` is no text. Give one such as postgres://host/database.',
    );
  return ownConnection(connectionString);
}

function givenConnection(given: PostgresClient): Connection {
  const client = requireMembers(given, ['query'], 'client', 'PostgresClient');
  const isPool = reading(
    'client',
    () => typeof client.connect === 'function' && typeof client.totalCount === 'number',
    'configuration',
  );
  return {
    client: async () => client,
    session: isPool ? () => sessionOf(client) : undefined,
    secrets: [],
    close: async () => undefined,
  };
}

function ownConnection(connectionString: string): Connection {
  let opening: Promise<Pool> | undefined;
  const client = () =>
    (opening ??= openPool(connectionString).catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    client,
    session: async () => sessionOf(await client()),
    secrets: [connectionString, ...passwordsOf(connectionString)],
    async close() {
      const opened = opening;
      opening = undefined;
      await (await opened?.catch(() => undefined))?.end();
    },
  };
}

/** By the package `pg`; it connects at the first call. */
export async function openPool(connectionString: string): Promise<Pool> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    const message =
      'The package pg, which `connectionString` needs, is not installed: npm install pg. Or give a `client`.';
    throw new MortiseError('missing-dependency', message, { cause });
  });
  try {
    const pool = new pg.Pool({ connectionString });
    // Of a connection that nobody uses: the next query takes another one.
    pool.on('error', () => undefined);
    return pool;
  } catch {
    // What was thrown may hold the string, and the string a password.
    throw new MortiseError(
      'configuration',
      '`connectionString` cannot be read. Give one such as postgres://host:5432/database.',
    );
  }
}

/** As it stands in the string, and as it is sent. */
function passwordsOf(connectionString: string): string[] {
  const written = [
    /^[^:]+:\/\/[^:@/]*:([^@/]*)@/.exec(connectionString)?.[1],
    /[?&]password=([^&#]*)/.exec(connectionString)?.[1],
  ].filter((one) => one !== undefined);
  return written.flatMap((one) => {
    try {
      return [one, decodeURIComponent(one)];
    } catch {
      return [one];
    }
  });
}

async function sessionOf(pool: PostgresClient): Promise<Session> {
  const session = await pool.connect?.();
  if (isSession(session)) return session;
  throw new MortiseError(
    'configuration',
    '`client` has `connect`, but that gives no connection with `query` and `release`. Give a pool, or a client.',
  );
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'query' in value &&
    typeof value.query === 'function' &&
    'release' in value &&
    typeof value.release === 'function'
  );
}
