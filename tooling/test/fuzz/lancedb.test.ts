import { LanceDbVectorStore } from '@mortise/lancedb';
import { fuzz } from './fuzz.ts';
import { vectorTargets } from './stores-parts.ts';

// A table in memory alone.
fuzz(
  'integrations/lancedb',
  vectorTargets(
    'LanceDbVectorStore',
    () => ({
      uri: 'memory://',
      table: 'vectors',
      dimensions: 2,
      index: 'exact' as const,
      language: 'English' as const,
      storageOptions: { region: 'x' },
    }),
    (given) => new LanceDbVectorStore(given),
  ),
);
