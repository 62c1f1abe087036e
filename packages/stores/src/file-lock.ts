import * as files from 'node:fs';
import { lockSqliteFile, type StoreLock } from '@mortise/core/store';
import { sqlite } from './database.ts';

/** See `lockSqliteFile`. */
export function lockFile(file: string, place: string, signal: AbortSignal | undefined): Promise<StoreLock> {
  const open = (path: string) => new (sqlite().DatabaseSync)(path);
  return lockSqliteFile(file, place, { files, open }, { signal });
}
