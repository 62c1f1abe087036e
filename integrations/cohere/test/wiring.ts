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

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(functions, {
      create: ({ url, settings }) => new CohereLLM({ ...model, ...settings, baseURL: url }),
      dialect: cohereChat,
      declares: new CohereLLM(model).metadata.capabilities,
    }),
    embeddingConformance(functions, {
      create: ({ url, settings }) => new CohereEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: cohereEmbed,
      declares: new CohereEmbedding(embedding).metadata,
    }),
    rerankerConformance(functions, {
      create: ({ url, settings }) => new CohereReranker({ ...reranker, ...settings, baseURL: url }),
      dialect: cohereRerank,
      declares: new CohereReranker(reranker).metadata,
    }),
  ];
}
