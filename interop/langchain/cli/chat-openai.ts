import { ChatOpenAI } from '@langchain/openai';
import type { WireTarget } from '@mortise/conformance';
import type { LLMCapabilities } from '@mortise/core';
import type { FromLangChainModelOptions } from '@mortise/langchain';
import { openAIFields, UNKNOWN_EFFORT, type Settings } from './settings.ts';

export { openAIChatCompletions as dialect } from '@mortise/conformance';
export const name = 'fromLangChain(ChatOpenAI)';
export const capabilities: LLMCapabilities = {
  ...({ structuredOutput: 'native', seed: true, reasoning: false } as const),
  inputModalities: ['text', 'image', 'document', 'audio'],
};
export const reasons = { reasoning: UNKNOWN_EFFORT };

const model = (target: WireTarget, settings: Settings = {}) =>
  new ChatOpenAI({ ...openAIFields(target, settings), useResponsesApi: false });
export default model;

export const options = (target: WireTarget): FromLangChainModelOptions => ({
  settings: ['temperature', 'topP', 'maxOutputTokens', 'seed'],
  withSettings: (asked) => model(target, asked),
});
