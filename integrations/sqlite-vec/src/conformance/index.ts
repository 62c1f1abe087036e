import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorStoreConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/sqlite-vec` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  const results = vectorStoreConformance(test, {
    name: 'sqlite-vec',
    declares: [
      'dense',
      'mmr',
      'exact',
      'persistence',
      'filters',
      ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
    ],
    reasons: {
      text: 'It searches by vector alone; the `BM25Retriever` searches text.',
      sparse: 'sqlite-vec has no sparse vectors.',
      hybrid: 'It has no other mode to fuse; the `FusionRetriever` fuses retrievers.',
    },
    open() {
      const folder = mkdtempSync(join(tmpdir(), 'mortise-sqlite-vec-'));
      const stores: SqliteVecVectorStore[] = [];
      const open = () => {
        const store = new SqliteVecVectorStore({ path: join(folder, 'vectors.sqlite') });
        stores.push(store);
        return store;
      };
      return {
        store: open(),
        reopen: open,
        async close() {
          for (const store of stores) await store.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  });
  return [results];
}
