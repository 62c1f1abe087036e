import {
  embeddingConformance,
  llmConformance,
  openAIChatCompletions,
  openAIEmbeddings,
  openAIResponses,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';

const model = {
  model: 'gpt-test',
  apiKey: 'sk-conformance',
  metadata: { capabilities: { reasoning: true } },
};

const embedding = { model: 'embedding-test', apiKey: 'sk-conformance' };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/openai` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new OpenAILLM({ ...model, ...settings, baseURL: url }),
      dialect: openAIResponses,
      declares: new OpenAILLM(model).metadata.capabilities,
      reasons: { stop: 'The Responses API has no stop sequences.', seed: 'The Responses API has no seed.' },
    }),
    llmConformance(test, {
      create: ({ url, settings }) =>
        new OpenAILLM({ ...model, ...settings, api: 'chat-completions', baseURL: url }),
      dialect: openAIChatCompletions,
      declares: new OpenAILLM({ ...model, api: 'chat-completions' }).metadata.capabilities,
    }),
    embeddingConformance(test, {
      create: ({ url, settings }) => new OpenAIEmbedding({ ...embedding, ...settings, baseURL: url }),
      dialect: openAIEmbeddings,
      declares: new OpenAIEmbedding(embedding).metadata,
      reasons: { asymmetric: 'OpenAI embeds queries and documents alike.' },
    }),
  ];
}
