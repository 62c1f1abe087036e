import type { SchemaDialect } from '@mortise/core/schema';
import type { ServerEmbeddings } from '../embedding.ts';
import { chatCompletions } from './chat-completions.ts';
import type { ServerPreset } from './preset.ts';

/*
 * Servers of vendors. Each says where it was read, and when. Headers of rate limits and the words for a prompt that is too
 * long are not here: core reads all of them in one place.
 */

/**
 * https://console.groq.com/docs/openai: `messages[].name` is a 400; https://console.groq.com/docs/reasoning: efforts are
 * none, default, low, medium, high, and without `reasoning_format` a model may think in its text. 2026-02. Members of a message
 * that it does not know are refused, so that nothing but the documented ones goes back:
 * https://github.com/janhq/jan/issues/8136.
 */
export const groq: ServerPreset<false> = {
  name: 'groq',
  baseURL: 'https://api.groq.com/openai/v1',
  apiKeyVariable: 'GROQ_API_KEY',
  api: chatCompletions,
  wire: {
    strictTools: 'all',
    reasoning: { effort: 'reasoning_effort', words: { minimal: 'low', xhigh: 'high' } },
    thinkingTags: true,
    ownMembers: false,
  },
  embeddings: false,
};

/** https://docs.x.ai/docs/guides/reasoning: its models reason, and such refuse `stop`. 2026-05. */
export const xai: ServerPreset<false> = {
  name: 'xai',
  baseURL: 'https://api.x.ai/v1',
  apiKeyVariable: 'XAI_API_KEY',
  api: chatCompletions,
  wire: {
    capabilities: { stop: false, names: true },
    reasoning: { effort: 'reasoning_effort', words: { minimal: 'low' } },
  },
  embeddings: false,
};

/**
 * https://api-docs.deepseek.com/guides/thinking_mode and /api/create-chat-completion, 2026-08: models think unless they are
 * told not to, and then refuse a forced tool; a call without its `reasoning_content` is a 400. JSON is `json_object` alone, and
 * `strict` of tools is of the beta address. Contents are strings.
 */
export const deepseek: ServerPreset<false> = {
  name: 'deepseek',
  baseURL: 'https://api.deepseek.com',
  apiKeyVariable: 'DEEPSEEK_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: {
      inputModalities: ['text', 'document'],
      names: true,
      seed: false,
      structuredOutput: 'prompt',
      toolChoice: false,
    },
    strictTools: 'none',
    maxStop: 16,
    plainText: true,
    reasoning: {
      effort: 'reasoning_effort',
      words: { minimal: 'low', xhigh: 'max' },
      on: { thinking: { type: 'enabled' } },
      off: { thinking: { type: 'disabled' } },
    },
    emptyReasoning: '',
  },
  embeddings: false,
};

/**
 * https://openrouter.ai/docs/api-reference/parameters and /docs/guides/best-practices/reasoning-tokens, 2026-08:
 * `max_tokens`; `reasoning` holds an effort or a budget. What it leaves out for one of its providers it does not say.
 */
export const openrouter: ServerPreset<ServerEmbeddings> = {
  name: 'openrouter',
  baseURL: 'https://openrouter.ai/api/v1',
  apiKeyVariable: 'OPENROUTER_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { inputModalities: ['text', 'image', 'document', 'audio'], names: true },
    files: true,
    reasoning: { within: 'reasoning', effort: 'effort', budget: 'max_tokens' },
  },
  embeddings: { maxBatchSize: 128, encoding: 'float' },
};

/** https://docs.together.ai/reference/chat-completions and /reference/embeddings, 2026-08. */
export const together: ServerPreset<ServerEmbeddings> = {
  name: 'together',
  baseURL: 'https://api.together.ai/v1',
  apiKeyVariable: 'TOGETHER_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { names: true },
    strictTools: 'all',
    thinkingTags: true,
  },
  embeddings: { maxBatchSize: 128, encoding: 'float' },
};

/**
 * https://docs.fireworks.ai/tools-sdks/openai-compatibility and /api-reference/create-embeddings, 2026-08: streams end with
 * their usage, unasked. Members that it does not know are refused, for long `stream_options` and `strict` of a tool among
 * them: https://github.com/FlowiseAI/Flowise/issues/2866, https://github.com/tensorzero/tensorzero/pull/164.
 */
export const fireworks: ServerPreset<ServerEmbeddings> = {
  name: 'fireworks',
  baseURL: 'https://api.fireworks.ai/inference/v1',
  apiKeyVariable: 'FIREWORKS_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    without: ['stream_options'],
    strictTools: 'none',
    reasoning: { effort: 'reasoning_effort', words: { minimal: 'low' } },
    ownMembers: false,
  },
  embeddings: { maxBatchSize: 128, encoding: 'float' },
};

