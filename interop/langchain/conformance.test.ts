import { describe, it } from 'vitest';
import {
  embeddingConformance,
  llmConformance,
  openAIChatCompletions,
  openAIEmbeddings,
  type TestFunctions,
  type WireTarget,
} from '@mortise/conformance';
import { fromLangChain, toLangChain } from '@mortise/langchain';
import type { LLM } from '@mortise/core';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import * as chatAnthropic from './cli/chat-anthropic.ts';
import * as chatResponses from './cli/chat-openai-responses.ts';
import * as chatOpenAI from './cli/chat-openai.ts';
import type { Settings } from './cli/settings.ts';
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

for (const [known, { default: create, options, ...peer }] of [
  [OF_CHAT_OPENAI, chatOpenAI],
  [OF_CHAT_OPENAI_RESPONSES, chatResponses],
  [OF_CHAT_ANTHROPIC, chatAnthropic],
] as const) {
  const { name, dialect, reasons, capabilities } = peer;
  const bridged = (target: WireTarget): LLM =>
    fromLangChain(create(target), { ...target.settings, ...options(target), metadata: { capabilities } });
  const { metadata } = bridged({ url: 'http://localhost', settings: {} });
  llmConformance(knowing(known), {
    name,
    create: bridged,
    dialect,
    declares: metadata.capabilities,
    reasons,
  });
}

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
