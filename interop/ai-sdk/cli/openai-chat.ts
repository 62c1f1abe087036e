import { createOpenAI } from '@ai-sdk/openai';
import type { WireTarget } from '@mortise/conformance';
import { settingsOf } from './settings.ts';

export { chat as dialect } from '../dialects.ts';
export const name = '@ai-sdk/openai, chat';
export const reasons = { reasoning: 'Chat Completions hides what OpenAI models think.' };

export default (target: WireTarget) =>
  createOpenAI({ ...settingsOf(target), baseURL: target.url }).chat('test-model');
