import { createOpenAI } from '@ai-sdk/openai';
import type { WireTarget } from '@mortise/conformance';

/** A model of the AI SDK, as `mortise-conformance --ai-sdk ./acme.ts` tries it. */
export default function acme({ url, settings }: WireTarget) {
  const { headers = {} } = settings;
  return createOpenAI({ baseURL: url, headers: { ...headers }, apiKey: 'test' }).chat('acme-1');
}
