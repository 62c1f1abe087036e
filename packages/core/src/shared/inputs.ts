import { errorText, isMortiseError, MortiseError } from '../errors.ts';

type Code = 'configuration' | 'invalid-request' | undefined;

/**
 * What `read` gives of what somebody else gave. Whatever is thrown on the way, by a value of the wrong type, a getter, a
 * proxy or a stack that is full, is an error of ours, in a sentence that begins with `what`.
 */
export function reading<T>(what: string, read: () => T, code: Code | 'validation' = 'invalid-request'): T {
  try {
    return read();
  } catch (cause) {
    if (isMortiseError(cause)) throw cause;
    const message = `${what} cannot be read: ${errorText(cause)}.`;
    throw new MortiseError(code, message, { cause });
  }
}

/**
 * A copy of the options of a call or a constructor, one level deep, so that nothing throws when it is read later. What is
 * no object, what throws when it is read, and a `signal` that is none are errors with `code`.
 */
export function checkOptions<O extends object>(given: O, code?: Code): O {
  return reading(
    'The options object',
    () => {
      if (typeof given !== 'object' || given === null) throw new TypeError('it is none');
      const options: O & { signal?: AbortSignal } = { ...given };
      const { signal } = options;
      // Not by `instanceof`: it may come from another realm.
      if (signal !== undefined && typeof signal.removeEventListener !== 'function')
        throw new TypeError('its signal is no AbortSignal');
      return options;
    },
    code,
  );
}

/** A copy of a list of texts; what is none is `invalid-request`. */
export function checkTexts(what: string, given: readonly string[]): string[] {
  return reading(what, () => {
    const texts = Array.from(given);
    if (Array.isArray(given) && texts.every((text) => typeof text === 'string')) return texts;
    throw new TypeError('it is no list of strings');
  });
}
