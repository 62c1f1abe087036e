import { isMortiseError, MortiseError } from '../errors.ts';
import { isPlainObject } from './canonical-json.ts';

/** Levels of lists and objects in what is kept with a node: nobody writes as many, and stores recurse. */
export const MAX_METADATA_DEPTH = 100;
/** Values in all. A few objects that name each other twice at each level are 2^100. */
const MAX_VALUES = 1_000_000;

/** What of a value that comes from outside is taken. */
export interface PlainJsonOptions {
  /** Levels of lists and objects. Default: {@link MAX_METADATA_DEPTH}. */
  readonly depth?: number | undefined;
  /** Of the error. `validation` for what was read. Default: `invalid-request`. */
  readonly code?: 'invalid-request' | 'validation' | undefined;
}

/**
 * A copy of `value` that is JSON: strings, finite numbers, booleans, `null`, lists and plain objects; members that are
 * `undefined` are left out. Anything else, too many levels, a circle, and a getter that throws are `invalid-request`,
 * in a sentence that begins with `what` and names the place.
 */
export function plainJson<T>(value: T, what: string, options: PlainJsonOptions = {}): T {
  const { depth: most = MAX_METADATA_DEPTH, code = 'invalid-request' } = options;
  const path: (string | number)[] = [];
  let values = 0;

  function refused(found: string, cause?: unknown): MortiseError {
    const place = path.length > 0 ? ` at ${shownPath(path)}` : '';
    const message = `${what} holds ${found}${place}, which cannot be kept. Use strings, finite numbers, booleans, null, lists and plain objects, ${most} levels at most.`;
    return new MortiseError(code, message, { cause });
  }

  function copy(item: unknown): unknown {
    if (++values > MAX_VALUES) throw refused(`more than ${MAX_VALUES} values`);
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return item;
    if (typeof item === 'number' && Number.isFinite(item)) return item;
    if (typeof item !== 'object') throw refused(typeof item === 'number' ? String(item) : `a ${typeof item}`);
    if (path.length >= most) throw refused(`more than ${most} levels`);
    if (Array.isArray(item)) return Array.from(item, (each, at) => member(at, each));
    if (!isPlainObject(item)) throw refused('an object of a class');
    const result: { [key: string]: unknown } = {};
    for (const key of Object.keys(item)) {
      const found = (item as { [key: string]: unknown })[key];
      if (found === undefined) continue;
      const value = member(key, found);
      // Assigning `__proto__` would set the prototype.
      if (key === '__proto__')
        Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      else result[key] = value;
    }
    return result;
  }

  function member(key: string | number, item: unknown): unknown {
    path.push(key);
    const copied = copy(item);
    path.pop();
    return copied;
  }

  try {
    return copy(value) as T;
  } catch (error) {
    // A getter, or a proxy.
    throw isMortiseError(error) ? error : refused('what throws when it is read', error);
  }
}

/** `value` as JSON text; what cannot be written is `invalid-request`, in a sentence that begins with `what`. */
export function jsonText(value: unknown, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'it threw';
    const message = `${what} cannot be written as JSON: ${reason}. Use strings, finite numbers, booleans, null, lists and plain objects.`;
    throw new MortiseError('invalid-request', message, { cause });
  }
  if (text !== undefined) return text;
  throw new MortiseError('invalid-request', `${what} is neither bytes nor JSON.`);
}

function shownPath(path: readonly (string | number)[]): string {
  const shown = path
    .slice(0, 6)
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key.slice(0, 40)}`));
  return shown.join('').replace(/^\./, '') + (path.length > 6 ? '...' : '');
}
