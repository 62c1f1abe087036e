import type { NameRules } from '../engine/contract.ts';
import { azureRule } from '../shared/azure.ts';
import {
  EMBEDDING_OPTIONS,
  LLM_OPTIONS,
  modelRule,
  nested,
  ollamaHost,
  type ModelRow,
  type OptionRule,
} from '../shared/models.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';
import { huggingFaceText } from './hugging-face.ts';
import { portkeyText } from './portkey.ts';

const OPENAI = '@mortise/openai';
const CHAT = [['api', "'chat-completions'"]] as const;
const TEMPERATURE =
  'LlamaIndexTS asks with a temperature of 0.1 where none is given, Mortise with none: withDefaults(llm, { temperature: 0.1 }) is as before.';

const thinking: OptionRule = {
  make: (value) => {
    const members = membersOf(value);
    const budget = membersOf(members?.get('thinking'))?.get('budget_tokens');
    return members?.size === 1 && budget !== undefined
      ? [['call:reasoning', `{ budgetTokens: ${budget.getText()} }`]]
      : undefined;
  },
};

const builtIn: OptionRule = {
  make: (value, file) => [['call:providerOptions', `{ openai: { tools: ${file.render(value)} } }`]],
};

const row = (given: Partial<ModelRow> & Pick<ModelRow, 'name' | 'from'>): ModelRow => ({
  options: LLM_OPTIONS,
  ...given,
});

const openAI = row({
  name: 'OpenAILLM',
  from: OPENAI,
  fixed: CHAT,
  model: "'gpt-4o'",
  note: TEMPERATURE,
  options: {
    ...LLM_OPTIONS,
    reasoningEffort: { make: (value, file) => [['call:reasoning', `{ effort: ${file.render(value)} }`]] },
  },
});
const openAIResponses = row({
  name: 'OpenAILLM',
  from: OPENAI,
  model: "'gpt-4o'",
  note: TEMPERATURE,
  options: { ...openAI.options, builtInTools: builtIn },
});
const anthropic = row({
  name: 'AnthropicLLM',
  from: '@mortise/anthropic',
  model: "'claude-3-opus'",
  modelNote:
    "No model was named: LlamaIndexTS takes claude-3-opus, which is written out. Anthropic's names have dates or versions; choose one that is served.",
  options: { ...LLM_OPTIONS, additionalChatOptions: thinking },
});
const gemini = row({
  name: 'GoogleLLM',
  from: '@mortise/google',
  model: "'gemini-2.0-flash'",
  options: { ...LLM_OPTIONS, vertex: nested({ project: 'project', location: 'location' }) },
  note: "Mortise looks for the key in GEMINI_API_KEY or GOOGLE_API_KEY; see the package's README.",
});
const mistral = row({ name: 'MistralLLM', from: '@mortise/mistral', model: "'mistral-small-latest'" });
const ollama = row({
  name: 'OpenAILLM',
  from: OPENAI,
  preset: 'ollama',
  options: {
    ...LLM_OPTIONS,
    config: {
      make: (value, file) => {
        const members = membersOf(value);
        const host = members?.get('host');
        if (members === undefined || (members.size > 0 && (host === undefined || members.size > 1)))
          return undefined;
        return host === undefined || !('make' in ollamaHostRule) ? [] : ollamaHostRule.make(host, file);
      },
    },
  },
  note: "Ollama's OpenAI endpoint takes no num_ctx: set OLLAMA_CONTEXT_LENGTH where the server runs.",
});
const ollamaHostRule = ollamaHost as Extract<OptionRule, { make: unknown }>;

/** Servers that speak OpenAI's wire, by the old class: the preset, and the model that was the default. */
const SERVERS: Readonly<Record<string, readonly [preset: string, model?: string]>> = {
  Groq: ['groq', "'llama3-8b-8192'"],
  DeepSeekLLM: ['deepseek', "'deepseek-coder'"],
  TogetherLLM: ['together', "'togethercomputer/llama-2-7b-chat'"],
  FireworksLLM: ['fireworks', "'accounts/fireworks/models/mixtral-8x7b-instruct'"],
  Perplexity: ['perplexity', "'sonar'"],
  VLLM: ['vllm'],
  XAI: ['xai', "'grok-3-latest'"],
};

