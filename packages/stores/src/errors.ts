import { isMortiseError, MortiseError, type KnownErrorCode } from '@mortise/core';

/** What a store on a disk throws: which store, what it was doing, the system's reason, and what to look at. */
export function storeError(place: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The store ${place} could not be ${what}: ${reason}. Check the path, its permissions and the free space.`;
  return new MortiseError(codeOf(cause), message, { cause });
}

const DENIED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

function codeOf(cause: unknown): KnownErrorCode {
  return DENIED.has(systemCode(cause)) ? 'permission' : 'internal';
}

/** `ENOENT` and the like. */
export function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
