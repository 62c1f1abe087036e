import type * as LanceDb from '@lancedb/lancedb';
import type * as Arrow from 'apache-arrow';
import { MortiseError } from '@mortise/core';

/** What a store is made of, loaded at its first call. */
export interface Library {
  readonly lancedb: typeof LanceDb;
  readonly arrow: typeof Arrow;
}

let shared: Promise<Library> | undefined;

/** Loaded once in a process; a failure is not remembered. */
export function loadLibrary(): Promise<Library> {
  shared ??= load().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

async function load(): Promise<Library> {
  try {
    const [lancedb, arrow] = await Promise.all([import('@lancedb/lancedb'), import('apache-arrow')]);
    return { lancedb, arrow };
  } catch (cause) {
    const where = `${process.platform}-${process.arch}`;
    const message = `LanceDB could not be loaded on ${where}. Install it with its optional dependencies: npm install @lancedb/lancedb apache-arrow. It brings binaries for Linux (glibc, musl), macOS (arm64) and Windows.`;
    throw new MortiseError('missing-dependency', message, { cause });
  }
}
