import {
  embeddingConformance,
  llmConformance,
  openAIChatCompletions,
  openAIEmbeddings,
} from '@mortise/conformance';
import { fromLangChain, toLangChain } from '@mortise/langchain';
import type { LLM } from '@mortise/core';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import type { Settings } from './cli/settings.ts';
import { core } from './core.ts';
import { OF_EMBEDDINGS, OF_ROUND_TRIP } from './known.ts';
import { knowing } from './knowing.ts';

/** The model with these settings in each call. */
const settled = (llm: OpenAILLM, settings: Settings): LLM => ({
  ...{ provider: llm.provider, model: llm.model, metadata: llm.metadata },
  chat: (messages, options) => llm.chat(messages, { ...options, ...settings }),
  streamChat: (messages, options) => llm.streamChat(messages, { ...options, ...settings }),
  complete: (prompt, options) => llm.complete(prompt, { ...options, ...settings }),
  streamComplete: (prompt, options) => llm.streamComplete(prompt, { ...options, ...settings }),
});

const ours = { model: 'gpt-test', apiKey: 'sk-conformance', api: 'chat-completions' } as const;

llmConformance(knowing(OF_ROUND_TRIP), {
  name: 'fromLangChain(toLangChain(OpenAILLM))',
  create({ url, settings }) {
    const llm = new OpenAILLM({ ...ours, ...settings, baseURL: url, retry: false });
    const { headers: _headers, ...rest } = settings;
    return fromLangChain(toLangChain(llm, core), {
      ...{ ...rest, model: llm.model, metadata: llm.metadata },
      withSettings: (settings_) => toLangChain(settled(llm, settings_), core),
    });
  },
  dialect: openAIChatCompletions,
  declares: new OpenAILLM(ours).metadata.capabilities,
  reasons: { reasoning: 'As OpenAILLM says of the model.' },
});

const vectors = { model: 'embedding-test', apiKey: 'sk-conformance' };

embeddingConformance(knowing(OF_EMBEDDINGS), {
  name: 'fromLangChain(toLangChain(OpenAIEmbedding))',
  create({ url, settings }) {
    const model = new OpenAIEmbedding({ ...vectors, ...settings, baseURL: url, retry: false });
    const { headers: _headers, ...rest } = settings;
    return fromLangChain(toLangChain(model), {
      ...rest,
      model: model.model,
      metadata: { ...model.metadata, acceptsDimensions: false },
    });
  },
  dialect: openAIEmbeddings,
  declares: { ...new OpenAIEmbedding(vectors).metadata, acceptsDimensions: false },
  reasons: {
    asymmetric: 'OpenAI embeds queries and documents alike.',
    dimensions: 'Theirs are as long as they were made.',
    image: 'Theirs take texts.',
  },
});
