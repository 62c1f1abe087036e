import { MortiseError } from '../errors.ts';
import { isDeeper, isObject } from '../shared/json.ts';
import { shown } from '../shared/options.ts';

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
  if ((typeof data !== 'string' && !isBytes(data)) || data.length === 0)
    throw refused(`${at}.data`, 'base64 or a Uint8Array, not empty (see messagesToJson)', data);
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

/** Containers inside one another. */
const MAX_DEPTH = 1_000;

/** Throws for what is nested deeper than 1,000 levels, or stands in itself. */
export function refuseDeep(value: unknown, at: string): void {
  if (isDeeper(value, MAX_DEPTH))
    throw invalid(`${at} holds containers nested deeper than ${MAX_DEPTH}, or one within itself.`);
}

type Primitive = 'string' | 'number' | 'boolean';

export function required(value: unknown, type: Primitive, at: string): void {
  if (typeof value !== type) throw refused(at, `a ${type}`, value);
}

export function optional(value: unknown, type: Primitive, at: string): void {
  if (value !== undefined && typeof value !== type) throw refused(at, `a ${type}, or absent`, value);
}

export function refused(at: string, takes: string, value: unknown): MortiseError {
  return invalid(`${at} is ${value === undefined ? 'absent' : shown(value)}; it takes ${takes}.`);
}

export function invalid(message: string): MortiseError {
  return new MortiseError('invalid-request', message);
}
