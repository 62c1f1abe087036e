import { isMortiseError, MortiseError } from '@mortise/core';

/** What the file system or usearch throws, as ours: which store, what it was doing, the reason, and what to look at. */
export function storeError(path: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The vector store ${path} could not be ${what}: ${reason}. Check the path, its permissions and the free space.`;
  return new MortiseError(isDenied(cause) ? 'permission' : 'internal', message, { cause });
}

/** A file that is there and of no use. */
export function unusable(path: string, why: string): MortiseError {
  const message = `The vector store ${path} cannot be used: ${why}. Take another copy, or build the store again.`;
  return new MortiseError('validation', message);
}

export function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function isDenied(cause: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(String(systemCode(cause)));
}
