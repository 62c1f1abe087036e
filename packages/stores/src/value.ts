import type { JsonValue } from '@mortise/core';
import { finiteNumber, jsonText } from '@mortise/core/shared';
import type { StoreValue } from '@mortise/core/store';

/** A value as a store on bytes keeps it. */
export interface StoredValue {
  readonly bytes: Uint8Array;
  /** The bytes are JSON as UTF-8, not the caller's own. */
  readonly json: boolean;
}

/** A copy: what the caller does to its value afterwards changes nothing. */
export function toStored(key: string, value: StoreValue): StoredValue {
  if (value instanceof Uint8Array) return { bytes: Uint8Array.from(value), json: false };
  return { bytes: Buffer.from(jsonText(value, `The value for '${key}'`), 'utf8'), json: true };
}

export function fromStored({ bytes, json }: StoredValue): StoreValue {
  if (json) return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue;
  // Not a Buffer, and not a window on one.
  return Uint8Array.from(bytes);
}

/** Milliseconds since the epoch: a time to live must outlast the process, which has its own clock. */
export function expiry(ttlMs: number | undefined): number {
  if (ttlMs === undefined) return Infinity;
  return Date.now() + finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true, code: 'invalid-request' });
}
