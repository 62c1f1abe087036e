import { UsearchVectorStore } from '@mortise/usearch';
import { fuzz } from './fuzz.ts';
import { vectorTargets } from './stores-parts.ts';

fuzz(
  'integrations/usearch',
  vectorTargets(
    'UsearchVectorStore',
    () => ({ dimensions: 2, search: 'hnsw' as const, connectivity: 8, expansionAdd: 8, expansionSearch: 8 }),
    (given) => new UsearchVectorStore(given),
  ),
);
