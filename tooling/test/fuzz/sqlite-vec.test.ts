import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { fuzz } from './fuzz.ts';
import { vectorTargets } from './stores-parts.ts';

fuzz(
  'integrations/sqlite-vec',
  vectorTargets(
    'SqliteVecVectorStore',
    () => ({ path: ':memory:', dimensions: 2, durable: false }),
    (given) => new SqliteVecVectorStore(given),
  ),
);
