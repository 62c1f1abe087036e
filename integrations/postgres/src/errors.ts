import { errorText, isMortiseError, MortiseError, type KnownErrorCode } from '@mortise/core';
import { redact, type Secrets } from '@mortise/core/wire';

type Kind = readonly [KnownErrorCode, advice: string];

const GONE: Kind = ['connection', 'Check that the server runs and can be reached.'];
const BUSY: Kind = ['overloaded', 'Try again later.'];
const LOGIN: Kind = ['authentication', 'Check the user and the password of the client.'];
const DENIED: Kind = ['permission', 'Give the user the rights on the schema, or take another user.'];
const FULL: Kind = ['quota', 'Make room on the disk of the server.'];
const SLOW: Kind = ['timeout', 'The server ended it: raise `statement_timeout`, or ask for less at once.'];
const DAMAGED: Kind = ['validation', 'The data are damaged. Restore a copy, or build them again.'];
const TOO_LARGE: Kind = ['invalid-request', 'It is more than Postgres takes. Write or ask for less at once.'];
const UNFIT: Kind = ['invalid-request', 'Check what was given; the database must be of the encoding UTF8.'];
const EXTENSION: Kind = [
  'missing-dependency',
  'The vector store needs pgvector 0.8 or later: install it on the server, and let somebody who may run `CREATE EXTENSION vector` in this database.',
];
const OTHER_TABLES: Kind = [
  'configuration',
  'The tables are not those of this package. Give another `schema` or `prefix`, or restore them.',
];
const LANGUAGE: Kind = [
  'configuration',
  'Give a `language` that the database has: SELECT cfgname FROM pg_ts_config.',
];
const ADDRESS: Kind = ['configuration', 'Give a `connectionString` such as postgres://host:5432/database.'];
const OTHER: Kind = ['internal', 'Check the server and its log.'];

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: a code, or the class that it begins with. */
const STATES: Readonly<Record<string, Kind>> = {
  '08': GONE,
  '22': UNFIT,
  '23': OTHER_TABLES,
  '25006': DENIED, // a transaction that only reads
  '28': LOGIN,
  '3D': ['configuration', 'There is no such database. Make it, or give another one.'],
  '3F': OTHER_TABLES,
  '40': BUSY,
  '42': OTHER_TABLES,
  '42501': DENIED,
  '53': BUSY,
  '53100': FULL,
  '54': TOO_LARGE,
  '55': BUSY,
  '57': BUSY,
  '57014': SLOW,
  XX001: DAMAGED,
  XX002: DAMAGED,
};

const NETWORK = /^(?:ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES)/;
/** `pg` says these without a code. */
const ENDED = /^(?:Connection terminated|Client was closed|timeout exceeded when trying to connect)/;

/**
 * What a client throws, as ours: which store, what it was doing, the reason and what to do. The connection string and its
 * password are in no message; where there is one, the cause is kept only if it is of a server or of the network, since what
 * reads the string may have it in an error.
 */
export function postgresFailure(
  place: string,
  what: string,
  cause: unknown,
  secrets?: Secrets,
): MortiseError {
  if (isMortiseError(cause)) return cause;
  const said = errorText(cause);
  const reason = redact(said, secrets);
  const [code, advice] = kindOf(cause, said);
  const message = `The store ${place} could not be ${what}: ${reason}. ${advice}`;
  const isOutside = sqlState(cause) !== undefined || NETWORK.test(codeOf(cause) ?? '');
  const isKept = reason === said && (isOutside || secrets === undefined || secrets.length === 0);
  return new MortiseError(code, message, isKept ? { cause } : {});
}

/** The code of five characters that a server says; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[\dA-Z]{5}$/.test(code) && /\d/.test(code) ? code : undefined;
}

/** Another transaction was in the way, and nothing was done: the same may be tried again at once. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

function kindOf(error: unknown, said: string): Kind {
  const state = sqlState(error);
  const code = codeOf(error) ?? '';
  if (state === undefined && code === 'ERR_INVALID_URL') return ADDRESS;
  if (state === undefined) return NETWORK.test(code) || ENDED.test(said) ? GONE : OTHER;
  if (said.includes('text search configuration')) return LANGUAGE;
  if (/extension "vector"|type "(?:vector|halfvec)"|parameter name "hnsw/.test(said)) return EXTENSION;
  return STATES[state] ?? STATES[state.slice(0, 2)] ?? OTHER;
}

/** Another's error may be anything, a getter that throws included. */
function codeOf(error: unknown): string | undefined {
  try {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
