import {
  embeddingConformance,
  llmConformance,
  mistralChat,
  mistralEmbeddings,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { MistralEmbedding, MistralLLM } from '@mortise/mistral';

const model = { model: 'mistral-test', apiKey: 'mistral-conformance' };
const embedding = { model: 'embedding-test', apiKey: 'mistral-conformance' };

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(functions, {
      create: ({ url, settings }) => new MistralLLM({ ...model, ...settings, baseURL: url }),
      dialect: mistralChat,
      declares: new MistralLLM(model).metadata.capabilities,
      reasons: { caching: 'Mistral caches by itself, and shares a cache by prompt_cache_key.' },
    }),
    embeddingConformance(functions, {
      create: ({ url, settings }) => new MistralEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: mistralEmbeddings,
      declares: new MistralEmbedding(embedding).metadata,
      reasons: { asymmetric: 'Mistral embeds queries and documents alike.' },
    }),
  ];
}
