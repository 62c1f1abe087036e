import type { EmbeddingTarget } from '@mortise/conformance';
import { ReferenceEmbedding } from '../reference/vectors.ts';
import type { EmbeddingMutant } from './embedding-mutant.ts';
import { blocked } from './embedding-blocks.ts';
import { listed, rowed } from './embedding-reading.ts';
import { batched, streamed } from './embedding-running.ts';
import { brokenClients } from './shared.ts';

/** Broken embedding models, each with the case that must catch it. */
export const embeddingMutants: readonly EmbeddingMutant[] = [
  ...listed,
  ...rowed,
  ...blocked,
  ...batched,
  ...streamed,
  ...brokenClients.map(([fault, caughtBy, Client]) => ({
    fault,
    caughtBy,
    create: (target: EmbeddingTarget) => new ReferenceEmbedding(target, Client),
  })),
];
