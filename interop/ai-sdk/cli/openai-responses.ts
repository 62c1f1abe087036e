import { createOpenAI } from '@ai-sdk/openai';
import type { WireTarget } from '@mortise/conformance';
import { defaultSettingsMiddleware, wrapLanguageModel } from 'ai';
import { settingsOf } from './settings.ts';

export { responses as dialect } from '../dialects.ts';
export const name = '@ai-sdk/openai, responses';
export const reasons = {
  stop: 'The Responses API takes no stop sequences.',
  seed: 'The Responses API takes no seed.',
};

export default (target: WireTarget) =>
  wrapLanguageModel({
    model: createOpenAI({ ...settingsOf(target), baseURL: target.url }).responses('gpt-5.1-test'),
    // Otherwise their package sends what the server keeps by its id alone.
    middleware: defaultSettingsMiddleware({ settings: { providerOptions: { openai: { store: false } } } }),
  });
