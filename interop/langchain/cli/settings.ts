import type { WireTarget } from '@mortise/conformance';
import type { FromLangChainModelOptions } from '@mortise/langchain';

/** What a call asks of a model whose settings are made with it. */
export type Settings =
  NonNullable<FromLangChainModelOptions['withSettings']> extends (settings: infer S) => unknown ? S : never;

/** What ChatOpenAI takes of a target, on both of its APIs. */
export const openAIFields = (
  { url: baseURL, settings: { headers } }: WireTarget,
  { temperature, topP, maxOutputTokens, seed }: Settings,
) => ({
  ...{ model: 'gpt-test', apiKey: 'sk-conformance', maxRetries: 0 },
  __includeRawResponse: true,
  configuration: {
    baseURL,
    ...(headers === undefined ? {} : { defaultHeaders: headers as Record<string, string> }),
  },
  ...(temperature === undefined ? {} : { temperature }),
  ...(topP === undefined ? {} : { topP }),
  ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
  ...(seed === undefined ? {} : { modelKwargs: { seed } }),
});

export const UNKNOWN_EFFORT =
  'ChatOpenAI leaves the effort out for models that it does not know as reasoning ones.';
