import {
  embeddingConformance,
  rerankerConformance,
  voyageEmbeddings,
  voyageMultimodalEmbeddings,
  voyageRerank,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { VoyageEmbedding, VoyageReranker } from '@mortise/voyage';

const embedding = { model: 'voyage-test', apiKey: 'pa-conformance' };
const multimodal = { model: 'voyage-multimodal-test', apiKey: 'pa-conformance' };
const reranker = { model: 'rerank-test', apiKey: 'pa-conformance' };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/voyage` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    embeddingConformance(test, {
      create: ({ url, settings }) => new VoyageEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: voyageEmbeddings,
      declares: new VoyageEmbedding(embedding).metadata,
    }),
    embeddingConformance(test, {
      create: ({ url, settings }) => new VoyageEmbedding({ ...multimodal, ...settings, baseURL: url }),
      dialect: voyageMultimodalEmbeddings,
      declares: new VoyageEmbedding(multimodal).metadata,
    }),
    rerankerConformance(test, {
      create: ({ url, settings }) => new VoyageReranker({ ...reranker, ...settings, baseURL: url }),
      dialect: voyageRerank,
      declares: new VoyageReranker(reranker).metadata,
    }),
  ];
}
