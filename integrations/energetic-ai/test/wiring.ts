import { embeddingConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    embeddingConformance(functions, {
      name: 'energetic-ai',
      create: ({ settings }) => new EnergeticAIEmbedding(settings),
      declares: new EnergeticAIEmbedding().metadata,
      reasons: { asymmetric: 'The model embeds queries and documents alike.' },
    }),
  ];
}
