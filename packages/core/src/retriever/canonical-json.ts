import { MortiseError } from '../errors.ts';
import { isObject } from '../json.ts';

/**
 * `value` as canonical JSON (RFC 8785): no white space, members sorted by the UTF-16 units of their names, strings and
 * numbers as ECMAScript writes them. Equal values give equal text in every runtime and language. Members that are
 * `undefined` are left out; what JSON cannot hold is `invalid-request`, naming the place.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, at) => write(item, `${path}[${at}]`)).join(',')}]`;
  if (isObject(value) && isPlainObject(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`)}`);
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
