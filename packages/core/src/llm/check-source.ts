import { MortiseError } from '../errors.ts';
import { isObject } from '../shared/json.ts';

/** Throws `invalid-request` for what is no {@link MediaSource}, or with `takesText` no source of a document. */
export function checkSource(value: unknown, at: string, takesText: boolean): void {
  const what = `{ url } or { data, mediaType }${takesText ? ' or { text }' : ''}`;
  const source = object(value, at, what);
  if (takesText && 'text' in source) return required(source['text'], 'string', `${at}.text`);
  if ('url' in source) {
    optional(source['mediaType'], 'string', `${at}.mediaType`);
    return required(source['url'], 'string', `${at}.url`);
  }
  if (!('data' in source)) throw refused(at, what, value);
  const { data } = source;
  if (typeof data !== 'string' && !isBytes(data))
    throw refused(
      `${at}.data`,
      'base64 in a string or a Uint8Array (messagesToJson keeps bytes through JSON)',
      data,
    );
  if (data.length === 0) throw invalid(`${at}.data is empty.`);
  required(source['mediaType'], 'string', `${at}.mediaType`);
}

/** By its tag: bytes of another realm, such as a test runner's, are bytes too. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

export function object(value: unknown, at: string, what: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw refused(at, what, value);
}

type Primitive = 'string' | 'number' | 'boolean';

export function required(value: unknown, type: Primitive, at: string): void {
  if (typeof value !== type) throw refused(at, `a ${type}`, value);
}

export function optional(value: unknown, type: Primitive, at: string): void {
  if (value !== undefined && typeof value !== type) throw refused(at, `a ${type}, or absent`, value);
}

export function refused(at: string, takes: string, value: unknown): MortiseError {
  return invalid(`${at} is ${shown(value)}; it takes ${takes}.`);
}

/** Never what throws when it is made a string, and never long. */
function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

export function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}
