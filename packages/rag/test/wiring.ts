import { documentStoreConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { MemoryDocumentStore } from '@mortise/rag';
import { wireChatEngines } from './chat-engine/wiring.ts';
import { wireIngestion } from './ingestion/pipelines.ts';
import { wireVectorStores } from './stores/vector-stores.ts';
import { wireRetrievers } from './retrievers/wiring.ts';
import { wirePostprocessors } from './postprocessors/wiring.ts';
import { wireQueryEngines } from './query-engine/wiring.ts';
import { wireSynthesizers } from './synthesizer/wiring.ts';
import { wireReaders } from './readers/wiring.ts';
import { wireSplitters } from './splitters/wiring.ts';

/** Every suite that holds something of this package to its contract. */
export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    documentStoreConformance(functions, {
      name: 'memory',
      declares: ['lock'],
      reasons: {
        persistence: 'It is in memory, gone with the process.',
        failure: 'There is no backend that could fail.',
      },
      open: () => ({ store: new MemoryDocumentStore() }),
    }),
    ...wireVectorStores(functions),
    ...wireRetrievers(functions),
    ...wireSynthesizers(functions),
    ...wireQueryEngines(functions),
    ...wireChatEngines(functions),
    ...wirePostprocessors(functions),
    ...wireReaders(functions),
    ...wireSplitters(functions),
    ...wireIngestion(functions),
  ];
}
