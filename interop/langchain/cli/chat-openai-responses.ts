import { ChatOpenAI } from '@langchain/openai';
import type { WireTarget } from '@mortise/conformance';
import type { LLMCapabilities } from '@mortise/core';
import type { FromLangChainModelOptions } from '@mortise/langchain';
import { openAIFields, UNKNOWN_EFFORT, type Settings } from './settings.ts';

export { openAIResponses as dialect } from '@mortise/conformance';
export const name = 'fromLangChain(ChatOpenAI), Responses API';
export const capabilities: LLMCapabilities = {
  ...({ structuredOutput: 'native', reasoning: false } as const),
  ...{ stop: false, seed: false, toolChoice: false },
  inputModalities: ['text', 'image', 'document', 'audio'],
};
export const reasons = {
  reasoning: UNKNOWN_EFFORT,
  stop: 'The Responses API takes no stop sequences.',
  seed: 'The Responses API takes no seed.',
  toolChoice: 'ChatOpenAI leaves it out of requests of the Responses API.',
};

const model = (target: WireTarget, settings: Settings = {}) =>
  new ChatOpenAI({ ...openAIFields(target, settings), ...{ useResponsesApi: true, zdrEnabled: true } });
export default model;

export const options = (target: WireTarget): FromLangChainModelOptions => ({
  settings: ['temperature', 'topP', 'maxOutputTokens'],
  withSettings: (asked) => model(target, asked),
});
