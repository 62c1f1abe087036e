import { errorText, isMortiseError, MortiseError } from '../errors.ts';

/** Whatever was thrown while `item` was read, as an error of ours. */
export function readError(item: string, error: unknown): MortiseError {
  if (isMortiseError(error)) return error;
  return new MortiseError('internal', `${item} cannot be read: ${errorText(error)}`, { cause: error });
}
