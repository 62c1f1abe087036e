import { isMortiseError, MortiseError, type KnownErrorCode } from '@mortise/core';

/** What SQLite throws, as ours: which store, what it was doing, the reason, and what to look at. */
export function storeError(path: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const [code, advice] = kindOf(cause, reason);
  const message = `The vector store ${path} could not be ${what}: ${reason}. ${advice}`;
  return new MortiseError(code, message, { cause });
}

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const [PERM, BUSY, READONLY, NOTADB] = [3, 5, 8, 26];

function kindOf(cause: unknown, reason: string): [KnownErrorCode, advice: string] {
  // Limits of SQLite on what a filter becomes; which of the first three it is depends on its version.
  if (
    /Expression tree is too large|Recursion limit|parser stack overflow|too many SQL variables/.test(reason)
  )
    return [
      'invalid-request',
      'The filter has more parts or values than SQLite takes. Ask in several queries.',
    ];
  const code = ((((cause ?? {}) as { errcode?: unknown }).errcode as number | undefined) ?? 0) & 0xff;
  if (code === BUSY) return ['overloaded', 'Another process is writing to it. Try again later.'];
  if (code === PERM || code === READONLY)
    return ['permission', 'Check who may write to the file and its folder.'];
  if (code === NOTADB) return ['configuration', 'The file is no SQLite database. Take another path.'];
  return ['internal', 'Check the path, its permissions and the free space.'];
}
