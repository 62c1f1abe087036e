import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorStoreConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { LanceDbVectorStore } from '@mortise/lancedb';

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/lancedb` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  const results = vectorStoreConformance(test, {
    name: 'lancedb',
    declares: [
      ...(['dense', 'mmr', 'text', 'hybrid', 'exact', 'persistence', 'filters'] as const),
      ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
    ],
    reasons: {
      sparse: 'LanceDB weighs words itself; it takes no weights of the caller.',
    },
    open() {
      const folder = mkdtempSync(join(tmpdir(), 'mortise-lancedb-'));
      const stores: LanceDbVectorStore[] = [];
      const open = () => {
        const store = new LanceDbVectorStore({ uri: folder });
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
