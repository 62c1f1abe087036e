import { throwIfAborted } from '../call/timers.ts';
import { errorText, isMortiseError, MortiseError } from '../errors.ts';
import { checkOptions } from '../shared/options.ts';
import type { StoreOptions } from './key-value-contract.ts';

/**
 * The way into a method of a store, and out of it: `run` is called at once, with options that can be read. What is thrown is
 * an error of ours or the reason of the caller's signal. What a disk throws the store knows (`storeFailure`), so anything else
 * comes of what was given: `invalid-request`.
 */
export async function storeCall<O extends StoreOptions, T>(
  given: O,
  run: (options: O) => Promise<T> | T,
): Promise<T> {
  const options = checkOptions(given);
  throwIfAborted(options.signal);
  try {
    return await run(options);
  } catch (error) {
    throw ofInput(error, options.signal);
  }
}

/** The same for a method that gives items one by one. */
export async function* storeItems<O extends StoreOptions, T>(
  given: O,
  run: (options: O) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const options = checkOptions(given);
  throwIfAborted(options.signal);
  try {
    yield* run(options);
  } catch (error) {
    throw ofInput(error, options.signal);
  }
}

function ofInput(cause: unknown, signal: AbortSignal | undefined): MortiseError {
  if (isMortiseError(cause)) return cause;
  throwIfAborted(signal);
  const message = `What the store was given cannot be used: ${errorText(cause)}. Check ids, nodes, keys and values.`;
  return new MortiseError('invalid-request', message, { cause });
}
