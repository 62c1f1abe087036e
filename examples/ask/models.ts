import type { LLM } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { AskError, keyVariable } from './failure.ts';
import { ExtractiveLLM } from './extractive-llm.ts';
import type { ModelChoice } from './arguments.ts';

/** Each integration is loaded only when it is chosen. */
export async function createLLM({ provider, model = '' }: ModelChoice, baseURL?: string): Promise<LLM> {
  const options = { model, baseURL };
  requireKey('--llm', provider, baseURL);
  switch (provider) {
    case 'extractive':
      return new ExtractiveLLM();
    case 'openai':
      return new (await import('@mortise/openai')).OpenAILLM(options);
    case 'anthropic':
      return new (await import('@mortise/anthropic')).AnthropicLLM(options);
    case 'cohere':
      return new (await import('@mortise/cohere')).CohereLLM(options);
    case 'google':
      return new (await import('@mortise/google')).GoogleLLM(options);
    default:
      throw new AskError(`there is no language model "${provider}"`, 'See --help.');
  }
}

export async function createEmbedding(
  { provider, model = '' }: ModelChoice,
  baseURL?: string,
): Promise<EmbeddingModel> {
  const options = { model, baseURL };
  requireKey('--embedding', provider, baseURL);
  switch (provider) {
    case 'local':
      return new (await import('@mortise/energetic-ai')).EnergeticAIEmbedding();
    case 'openai':
      return new (await import('@mortise/openai')).OpenAIEmbedding(options);
    case 'cohere':
      return new (await import('@mortise/cohere')).CohereEmbedding(options);
    case 'google':
      return new (await import('@mortise/google')).GoogleEmbedding(options);
    default:
      throw new AskError(`there is no embedding model "${provider}"`, 'See --help.');
  }
}

/** The integrations find that out at their first call, which here comes after minutes of embedding. */
function requireKey(option: string, provider: string, baseURL: string | undefined): void {
  const variable = keyVariable(provider);
  if (variable === undefined || baseURL !== undefined || process.env[variable]) return;
  throw new AskError(`${variable} is not set`, `Set it to your key of ${provider}, or leave out ${option}.`);
}
