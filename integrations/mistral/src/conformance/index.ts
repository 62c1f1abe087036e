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

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/mistral` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new MistralLLM({ ...model, ...settings, baseURL: url }),
      dialect: mistralChat,
      declares: new MistralLLM(model).metadata.capabilities,
      reasons: { caching: 'Mistral caches by itself, and shares a cache by prompt_cache_key.' },
    }),
    embeddingConformance(test, {
      create: ({ url, settings }) => new MistralEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: mistralEmbeddings,
      declares: new MistralEmbedding(embedding).metadata,
      reasons: { asymmetric: 'Mistral embeds queries and documents alike.' },
    }),
  ];
}
