import { MortiseError } from '../errors.ts';
import { reading } from './options.ts';
import { isObject } from './json.ts';

/**
 * `value` as canonical JSON (RFC 8785): no white space, members sorted by the UTF-16 units of their names, strings and
 * numbers as ECMAScript writes them. Equal values give equal text in every runtime and language. Members that are
 * `undefined` are left out; what JSON cannot hold is `invalid-request`, naming the place, and so are more than 1,000 levels.
 */
export function canonicalJson(value: unknown): string {
  return reading('The value', () => write(value, '$', 0));
}

/** Levels of lists and objects: far more than anybody writes, and far fewer than fill the stack. */
const MAX_DEPTH = 1_000;

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH)
    throw new MortiseError(
      'invalid-request',
      `A value is nested deeper than ${MAX_DEPTH} levels. Write it flatter.`,
    );
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item, at) => write(item, `${path}[${at}]`, depth + 1)).join(',')}]`;
  if (isObject(value) && isPlainObject(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  const found =
    typeof value === 'number' ? String(value) : isObject(value) ? 'an object of a class' : typeof value;
  const message = `${path} holds ${found}, which JSON cannot hold. Use strings, finite numbers, booleans, null, lists and plain objects.`;
  throw new MortiseError('invalid-request', message);
}

/** An object of another realm has another `Object.prototype`; a class instance has two prototypes above it. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
