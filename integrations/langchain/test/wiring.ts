import { embeddingConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { HashEmbedding } from '@mortise/core/testing';
import { fromLangChain, toLangChain } from '@mortise/langchain';

/** Embeddings of ours, as theirs, as ours. */
const create = () =>
  fromLangChain(toLangChain(new HashEmbedding({ dimensions: 8 })), { metadata: { dimensions: 8 } });

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    embeddingConformance(functions, {
      create,
      declares: create().metadata,
      name: 'langchain-embeddings',
      reasons: {
        image: 'Embeddings of LangChain.js take texts.',
        dimensions: 'Embeddings of LangChain.js are as long as they were made.',
        asymmetric: 'The embeddings behind these are one for both.',
      },
    }),
  ];
}
