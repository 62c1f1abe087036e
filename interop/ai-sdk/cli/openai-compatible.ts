import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { WireTarget } from '@mortise/conformance';
import type { LLMCapabilities } from '@mortise/core';
import { settingsOf } from './settings.ts';

export { chat as dialect } from '../dialects.ts';
export const name = '@ai-sdk/openai-compatible';
/** What an application says of a server that nobody knows. */
export const capabilities: LLMCapabilities = {
  tools: true,
  parallelTools: true,
  toolChoice: true,
  structuredOutput: 'native',
  reasoning: true,
  inputModalities: ['text', 'image', 'document', 'audio'],
  stop: true,
  seed: true,
  usageInStreams: true,
};

export default (target: WireTarget) =>
  createOpenAICompatible({
    ...settingsOf(target),
    name: 'server',
    baseURL: target.url,
    includeUsage: true,
    supportsStructuredOutputs: true,
  }).chatModel('test-model');
