import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { storeFailure } from '@mortise/core/store';

/** What SQLite throws, as ours: which store, what it was doing, the reason, and what to look at. */
export function storeError(path: string, what: string, cause: unknown): MortiseError {
  if (isMortiseError(cause) || !LIMITS.test(reasonOf(cause))) return storeFailure(path, what, cause);
  const message = `The store ${path} could not be ${what}: ${reasonOf(cause)}. The filter has more parts or values than SQLite takes. Ask in several queries.`;
  return new MortiseError('invalid-request', message, { cause });
}

/** Limits of SQLite on what a filter becomes; which of the first three it is depends on its version. */
const LIMITS = /Expression tree is too large|Recursion limit|parser stack overflow|too many SQL variables/;

function reasonOf(cause: unknown): string {
  return errorText(cause);
}