const servers = Object.fromEntries(
  Object.entries(SERVERS).map(([name, [preset, model]]) => [
    name,
    {
      construct: {
        kind: 'llm',
        rule: modelRule(row({ name: 'OpenAILLM', from: OPENAI, preset, model, note: TEMPERATURE })),
      },
    },
  ]),
);

/** Servers of OpenAI's wire without a preset: their addresses and the variables of their keys. */
function elsewhere(baseURL: string, apiKeyVariable: string, model?: string): NameRules {
  const made = row({
    name: 'OpenAILLM',
    from: OPENAI,
    fixed: [...CHAT, ['baseURL', `'${baseURL}'`], ['apiKeyVariable', `'${apiKeyVariable}'`]],
    model,
    options: { ...LLM_OPTIONS, apiToken: 'apiKey' },
    note: TEMPERATURE,
  });
  return { construct: { kind: 'llm', rule: modelRule(made) }, call: { kind: 'llm', rule: modelRule(made) } };
}

const embedding = (given: Pick<ModelRow, 'name' | 'from'> & Partial<ModelRow>): NameRules => ({
  construct: { kind: 'embedding', rule: modelRule({ options: EMBEDDING_OPTIONS, ...given }) },
  type: { name: given.name, from: given.from, kind: 'embedding' },
});

const embeddingElsewhere = (
  baseURL: string,
  apiKeyVariable: string,
  maxBatchSize: number,
  model?: string,
): NameRules =>
  embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    fixed: [
      ['baseURL', `'${baseURL}'`],
      ['apiKeyVariable', `'${apiKeyVariable}'`],
      ['embeddings', `{ maxBatchSize: ${maxBatchSize} }`],
    ],
    model,
    options: { ...EMBEDDING_OPTIONS, apiToken: 'apiKey' },
  });

const made = (of: ModelRow): NameRules => ({
  construct: { kind: 'llm', rule: modelRule(of) },
  call: { kind: 'llm', rule: modelRule(of) },
  type: { name: of.name, from: of.from, kind: 'llm' },
});

const sentenceTransformers = (defaults: string): NameRules =>
  embedding({
    name: 'TransformersEmbedding',
    from: '@mortise/transformers',
    model: defaults,
    options: { modelType: 'model', model: 'model' },
    note: 'The model is the same; pooling and normalising are those of TransformersEmbedding. Build indexes again.',
  });

