import { MortiseError } from '@mortise/core';

/** What is used of an index of usearch. */
export interface GraphIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  remove(keys: BigUint64Array): unknown;
  search(vector: Float32Array, k: number, threads: number): Found;
  save(path: string): void;
  load(path: string): void;
}

/** Keys with their distances, nearest first. */
export interface Found {
  readonly keys: BigUint64Array;
  readonly distances: Float32Array;
}

/** What is used of usearch. */
export interface Library {
  readonly Index: new (options: {
    dimensions: number;
    metric: 'cos';
    connectivity: number;
    expansion_add: number;
    expansion_search: number;
  }) => GraphIndex;
  exactSearch(
    dataset: Float32Array,
    query: Float32Array,
    dimensions: number,
    k: number,
    metric: 'cos',
    threads: number,
  ): Found;
}

let shared: Promise<Library> | undefined;

/** usearch, loaded once in a process; a failure is not remembered. */
export function loadLibrary(): Promise<Library> {
  shared ??= load().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

async function load(): Promise<Library> {
  try {
    return (await import('usearch')) as unknown as Library;
  } catch (cause) {
    const where = `${process.platform}-${process.arch}`;
    const message = `usearch could not be loaded on ${where}. Install it: npm install usearch. It brings binaries for Linux (glibc), macOS and Windows; elsewhere it is compiled when it is installed, which takes a C++ compiler.`;
    throw new MortiseError('missing-dependency', message, { cause });
  }
}
