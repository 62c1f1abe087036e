import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentStore, VectorStore } from '@mortise/core/store';
import { MemoryDocumentStore, MemoryVectorStore } from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { FileDocumentStore, SqliteDocumentStore } from '@mortise/stores';
import { UsearchVectorStore } from '@mortise/usearch';

/** Two stores that are one index. */
export interface IndexStores {
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
  close(): Promise<void>;
}

/** Stores in a folder, which may hold what others of the same kind have written there. */
export type OpenStores = (folder: string) => IndexStores;

/** Every kind: words in memory, and words in the document store. */
export const STORES: readonly (readonly [name: string, open: OpenStores])[] = [
  [
    'memory',
    () => ({
      documents: new MemoryDocumentStore(),
      vectors: new MemoryVectorStore(),
      close: () => Promise.resolve(),
    }),
  ],
  [
    'SQLite and sqlite-vec',
    (folder) => {
      const documents = new SqliteDocumentStore({ path: join(folder, 'documents.sqlite') });
      const vectors = new SqliteVecVectorStore({ path: join(folder, 'vectors.sqlite') });
      return {
        documents,
        vectors,
        async close() {
          documents.close();
          await vectors.close();
        },
      };
    },
  ],
  [
    'files and usearch',
    (folder) => ({
      documents: new FileDocumentStore({ directory: join(folder, 'documents') }),
      vectors: new UsearchVectorStore({ path: join(folder, 'vectors.usearch'), search: 'exact' }),
      close: () => Promise.resolve(),
    }),
  ],
];

/** Stores in a folder of their own, which goes when the process ends. */
export function temporaryStores(open: OpenStores): IndexStores {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-rag-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return open(folder);
}
