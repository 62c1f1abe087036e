import { describe, it } from 'vitest';
import {
  anthropicMessages,
  embeddingConformance,
  llmConformance,
  openAIChatCompletions,
  openAIEmbeddings,
  openAIResponses,
  type TestFunctions,
} from '@mortise/conformance';
import { fromLangChain, toLangChain, type FromLangChainModelOptions } from '@mortise/langchain';
import type { LLM } from '@mortise/core';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { core } from './core.ts';
import {
  ENDLESS,
  OF_CHAT_ANTHROPIC,
  OF_CHAT_OPENAI,
  OF_CHAT_OPENAI_RESPONSES,
  OF_EMBEDDINGS,
  OF_ROUND_TRIP,
  type Known,
} from './known.ts';

/** Cases whose failure is known must fail, so that the list stays true; those that never end are left out. */
function knowing(known: Known): TestFunctions {
  const whyOf = (title: string): string | undefined => known[/\(([\w.-]+)\)$/.exec(title)?.[1] ?? ''];
  const run = (title: string, body: () => Promise<void>, timeoutMs?: number): void => {
    const why = whyOf(title);
    if (title === 'reports what works and is not declared' || why === ENDLESS)
      it.skip(`${title} [${why ?? 'slow'}]`, body);
    else if (why === undefined) it(title, body, timeoutMs);
    else it.fails(`${title} [theirs: ${why}]`, body, timeoutMs);
  };
  return {
    describe,
    it: Object.assign(run, { skip: (title: string, body: () => Promise<void>) => void it.skip(title, body) }),
  };
}

type Settings =
  NonNullable<FromLangChainModelOptions['withSettings']> extends (settings: infer S) => unknown ? S : never;

const openAIFields = (
  baseURL: string,
  headers: object | undefined,
  { temperature, topP, maxOutputTokens, seed }: Settings,
) => ({
  ...{ model: 'gpt-test', apiKey: 'sk-conformance', maxRetries: 0 },
  __includeRawResponse: true,
  configuration: {
    baseURL,
    ...(headers === undefined ? {} : { defaultHeaders: headers as Record<string, string> }),
  },
  ...(temperature === undefined ? {} : { temperature }),
  ...(topP === undefined ? {} : { topP }),
  ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
  ...(seed === undefined ? {} : { modelKwargs: { seed } }),
});

const chatOpenAI = (baseURL: string, headers: object | undefined, settings: Settings = {}) =>
  new ChatOpenAI({ ...openAIFields(baseURL, headers, settings), useResponsesApi: false });

const SETTINGS = ['temperature', 'topP', 'maxOutputTokens', 'seed'] as const;

const theirs = {
  metadata: {
    capabilities: {
      ...({ structuredOutput: 'native', seed: true, reasoning: false } as const),
      inputModalities: ['text', 'image', 'document', 'audio'],
    },
  },
  settings: SETTINGS,
} satisfies FromLangChainModelOptions;

llmConformance(knowing(OF_CHAT_OPENAI), {
  name: 'fromLangChain(ChatOpenAI)',
  create: ({ url, settings: { headers, ...settings } }) =>
    fromLangChain(chatOpenAI(url, headers), {
      ...{ ...settings, ...theirs },
      withSettings: (asked) => chatOpenAI(url, headers, asked),
    }),
  dialect: openAIChatCompletions,
  declares: fromLangChain(chatOpenAI('http://localhost', undefined), theirs).metadata.capabilities,
  reasons: {
    reasoning: 'ChatOpenAI leaves the effort out for models that it does not know as reasoning ones.',
  },
});

const responses = {
  metadata: {
    capabilities: { ...theirs.metadata.capabilities, stop: false, seed: false, toolChoice: false },
  },
  settings: ['temperature', 'topP', 'maxOutputTokens'],
} satisfies FromLangChainModelOptions;

const chatResponses = (baseURL: string, headers: object | undefined, settings: Settings = {}) =>
  new ChatOpenAI({
    ...openAIFields(baseURL, headers, settings),
    ...{ useResponsesApi: true, zdrEnabled: true },
  });

llmConformance(knowing(OF_CHAT_OPENAI_RESPONSES), {
  name: 'fromLangChain(ChatOpenAI), Responses API',
  create: ({ url, settings: { headers, ...settings } }) =>
    fromLangChain(chatResponses(url, headers), {
      ...{ ...settings, ...responses },
      withSettings: (asked) => chatResponses(url, headers, asked),
    }),
  dialect: openAIResponses,
  declares: fromLangChain(chatResponses('http://localhost', undefined), responses).metadata.capabilities,
  reasons: {
    reasoning: 'ChatOpenAI leaves the effort out for models that it does not know as reasoning ones.',
    stop: 'The Responses API takes no stop sequences.',
    seed: 'The Responses API takes no seed.',
    toolChoice: 'ChatOpenAI leaves it out of requests of the Responses API.',
  },
});

const chatAnthropic = (
  anthropicApiUrl: string,
  headers: object | undefined,
  { maxOutputTokens }: Settings = {},
) =>
  new ChatAnthropic({
    ...{ model: 'claude-test', apiKey: 'sk-conformance', maxRetries: 0, anthropicApiUrl },
    clientOptions: headers === undefined ? {} : { defaultHeaders: headers as Record<string, string> },
    maxTokens: maxOutputTokens ?? 1024,
  });

const anthropic = {
  metadata: {
    capabilities: {
      ...({ structuredOutput: 'prompt', reasoning: false } as const),
      inputModalities: ['text', 'image', 'document'],
    },
  },
  settings: ['maxOutputTokens'],
} satisfies FromLangChainModelOptions;

llmConformance(knowing(OF_CHAT_ANTHROPIC), {
  name: 'fromLangChain(ChatAnthropic)',
  create: ({ url, settings: { headers, ...settings } }) =>
    fromLangChain(chatAnthropic(url, headers), {
      ...{ ...settings, ...anthropic },
      withSettings: (asked) => chatAnthropic(url, headers, asked),
    }),
  dialect: anthropicMessages,
  declares: fromLangChain(chatAnthropic('http://localhost', undefined), anthropic).metadata.capabilities,
  reasons: {
    reasoning: 'Thinking is a setting of the model there.',
    seed: 'The Messages API takes no seed.',
    structuredOutput: 'Theirs takes a schema in the options of a model, under a name of its own.',
  },
});

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
