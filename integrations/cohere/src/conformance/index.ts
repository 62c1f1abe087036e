import {
  cohereChat,
  cohereEmbed,
  cohereRerank,
  embeddingConformance,
  llmConformance,
  rerankerConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { CohereEmbedding, CohereLLM, CohereReranker } from '@mortise/cohere';

const model = {
  model: 'command-test',
  apiKey: 'co-conformance',
  metadata: { capabilities: { reasoning: true } },
};

const embedding = { model: 'embed-test', apiKey: 'co-conformance' };
const reranker = { model: 'rerank-test', apiKey: 'co-conformance' };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/cohere` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new CohereLLM({ ...model, ...settings, baseURL: url }),
      dialect: cohereChat,
      declares: new CohereLLM(model).metadata.capabilities,
    }),
    embeddingConformance(test, {
      create: ({ url, settings }) => new CohereEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: cohereEmbed,
      declares: new CohereEmbedding(embedding).metadata,
    }),
    rerankerConformance(test, {
      create: ({ url, settings }) => new CohereReranker({ ...reranker, ...settings, baseURL: url }),
      dialect: cohereRerank,
      declares: new CohereReranker(reranker).metadata,
    }),
  ];
}
