import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { AISDKLanguageModel } from '@mortise/ai-sdk';
import {
  anthropicMessages,
  googleGenerateContent,
  mistralChat,
  openAIChatCompletions,
  openAIResponses,
  type LLMDialect,
  type WireTarget,
} from '@mortise/conformance';

export const KEY = 'ai-sdk-conformance';

/** How one of their providers is reached, and the wire that it speaks. */
export interface Peer {
  readonly name: string;
  readonly dialect: LLMDialect;
  /** Why what is not declared is not there. */
  readonly reasons?: Readonly<Record<string, string>>;
  create(target: WireTarget): AISDKLanguageModel;
}

const headersOf = ({ settings }: WireTarget) => ({ headers: { ...settings.headers }, apiKey: KEY });

export const peers: readonly Peer[] = [
  {
    name: '@ai-sdk/openai, chat',
    dialect: openAIChatCompletions,
    create: (target) => createOpenAI({ ...headersOf(target), baseURL: target.url }).chat('test-model'),
  },
  {
    name: '@ai-sdk/openai, responses',
    dialect: openAIResponses,
    create: (target) => createOpenAI({ ...headersOf(target), baseURL: target.url }).responses('gpt-5.1-test'),
  },
  {
    name: '@ai-sdk/openai-compatible',
    dialect: openAIChatCompletions,
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
    create: (target) => createAnthropic({ ...headersOf(target), baseURL: `${target.url}/v1` })('claude-test'),
  },
  {
    name: '@ai-sdk/google',
    dialect: googleGenerateContent,
    create: (target) =>
      createGoogle({ ...headersOf(target), baseURL: `${target.url}/v1beta` })('gemini-test'),
  },
  {
    name: '@ai-sdk/mistral',
    dialect: mistralChat,
    create: (target) => createMistral({ ...headersOf(target), baseURL: `${target.url}/v1` })('mistral-test'),
  },
];