/** https://inference-docs.cerebras.ai/capabilities/structured-outputs, "Variations", 2026-08. */
const CEREBRAS_SCHEMAS: SchemaDialect = {
  name: "Cerebras' structured outputs",
  keywords: [
    ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const'],
    ...['anyOf', '$ref', '$defs', 'title', 'description'],
  ],
  silent: ['default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  optional: 'nullable',
  recursive: false,
  limits: { characters: 5_000 },
};

/**
 * https://inference-docs.cerebras.ai/resources/openai, 2026-08: `parallel_tool_calls`, penalties and `service_tier` are a 400;
 * `strict` is that of all tools of a request (https://github.com/RooCodeInc/Roo-Code/issues/10334); a list of types in a
 * schema is not taken.
 */
export const cerebras: ServerPreset<false> = {
  name: 'cerebras',
  baseURL: 'https://api.cerebras.ai/v1',
  apiKeyVariable: 'CEREBRAS_API_KEY',
  api: chatCompletions,
  wire: {
    schemaDialect: CEREBRAS_SCHEMAS,
    typeLists: false,
    strictTools: 'all',
    reasoning: { effort: 'reasoning_effort', words: { minimal: 'low' } },
    ownMembers: false,
  },
  embeddings: false,
};

/**
 * https://docs.perplexity.ai/api-reference/chat-completions-post and /docs/grounded-llm/output-control/structured-outputs,
 * 2026-08: no tools, no seed; JSON by a schema alone; `sonar-reasoning-pro` thinks in its text. Its sources are
 * `providerMetadata.openai.search_results`. Usage comes unasked.
 */
export const perplexity: ServerPreset<false> = {
  name: 'perplexity',
  baseURL: 'https://api.perplexity.ai',
  apiKeyVariable: 'PERPLEXITY_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { tools: false, parallelTools: false, toolChoice: false, seed: false },
    without: ['stream_options'],
    anyJson: false,
    thinkingTags: true,
    ownMembers: false,
    metadata: ['citations', 'search_results', 'images', 'related_questions'],
  },
  embeddings: false,
};

/**
 * https://platform.kimi.ai/docs/api/chat and https://platform.moonshot.ai/docs/guide/migrating-from-openai-to-kimi, 2026-08:
 * while its models think, which is their default, a forced tool is a 400, and so is a call without its `reasoning_content`; the
 * effort `none` is a 400. Images by a URL are not fetched.
 */
export const moonshot: ServerPreset<false> = {
  name: 'moonshot',
  baseURL: 'https://api.moonshot.ai/v1',
  apiKeyVariable: 'MOONSHOT_API_KEY',
  api: chatCompletions,
  wire: {
    capabilities: { names: true, seed: false, structuredOutput: 'prompt', toolChoice: false },
    strictTools: 'none',
    imageURLs: false,
    reasoning: {
      effort: 'reasoning_effort',
      words: { minimal: 'low' },
      off: { thinking: { type: 'disabled' } },
    },
    emptyReasoning: ' ',
  },
  embeddings: false,
};

/**
 * https://docs.z.ai/api-reference/llm/chat-completion, 2026-08: `tool_choice` is `auto`, JSON is `json_object`, one stop word,
 * no seed; thinking is on or off.
 */
export const zai: ServerPreset<false> = {
  name: 'zai',
  baseURL: 'https://api.z.ai/api/paas/v4',
  apiKeyVariable: 'ZAI_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { seed: false, structuredOutput: 'prompt', toolChoice: false },
    strictTools: 'none',
    maxStop: 1,
    reasoning: { on: { thinking: { type: 'enabled' } }, off: { thinking: { type: 'disabled' } } },
    ends: { sensitive: 'content-filter', model_context_window_exceeded: 'length' },
  },
  embeddings: false,
};

/**
 * https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api and /deep-thinking, 2026-06: `tool_choice` is
 * `auto`, `none` or one function, which is refused while the model thinks; thinking is on or off, with a budget. The address
 * is that outside of mainland China. Embeddings: ten texts a request.
 */
export const dashscope: ServerPreset<ServerEmbeddings> = {
  name: 'dashscope',
  baseURL: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  apiKeyVariable: 'DASHSCOPE_API_KEY',
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { toolChoiceWithReasoning: false },
    strictTools: 'none',
    requiredToolChoice: false,
    reasoning: {
      budget: 'thinking_budget',
      on: { enable_thinking: true },
      off: { enable_thinking: false },
    },
  },
  embeddings: { maxBatchSize: 10, encoding: 'float' },
};

/**
 * https://ai.google.dev/gemini-api/docs/openai, 2026-08; `@mortise/google` speaks the API itself, which gives more. The
 * signature of a thought stands in `extra_content` of its call, and a call without it is refused. Members that it does not
 * know are a 400 (https://github.com/MinLL/SkyrimNet-GamePlugin/issues/77), and a seed is not documented.
 */
export const gemini: ServerPreset<ServerEmbeddings> = {
  name: 'gemini',
  baseURL: 'https://generativelanguage.googleapis.com/v1beta/openai',
  apiKeyVariable: 'GEMINI_API_KEY',
  api: chatCompletions,
  wire: {
    capabilities: { inputModalities: ['text', 'image', 'document', 'audio'], seed: false },
    strictTools: 'none',
    imageURLs: false,
  },
  embeddings: { maxBatchSize: 100, encoding: 'float' },
};

/**
 * https://docs.github.com/en/rest/models/inference, 2026-08; embeddings: /en/rest/models/embeddings. Reasoning models of
 * OpenAI want `maxTokensField: 'max_completion_tokens'`.
 */
export const githubModels: ServerPreset<ServerEmbeddings> = {
  name: 'github-models',
  baseURL: 'https://models.github.ai/inference',
  apiKeyVariable: 'GITHUB_TOKEN',
  api: chatCompletions,
  wire: { maxTokensField: 'max_tokens', capabilities: { names: true } },
  embeddings: { maxBatchSize: 64, encoding: 'float' },
};
