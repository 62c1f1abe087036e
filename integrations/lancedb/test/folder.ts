import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LanceDbVectorStore, type LanceDbVectorStoreOptions } from '@mortise/lancedb';
import { createTextNode, type NodeInput } from '@mortise/core/retriever';
import { afterEach, beforeEach } from 'vitest';

/** A new folder for each test of the file, and the stores that are opened in it. */
export function folderOfTests() {
  let folder: string;
  const stores: LanceDbVectorStore[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mortise-lancedb-'));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    path: (...names: string[]): string => join(folder, ...names),
    open(options: Partial<LanceDbVectorStoreOptions> = {}): LanceDbVectorStore {
      const store = new LanceDbVectorStore({ uri: folder, ...options });
      stores.push(store);
      return store;
    },
  };
}

export function entry(id: string, numbers: readonly number[], node: Partial<NodeInput> = {}) {
  return { node: createTextNode({ text: id, ...node, id }), embedding: Float32Array.from(numbers) };
}

export const near = (...numbers: number[]) => ({ topK: 10_000, embedding: Float32Array.from(numbers) });
