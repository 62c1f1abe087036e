import { join } from 'node:path';
import type { VectorEntry, VectorStore } from '@mortise/core/store';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import type { Kind } from './kinds.ts';
import { DIMENSIONS } from './settings.ts';
import { SqliteVectors } from './sqlite-vectors.ts';

export interface VectorsOnDisk {
  readonly store: VectorStore;
  /** All that is in it, in the order of the ids. */
  all(): Promise<VectorEntry[]>;
  close(): Promise<void>;
}

export function openVectors(kind: Kind, folder: string): VectorsOnDisk {
  const path = join(folder, 'vectors.sqlite');
  if (kind === 'plain') {
    const store = new SqliteVectors(path);
    return { store, all: async () => store.all(), close: async () => store.close() };
  }
  const store = new SqliteVecVectorStore({ path });
  return { store, all: () => foundIn(store), close: () => store.close() };
}

/** By search alone: the cosines of a vector to the axes are its direction. */
async function foundIn(store: VectorStore): Promise<VectorEntry[]> {
  const entries = new Map<string, VectorEntry>();
  for (let axis = 0; axis < DIMENSIONS; axis++) {
    const embedding = Float32Array.from({ length: DIMENSIONS }, (_, at) => (at === axis ? 1 : 0));
    for (const { node, score } of await store.query({ embedding, topK: 1_000_000 })) {
      const entry = entries.get(node.id) ?? { node, embedding: new Float32Array(DIMENSIONS) };
      entry.embedding[axis] = score;
      entries.set(node.id, entry);
    }
  }
  return [...entries.values()].sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
}
