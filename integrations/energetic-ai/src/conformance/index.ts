import { embeddingConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/energetic-ai` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    embeddingConformance(test, {
      name: 'energetic-ai',
      create: ({ settings }) => new EnergeticAIEmbedding(settings),
      declares: new EnergeticAIEmbedding().metadata,
      reasons: { asymmetric: 'The model embeds queries and documents alike.' },
    }),
  ];
}
