import { ChatAnthropic } from '@langchain/anthropic';
import type { WireTarget } from '@mortise/conformance';
import type { LLMCapabilities } from '@mortise/core';
import type { FromLangChainModelOptions } from '@mortise/langchain';
import type { Settings } from './settings.ts';

export { anthropicMessages as dialect } from '@mortise/conformance';
export const name = 'fromLangChain(ChatAnthropic)';
export const capabilities: LLMCapabilities = {
  ...({ structuredOutput: 'prompt', reasoning: false } as const),
  inputModalities: ['text', 'image', 'document'],
};
export const reasons = {
  reasoning: 'Thinking is a setting of the model there.',
  seed: 'The Messages API takes no seed.',
  structuredOutput: 'Theirs takes a schema in the options of a model, under a name of its own.',
};

const model = ({ url, settings: { headers } }: WireTarget, { maxOutputTokens }: Settings = {}) =>
  new ChatAnthropic({
    ...{ model: 'claude-test', apiKey: 'sk-conformance', maxRetries: 0, anthropicApiUrl: url },
    clientOptions: headers === undefined ? {} : { defaultHeaders: headers as Record<string, string> },
    maxTokens: maxOutputTokens ?? 1024,
  });
export default model;

export const options = (target: WireTarget): FromLangChainModelOptions => ({
  settings: ['maxOutputTokens'],
  withSettings: (asked) => model(target, asked),
});
