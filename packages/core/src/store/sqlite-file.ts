import { sqliteCode } from './failure.ts';

/** What is used of `node:fs`: core imports nothing. */
export interface SqliteFiles {
  existsSync(path: string): boolean;
  mkdirSync(path: string, options: { recursive: true }): unknown;
  accessSync(path: string, mode?: number): void;
  statSync(path: string): { readonly size: number; readonly mtimeMs: number; isDirectory(): boolean };
}

/** A connection with what was prepared on it, and what may be done with it. */
export interface OpenedSqliteFile<T> {
  readonly opened: T;
  /** Writes will fail as SQLite's own `READONLY`. */
  readonly isReadOnly: boolean;
  /** True when somebody changed a file that was opened as one that nobody changes: it must be opened anew. */
  isStale(): boolean;
}

/**
 * Opens an SQLite file by `open`, which gets a path or a URI and whether it may write, and closes what it opened when it
 * throws. A missing folder is made. Where nothing may be written, and the file is there, it is opened to be read; also
 * where not even the shared memory of a file in WAL mode can be made, as on a read-only file system, provided that its
 * log is empty. A file that cannot be opened throws the system's own error where there is one, since SQLite does not say why.
 * `:memory:` and URIs are opened as they are.
 */
export function openSqliteFile<T>(
  path: string,
  files: SqliteFiles,
  open: (place: string, isReadOnly: boolean) => T,
): OpenedSqliteFile<T> {
  const whole = (opened: T, isReadOnly: boolean): OpenedSqliteFile<T> => {
    return { opened, isReadOnly, isStale: () => false };
  };
  if (path === ':memory:' || path.startsWith('file:')) return whole(open(path, false), false);

  const folder = path.replace(/[^/\\]*$/, '') || '.';
  if (!files.existsSync(folder)) makeFolder(folder, files);
  try {
    return whole(open(path, false), false);
  } catch (error) {
    if (!isRefused(error)) throw error;
    explain(path, folder, files);
  }
  try {
    return whole(open(path, true), true);
  } catch (error) {
    const log = `${path}-wal`;
    if (!isRefused(error) || (files.existsSync(log) && files.statSync(log).size > 0)) throw error;
  }
  const stamp = stampOf(path, files);
  const opened = open(`${uriOf(path)}?immutable=1`, true);
  return { opened, isReadOnly: true, isStale: () => stampOf(path, files) !== stamp };
}

const PERM = 3;
const READONLY = 8;
const CANTOPEN = 14;
const MAY_WRITE = 2;

function isRefused(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === PERM || code === READONLY || code === CANTOPEN;
}

function makeFolder(folder: string, files: SqliteFiles): void {
  try {
    files.mkdirSync(folder, { recursive: true });
  } catch (error) {
    // Of folders on a read-only file system Node says that there are none (`ENOENT`).
    let above = folder;
    while (!files.existsSync(above) && above !== '')
      above = above.replace(/[/\\]+$/, '').replace(/[^/\\]*$/, '');
    files.accessSync(above || '.', MAY_WRITE);
    throw error;
  }
}

/** Throws the system's error where the file cannot be read. */
function explain(path: string, folder: string, files: SqliteFiles): void {
  if (!files.existsSync(path)) {
    files.accessSync(folder, MAY_WRITE);
    // A dangling link, or gone since.
    files.statSync(path);
  }
  if (files.statSync(path).isDirectory())
    throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
}

function stampOf(path: string, files: SqliteFiles): string {
  const { size, mtimeMs } = files.statSync(path);
  return `${size} ${mtimeMs} ${files.existsSync(`${path}-wal`)}`;
}

/** https://sqlite.org/uri.html */
function uriOf(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const absolute = /^[a-z]:/i.test(slashed) ? `/${slashed}` : slashed;
  return `file:${absolute.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':')}`;
}