export const MODELS: Readonly<Record<string, NameRules>> = {
  OpenAI: made(openAI),
  openai: made(openAI),
  OpenAIResponses: made(openAIResponses),
  openaiResponses: made(openAIResponses),
  Anthropic: made(anthropic),
  anthropic: made(anthropic),
  Gemini: made(gemini),
  gemini: made(gemini),
  MistralAI: made(mistral),
  mistral: made(mistral),
  Ollama: made(ollama),
  ollama: made(ollama),
  ...servers,
  groq: { call: servers['Groq']!.construct },
  deepseek: { call: servers['DeepSeekLLM']!.construct },
  perplexity: { call: servers['Perplexity']!.construct },
  xai: { call: servers['XAI']!.construct },
  DeepInfra: elsewhere(
    'https://api.deepinfra.com/v1/openai',
    'DEEPINFRA_API_TOKEN',
    "'mistralai/Mixtral-8x22B-Instruct-v0.1'",
  ),
  OVHcloudLLM: elsewhere('https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', 'OVHCLOUD_API_KEY'),
  HuggingFaceInferenceAPI: made(
    row({
      name: 'OpenAILLM',
      from: OPENAI,
      fixed: [...CHAT, ['baseURL', "'https://router.huggingface.co/v1'"], ['apiKeyVariable', "'HF_TOKEN'"]],
      options: { ...LLM_OPTIONS, accessToken: 'apiKey' },
      note: "The model is asked through Hugging Face's router, which speaks OpenAI's wire; it must be served there.",
    }),
  ),
  VercelLLM: {
    construct: {
      kind: 'llm',
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const model = members?.get('model');
        if (model === undefined || members?.size !== 1)
          return file.cannot(node, 'Its options are not written where it is made.');
        return `${file.use('fromAISDK', '@mortise/ai-sdk')}(${file.render(model)})`;
      },
    },
  },
  Portkey: { construct: { kind: 'llm', rule: portkeyText } },
  AzureOpenAI: { construct: { kind: 'llm', rule: azureRule('OpenAILLM', CHAT, "'gpt-4o'") } },
  AzureOpenAIEmbedding: {
    construct: { kind: 'embedding', rule: azureRule('OpenAIEmbedding', [], "'text-embedding-ada-002'") },
  },
  OpenAIEmbedding: embedding({ name: 'OpenAIEmbedding', from: OPENAI, model: "'text-embedding-ada-002'" }),
  OllamaEmbedding: embedding({ name: 'OpenAIEmbedding', from: OPENAI, preset: 'ollama' }),
  TogetherEmbedding: embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    preset: 'together',
    model: "'togethercomputer/m2-bert-80M-32k-retrieval'",
  }),
  FireworksEmbedding: embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    preset: 'fireworks',
    model: "'nomic-ai/nomic-embed-text-v1.5'",
  }),
  DeepInfraEmbedding: embeddingElsewhere(
    'https://api.deepinfra.com/v1/openai',
    'DEEPINFRA_API_TOKEN',
    1024,
    "'sentence-transformers/clip-ViT-B-32'",
  ),
  OVHcloudEmbedding: embeddingElsewhere(
    'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
    'OVHCLOUD_API_KEY',
    32,
    "'BGE-M3'",
  ),
  MistralAIEmbedding: embedding({
    name: 'MistralEmbedding',
    from: '@mortise/mistral',
    model: "'mistral-embed'",
  }),
  GeminiEmbedding: embedding({ name: 'GoogleEmbedding', from: '@mortise/google', model: "'embedding-001'" }),
  VoyageAIEmbedding: embedding({ name: 'VoyageEmbedding', from: '@mortise/voyage', model: "'voyage-3'" }),
  CohereEmbedding: embedding({ name: 'CohereEmbedding', from: '@mortise/cohere' }),
  HuggingFaceEmbedding: sentenceTransformers("'Xenova/all-MiniLM-L6-v2'"),
  HuggingFaceInferenceAPIEmbedding: { construct: { kind: 'embedding', rule: huggingFaceText } },
  HuggingFaceEmbeddingModelType: {
    values: {
      XENOVA_ALL_MINILM_L6_V2: "'Xenova/all-MiniLM-L6-v2'",
      XENOVA_ALL_MPNET_BASE_V2: "'Xenova/all-mpnet-base-v2'",
    },
  },
  GEMINI_MODEL: {
    values: {
      GEMINI_PRO: "'gemini-pro'",
      GEMINI_PRO_LATEST: "'gemini-1.5-pro-latest'",
      GEMINI_PRO_1_5: "'gemini-1.5-pro'",
      GEMINI_PRO_1_5_LATEST: "'gemini-1.5-pro-latest'",
      GEMINI_PRO_1_5_FLASH: "'gemini-1.5-flash'",
      GEMINI_2_0_FLASH: "'gemini-2.0-flash'",
      GEMINI_2_0_FLASH_LITE: "'gemini-2.0-flash-lite'",
      GEMINI_2_5_FLASH: "'gemini-2.5-flash'",
      GEMINI_2_5_PRO: "'gemini-2.5-pro'",
    },
  },
  GEMINI_EMBEDDING_MODEL: {
    values: { EMBEDDING_001: "'embedding-001'", TEXT_EMBEDDING_004: "'text-embedding-004'" },
  },
};
