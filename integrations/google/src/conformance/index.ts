import {
  embeddingConformance,
  googleEmbeddings,
  googleGenerateContent,
  llmConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { GoogleEmbedding, GoogleLLM } from '@mortise/google';

const model = { model: 'gemini-test', apiKey: 'google-conformance' };
const embedding = { model: 'embedding-test', apiKey: 'google-conformance' };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/google` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new GoogleLLM({ ...model, ...settings, baseURL: url }),
      dialect: googleGenerateContent,
      declares: new GoogleLLM(model).metadata.capabilities,
      reasons: { caching: 'Gemini caches by itself, or by the name of a cache that was made before.' },
    }),
    embeddingConformance(test, {
      create: ({ url, settings }) => new GoogleEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: googleEmbeddings,
      declares: new GoogleEmbedding(embedding).metadata,
    }),
  ];
}
