import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorStoreConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { UsearchVectorStore } from '@mortise/usearch';

const reasons = {
  text: 'It searches by vector alone; the `BM25Retriever` searches text.',
  sparse: 'usearch has no sparse vectors.',
  hybrid: 'It has no other mode to fuse; the `FusionRetriever` fuses retrievers.',
  exact: 'The graph finds nearly all of the nearest; `search: "exact"` finds all.',
};

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/usearch` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return (['hnsw', 'exact'] as const).map((search) =>
    vectorStoreConformance(test, {
      name: `usearch, ${search}`,
      declares: [
        'dense',
        'mmr',
        'persistence',
        'filters',
        ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
        ...(search === 'exact' ? (['exact'] as const) : []),
      ],
      reasons,
      open() {
        const folder = mkdtempSync(join(tmpdir(), 'mortise-usearch-'));
        const path = join(folder, 'made', 'vectors');
        const store = new UsearchVectorStore({ path, search });
        return {
          store,
          async reopen() {
            await store.save();
            return new UsearchVectorStore({ path, search });
          },
          close: () => rmSync(folder, { recursive: true, force: true }),
        };
      },
    }),
  );
}
