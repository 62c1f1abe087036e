import { MortiseError } from '@mortise/core';

/** A file that is there and of no use. */
export function unusable(path: string, why: string): MortiseError {
  const message = `The vector store ${path} cannot be used: ${why}. Take another copy, or build the store again.`;
  return new MortiseError('validation', message);
}
