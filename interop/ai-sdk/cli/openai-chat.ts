import { createOpenAI } from '@ai-sdk/openai';
import { fetchForAISDK } from '@mortise/ai-sdk';
import type { WireTarget } from '@mortise/conformance';

export { chat as dialect } from '../dialects.ts';
export const name = '@ai-sdk/openai, chat';
export const reasons = { reasoning: 'Chat Completions hides what OpenAI models think.' };

export default ({ url, settings }: WireTarget) =>
  createOpenAI({
    baseURL: url,
    apiKey: 'ai-sdk-conformance',
    headers: { ...settings.headers },
    fetch: fetchForAISDK(),
  }).chat('test-model');
