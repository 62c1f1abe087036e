import { errorText, isMortiseError, MortiseError, toMortiseError } from '../errors.ts';
import { checkOptions } from '../shared/inputs.ts';
import type { CallOptions } from './contract.ts';

/**
 * The way into a public method, and out of it: `run` gets options that can be read, and what it throws is an error of ours
 * or exactly the reason of the caller's signal.
 */
export async function throughDoor<O extends CallOptions, T>(
  given: O,
  about: { readonly provider?: string; readonly model?: string },
  run: (options: O) => Promise<T>,
): Promise<T> {
  const options = checkOptions(given);
  try {
    return await run(options);
  } catch (error) {
    throw typed(error, options.signal, about);
  }
}

/** What to throw for `error`: itself where it is ours or the caller's reason, the reason after an abort, else ours. */
export function typed(
  error: unknown,
  signal: AbortSignal | undefined,
  about?: { readonly provider?: string; readonly model?: string },
): unknown {
  if (isMortiseError(error)) return error;
  return signal?.aborted === true ? signal.reason : toMortiseError(error, about);
}

/**
 * `typed` for those who call models, whose errors are typed already: what is left is of a callback, or of a model without a
 * base. It is `internal`, unless the caller aborted.
 */
export function typedElse(error: unknown, signal: AbortSignal | undefined): unknown {
  if (isMortiseError(error)) return error;
  return signal?.aborted === true
    ? signal.reason
    : new MortiseError('internal', errorText(error), { cause: error });
}
