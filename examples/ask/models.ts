import type { LLM } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { AskError, keyVariable } from './failure.ts';
import { ExtractiveLLM } from './extractive-llm.ts';
import type { OpenAIEmbeddingOptions } from '@mortise/openai';
import type { ServerPreset } from '@mortise/openai/presets';
import type { ModelChoice, Settings } from './arguments.ts';

/** Each integration is loaded only when it is chosen. */
export async function createLLM({ llm: choice, baseURL, preset }: Settings): Promise<LLM> {
  const { provider, model = '' }: ModelChoice = choice;
  const options = { model, baseURL };
  const server = provider === 'openai' ? await presetOf(preset) : undefined;
  requireKey('--llm', provider, baseURL, server);
  switch (provider) {
    case 'extractive':
      return new ExtractiveLLM();
    case 'openai':
      return new (await import('@mortise/openai')).OpenAILLM({
        ...options,
        ...server,
        ...given({ baseURL }),
      });
    case 'anthropic':
      return new (await import('@mortise/anthropic')).AnthropicLLM(options);
    case 'bedrock':
      return new (await import('@mortise/bedrock')).BedrockLLM(options);
    case 'cohere':
      return new (await import('@mortise/cohere')).CohereLLM(options);
    case 'google':
      return new (await import('@mortise/google')).GoogleLLM(options);
    case 'mistral':
      return new (await import('@mortise/mistral')).MistralLLM(options);
    default:
      throw new AskError(`there is no language model "${provider}"`, 'See --help.');
  }
}

export async function createEmbedding({
  embedding: choice,
  baseURL,
  preset,
}: Settings): Promise<EmbeddingModel> {
  const { provider, model = '' }: ModelChoice = choice;
  const options = { model, baseURL };
  const server = provider === 'openai' ? await presetOf(preset) : undefined;
  requireKey('--embedding', provider, baseURL, server);
  switch (provider) {
    case 'local':
      return new (await import('@mortise/energetic-ai')).EnergeticAIEmbedding();
    case 'openai':
      return openAIEmbedding({ ...options, ...given({ baseURL }) }, server);
    case 'bedrock':
      return new (await import('@mortise/bedrock')).BedrockEmbedding(options);
    case 'cohere':
      return new (await import('@mortise/cohere')).CohereEmbedding(options);
    case 'google':
      return new (await import('@mortise/google')).GoogleEmbedding(options);
    case 'mistral':
      return new (await import('@mortise/mistral')).MistralEmbedding(options);
    case 'voyage':
      return new (await import('@mortise/voyage')).VoyageEmbedding(options);
    default:
      throw new AskError(`there is no embedding model "${provider}"`, 'See --help.');
  }
}

async function openAIEmbedding(
  options: OpenAIEmbeddingOptions,
  server: ServerPreset | undefined,
): Promise<EmbeddingModel> {
  const { OpenAIEmbedding } = await import('@mortise/openai');
  if (server === undefined) return new OpenAIEmbedding(options);
  const { embeddings } = server;
  if (embeddings === false)
    throw new AskError(`${server.name} has no embedding models`, 'Leave out --embedding, or --preset.');
  return new OpenAIEmbedding({ ...server, embeddings, ...options });
}

/** The preset of that name. Presets are data: to list them costs nothing. */
async function presetOf(name: string | undefined): Promise<ServerPreset | undefined> {
  if (name === undefined) return undefined;
  const presets = Object.entries(await import('@mortise/openai/presets')).filter(
    (entry): entry is [string, ServerPreset] => typeof entry[1] === 'object',
  );
  const found = presets.find(([each]) => each === name)?.[1];
  if (found !== undefined) return found;
  const names = presets.map(([each]) => each).toSorted();
  throw new AskError(`--preset does not know "${name}"`, `It takes ${names.join(', ')}.`);
}

/** An option that was not typed leaves what a preset says. */
function given(options: { baseURL: string | undefined }): { baseURL?: string } {
  return options.baseURL === undefined ? {} : { baseURL: options.baseURL };
}

/** The integrations find that out at their first call, which here comes after minutes of embedding. */
function requireKey(
  option: string,
  provider: string,
  baseURL: string | undefined,
  server: ServerPreset | undefined,
): void {
  const own = server?.apiKeyVariable;
  const variable = server === undefined ? keyVariable(provider) : own;
  if (variable === undefined || variable === null || process.env[variable]) return;
  if (server === undefined && baseURL !== undefined) return;
  const whose = server?.name ?? provider;
  throw new AskError(`${variable} is not set`, `Set it to your key of ${whose}, or leave out ${option}.`);
}
