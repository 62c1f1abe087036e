import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorStoreConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { MemoryVectorStore } from '@mortise/rag';

export function wireVectorStores(functions: TestFunctions): ConformanceResults[] {
  const store = vectorStoreConformance(functions, {
    name: 'memory',
    declares: [
      'dense',
      'mmr',
      'exact',
      'persistence',
      'filters',
      ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
    ],
    reasons: {
      text: 'It holds vectors; full-text search is the `BM25Retriever`.',
      sparse: 'It takes no weights of terms.',
      hybrid: 'Retrievers are fused by the `FusionRetriever`.',
    },
    open() {
      const folder = mkdtempSync(join(tmpdir(), 'mortise-rag-'));
      const store = new MemoryVectorStore();
      const path = join(folder, 'made', 'vectors');
      return {
        store,
        async reopen() {
          await store.save(path);
          return MemoryVectorStore.load(path);
        },
        close: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  });
  return [store];
}
