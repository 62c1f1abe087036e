import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { fetchForAISDK, fromAISDK, type AISDKLanguageModel } from '@mortise/ai-sdk';
import { anthropicMessages, mistralChat, type LLMDialect, type WireTarget } from '@mortise/conformance';
import type { LLM, LLMMetadata } from '@mortise/core';
import { defaultSettingsMiddleware, wrapLanguageModel } from 'ai';
import { chat, google, responses } from './dialects.ts';

export const KEY = 'ai-sdk-conformance';

/** How one of their providers is reached, and the wire that it speaks. */
export interface Peer {
  readonly name: string;
  readonly dialect: LLMDialect;
  /** What an application says of a server that nobody knows. */
  readonly capabilities?: LLMMetadata['capabilities'];
  /** Why what is not declared is not there. */
  readonly reasons?: Readonly<Record<string, string>>;
  create(target: WireTarget): AISDKLanguageModel;
}

const headersOf = ({ settings }: WireTarget) => ({
  headers: { ...settings.headers },
  apiKey: KEY,
  ...(process.env['PLAIN'] === undefined && { fetch: fetchForAISDK() }),
});

/** Behind the path, not behind a query. */
function below({ url }: WireTarget, path: string): string {
  const address = new URL(url);
  address.pathname = `${address.pathname === '/' ? '' : address.pathname}${path}`;
  return address.href;
}

export const peers: readonly Peer[] = [
  {
    name: '@ai-sdk/openai, chat',
    dialect: chat,
    create: (target) => createOpenAI({ ...headersOf(target), baseURL: target.url }).chat('test-model'),
    reasons: { reasoning: 'Chat Completions hides what OpenAI models think.' },
  },
  {
    name: '@ai-sdk/openai, responses',
    dialect: responses,
    reasons: {
      stop: 'The Responses API takes no stop sequences.',
      seed: 'The Responses API takes no seed.',
    },
    create: (target) =>
      wrapLanguageModel({
        model: createOpenAI({ ...headersOf(target), baseURL: target.url }).responses('gpt-5.1-test'),
        // Otherwise their package sends what the server keeps by its id alone.
        middleware: defaultSettingsMiddleware({
          settings: { providerOptions: { openai: { store: false } } },
        }),
      }),
  },
  {
    name: '@ai-sdk/openai-compatible',
    capabilities: {
      tools: true,
      parallelTools: true,
      toolChoice: true,
      structuredOutput: 'native',
      reasoning: true,
      inputModalities: ['text', 'image', 'document', 'audio'],
      stop: true,
      seed: true,
      usageInStreams: true,
    },
    dialect: chat,
    create: (target) =>
      createOpenAICompatible({
        ...headersOf(target),
        name: 'server',
        baseURL: target.url,
        includeUsage: true,
        supportsStructuredOutputs: true,
      }).chatModel('test-model'),
  },
  {
    name: '@ai-sdk/anthropic',
    dialect: anthropicMessages,
    reasons: { seed: 'The Messages API takes no seed.' },
    create: (target) =>
      createAnthropic({ ...headersOf(target), baseURL: below(target, '/v1') })('claude-test'),
  },
  {
    name: '@ai-sdk/google',
    dialect: google,
    create: (target) =>
      createGoogle({ ...headersOf(target), baseURL: below(target, '/v1beta') })('gemini-test'),
  },
  {
    name: '@ai-sdk/mistral',
    dialect: mistralChat,
    create: (target) =>
      createMistral({ ...headersOf(target), baseURL: below(target, '/v1') })('mistral-test'),
  },
];

/** Their model as ours, as the suite takes it. */
export function bridged(peer: Peer, target: WireTarget): LLM {
  const { capabilities } = peer;
  const metadata = capabilities === undefined ? {} : { metadata: { capabilities } };
  return fromAISDK(peer.create(target), { ...target.settings, ...metadata });
}
