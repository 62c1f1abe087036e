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

/** What a number that an option gives may be. */
export interface NumberBounds {
  /** Default: 1 for whole numbers, none for others and where there is `above`. */
  readonly least?: number | undefined;
  /** Exclusive. Default: none. */
  readonly above?: number | undefined;
  /** Default: none. */
  readonly most?: number | undefined;
  /** Whether `Infinity`, for no bound at all, is one too. Default: false. */
  readonly orInfinity?: boolean | undefined;
  /** Of the error: what a constructor is given is `configuration`, what a call is given `invalid-request`. Default: `configuration`. */
  readonly code?: 'configuration' | 'invalid-request' | undefined;
}

/**
 * Checks a count, a depth, a top k: a whole number within its bounds. Returns the value; throws a `MortiseError` that
 * names the option, its value and what it takes.
 */
export function wholeNumber(name: string, value: unknown, bounds: NumberBounds = {}): number {
  const within = { ...bounds, least: bounds.least ?? (bounds.above === undefined ? 1 : undefined) };
  const fits = Number.isSafeInteger(value) || (bounds.orInfinity === true && value === Infinity);
  if (fits && isWithin(value as number, within)) return value as number;
  throw misfit(name, value, 'a whole number', within);
}

/** Checks a number with a fraction: finite, and within its bounds. Otherwise as `wholeNumber`. */
export function finiteNumber(name: string, value: unknown, bounds: NumberBounds = {}): number {
  const fits = Number.isFinite(value) || (bounds.orInfinity === true && value === Infinity);
  if (fits && isWithin(value as number, bounds)) return value as number;
  throw misfit(name, value, 'a number', bounds);
}

/** `setTimeout` fires at once beyond 2^31 - 1 ms, so that is the longest time there can be. */
const MAX_MS = 0x7fff_ffff;

/** Checks a time in milliseconds, or with `whole` a count: above 0 and at most 2^31 - 1. Otherwise as `finiteNumber`. */
export function positive(name: string, value: number, whole = false): number {
  return (whole ? wholeNumber : finiteNumber)(name, value, { above: 0, most: MAX_MS });
}

/** Checks a choice among words. Returns the value; throws a `MortiseError` that lists the words. */
export function oneOf<T extends string>(
  name: string,
  value: unknown,
  words: readonly T[],
  code: NumberBounds['code'] = 'configuration',
): T {
  if (words.includes(value as T)) return value as T;
  throw new MortiseError(code, `${name} is ${shown(value)}; it takes one of: ${words.join(', ')}.`);
}

/** Throws `configuration` that names every member of `members` that is not a function of `value`. */
export function requireMembers<T>(
  value: T,
  members: readonly (keyof T & string)[],
  option: string,
  contract: string,
): T {
  const holder = (value ?? {}) as { readonly [member: string]: unknown };
  const missing = reading(
    option,
    () => members.filter((member) => typeof holder[member] !== 'function'),
    'configuration',
  );
  if (missing.length === 0) return value;
  const names = missing.map((member) => `${member}()`).join(', ');
  const message = `\`${option}\` is not a ${contract}: it lacks ${names}. Pass an object with every member of the contract.`;
  throw new MortiseError('configuration', message);
}

function isWithin(value: number, { least = -Infinity, above, most = Infinity }: NumberBounds): boolean {
  return value >= least && value <= most && (above === undefined || value > above);
}

function misfit(name: string, value: unknown, kind: string, bounds: NumberBounds): MortiseError {
  const { least, above, most, orInfinity, code = 'configuration' } = bounds;
  const from = above !== undefined ? ` above ${above}` : least === undefined ? '' : ` from ${least}`;
  const to =
    most === undefined ? '' : `${from === '' ? ' up' : above === undefined ? '' : ' and up'} to ${most}`;
  const none = orInfinity === true ? ', or Infinity' : '';
  return new MortiseError(code, `${name} is ${shown(value)}; it takes ${kind}${from}${to}${none}.`);
}

/** A value in a message: short, and never one that throws when it is made a string. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null || ['number', 'bigint', 'boolean', 'undefined'].includes(typeof value))
    return String(value);
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
