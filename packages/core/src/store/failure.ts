import { errorText, isMortiseError, MortiseError, type KnownErrorCode } from '../errors.ts';

/**
 * What a disk, an operating system or SQLite throws, as ours: which store, what it was doing, the reason, and what to
 * do. One table for all stores, so that a lock or a full disk is the same everywhere. It looks at numbers and names
 * alone (`errcode` of `node:sqlite`, `code` of `node:fs`), so it needs neither. A `MortiseError` comes back as it is.
 *
 * | what | code |
 * |---|---|
 * | locked, busy, too many open files | `overloaded`, which may be tried again |
 * | not allowed, read-only | `permission` |
 * | no such file or folder | `not-found` |
 * | the disk or a quota is full | `quota` |
 * | damaged | `validation` |
 * | not a database, a folder where a file belongs | `configuration` |
 * | larger than SQLite takes | `invalid-request` |
 * | anything else | `internal` |
 */
export function storeFailure(place: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause)) return cause;
  const reason = errorText(cause);
  const [code, advice] = kindOf(cause) ?? OTHER;
  return new MortiseError(code, `The store ${place} could not be ${what}: ${reason}. ${advice}`, { cause });
}

/** Whether another connection or process holds what is needed, so that waiting helps. */
export function isLocked(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED || code === PROTOCOL;
}

/** SQLite's primary result code of what `node:sqlite` threw, such as 14 (cannot open); undefined for anything else. */
export function sqliteCode(error: unknown): number | undefined {
  const code = told(error)?.errcode;
  // The upper bits say more, https://sqlite.org/rescode.html#extrc.
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Another's error may be anything, a getter that throws included. */
function told(error: unknown): { readonly code?: unknown; readonly errcode?: unknown } | undefined {
  try {
    const { code, errcode } = error as { code?: unknown; errcode?: unknown };
    return { code, errcode };
  } catch {
    return undefined;
  }
}

/** The system's name for what went wrong, such as `ENOENT`; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  const code = told(error)?.code;
  return typeof code === 'string' ? code : undefined;
}

type Kind = readonly [KnownErrorCode, advice: string];

const BUSY_KIND: Kind = ['overloaded', 'Another process is writing to it. Try again later.'];
const OPEN_FILES: Kind = ['overloaded', 'Too many files are open. Open fewer at once, or raise the limit.'];
const DENIED: Kind = ['permission', 'Check who may write to the file and its folder.'];
const MISSING: Kind = ['not-found', 'Check the path.'];
const FULL: Kind = ['quota', 'Make room on the disk.'];
const DAMAGED: Kind = ['validation', 'It is damaged. Take another copy, or build it again.'];
const NO_DATABASE: Kind = ['configuration', 'The file is no SQLite database. Take another path.'];
const NO_FILE: Kind = ['configuration', 'Something else stands in the path. Take another one.'];
const TOO_LARGE: Kind = ['invalid-request', 'It is larger than SQLite takes. Make it smaller.'];
const OTHER: Kind = ['internal', 'Check the path, its permissions and the free space.'];

/** https://sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
const PROTOCOL = 15;

const SQLITE: { readonly [code: number]: Kind } = {
  3: DENIED, // PERM
  5: BUSY_KIND, // BUSY
  6: BUSY_KIND, // LOCKED
  8: DENIED, // READONLY
  11: DAMAGED, // CORRUPT
  13: FULL, // FULL
  14: MISSING, // CANTOPEN
  15: BUSY_KIND, // PROTOCOL
  18: TOO_LARGE, // TOOBIG
  23: DENIED, // AUTH
  26: NO_DATABASE, // NOTADB
};

const SYSTEM: { readonly [code: string]: Kind } = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ENOENT: MISSING,
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EBUSY: BUSY_KIND,
  EAGAIN: BUSY_KIND,
  ETXTBSY: BUSY_KIND,
  EMFILE: OPEN_FILES,
  ENFILE: OPEN_FILES,
  EISDIR: NO_FILE,
  ENOTDIR: NO_FILE,
  EEXIST: NO_FILE,
  ELOOP: NO_FILE,
  ENAMETOOLONG: NO_FILE,
};

function kindOf(error: unknown): Kind | undefined {
  // Of JSON that a store wrote, and that is not what it wrote any more.
  if (error instanceof SyntaxError) return DAMAGED;
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return SQLITE[sqlite];
  const system = systemCode(error);
  return system !== undefined && Object.hasOwn(SYSTEM, system) ? SYSTEM[system] : undefined;
}
