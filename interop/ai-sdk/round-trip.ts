import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import type { WireTarget } from '@mortise/conformance';
import type { LLM } from '@mortise/core';
import { OpenAILLM } from '@mortise/openai';
import { withFallback } from '@mortise/toolkit/wrappers';
import { KEY } from './providers.ts';

const options = { model: 'gpt-test', apiKey: KEY, metadata: { capabilities: { reasoning: true } } };

function openAI({ url, settings }: WireTarget, more: object = {}): OpenAILLM {
  return new OpenAILLM({ ...options, ...settings, ...more, baseURL: url });
}

/** Ours as theirs as ours: the one inside makes one attempt, core outside retries. */
export const roundTrips: readonly { name: string; create(target: WireTarget): LLM }[] = [
  {
    name: 'OpenAILLM through V4 and back',
    create: (target) =>
      fromAISDK(toAISDK(openAI(target, { retry: false }), { retries: 'ai-sdk' }), settingsOf(target)),
  },
  {
    name: 'OpenAILLM through V3 and back',
    create: (target) =>
      fromAISDK(
        toAISDK(openAI(target, { retry: false }), { retries: 'ai-sdk', specificationVersion: 'v3' }),
        settingsOf(target),
      ),
  },
  {
    name: 'OpenAILLM through V2 and back',
    create: (target) =>
      fromAISDK(
        toAISDK(openAI(target, { retry: false }), { retries: 'ai-sdk', specificationVersion: 'v2' }),
        settingsOf(target),
      ),
  },
  {
    name: 'withFallback through V4 and back',
    create: (target) => fromAISDK(toAISDK(fallback(target), { retries: 'ai-sdk' }), settingsOf(target)),
  },
];

/** What the application knows of the model inside. */
function settingsOf({ settings: { headers: _headers, ...settings } }: WireTarget) {
  return { ...settings, metadata: new OpenAILLM(options).metadata };
}

/** Nothing of the suite is a reason to ask the second. */
function fallback(target: WireTarget): LLM {
  const [first, second] = [openAI(target, { retry: false }), openAI(target, { retry: false })] as const;
  return withFallback(first, [second], { when: () => false });
}
