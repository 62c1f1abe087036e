import { crc32 } from 'node:zlib';
import type { StoredValue } from './value.ts';

/** One entry as the bytes of its file. */
export interface EntryRecord {
  readonly key: string;
  readonly value: StoredValue;
  /** Milliseconds since the epoch, or Infinity. */
  readonly expiresAt: number;
}

/** `MKV1`, little-endian. */
const MAGIC = 0x31564b4d;
/** Magic, CRC-32 of all that follows, flags, length of the key in bytes, expiry as a double. */
const HEADER = 24;
const JSON_FLAG = 1;

/** The key is kept as UTF-16, which holds lone surrogates too. The length of the value is the rest of the file. */
export function encodeRecord({ key, value, expiresAt }: EntryRecord): Uint8Array {
  const name = Buffer.from(key, 'utf16le');
  const record = Buffer.allocUnsafe(HEADER + name.length + value.bytes.length);
  record.writeUInt32LE(MAGIC, 0);
  record.writeUInt32LE(value.json ? JSON_FLAG : 0, 8);
  record.writeUInt32LE(name.length, 12);
  record.writeDoubleLE(expiresAt, 16);
  name.copy(record, HEADER);
  record.set(value.bytes, HEADER + name.length);
  record.writeUInt32LE(crc32(record.subarray(8)), 4);
  return record;
}

/** Undefined for what no store wrote to its end: a file torn by a loss of power, or not ours. */
export function decodeRecord(file: Buffer): EntryRecord | undefined {
  if (file.length < HEADER || file.readUInt32LE(0) !== MAGIC) return undefined;
  if (file.readUInt32LE(4) !== crc32(file.subarray(8))) return undefined;
  const valueAt = HEADER + file.readUInt32LE(12);
  const json = (file.readUInt32LE(8) & JSON_FLAG) !== 0;
  return {
    key: file.toString('utf16le', HEADER, valueAt),
    value: { bytes: file.subarray(valueAt), json },
    expiresAt: file.readDoubleLE(16),
  };
}
