import type { CallExpression, Node } from 'ts-morph';
import type { NameRules, Rewriting } from '../engine/contract.ts';
import { literalText, membersOf } from '../engine/syntax.ts';
import { azureRule } from '../shared/azure.ts';
import {
  anyJson,
  EMBEDDING_OPTIONS,
  LLM_OPTIONS,
  madeText,
  modelRule,
  nested,
  ollamaHost,
  optionsText,
  type ModelRow,
  type OptionRule,
} from '../shared/models.ts';

const OPENAI = '@mortise/openai';
const CHAT = [['api', "'chat-completions'"]] as const;

const OPTIONS: Readonly<Record<string, OptionRule>> = {
  ...LLM_OPTIONS,
  openAIApiKey: 'apiKey',
  anthropicApiKey: 'apiKey',
  googleApiKey: 'apiKey',
  stop: { call: 'stop' },
  configuration: nested({
    baseURL: 'baseURL',
    basePath: 'baseURL',
    apiKey: 'apiKey',
    defaultHeaders: 'headers',
  }),
  logprobs: {
    make: (value, file) => [['call:providerOptions', `{ openai: { logprobs: ${file.render(value)} } }`]],
  },
  modelKwargs: { make: (value, file) => [['call:providerOptions', `{ openai: ${file.render(value)} }`]] },
  maxConcurrency: { drop: 'maxConcurrency: withRateLimit(llm, { concurrency }) bounds the calls at once.' },
  tags: { drop: 'tags have no counterpart: events say which model was asked.' },
  format: anyJson,
  cache: {
    make: (value) =>
      value.getText() === 'true' ? [['call:cache', 'true']] : value.getText() === 'false' ? [] : undefined,
  },
};

const row = (given: Partial<ModelRow> & Pick<ModelRow, 'name' | 'from'>): ModelRow => ({
  options: OPTIONS,
  ...given,
});

const chat = (of: ModelRow): NameRules => ({ construct: { kind: 'chat model', rule: modelRule(of) } });
const text = (of: ModelRow): NameRules => ({ construct: { kind: 'text model', rule: modelRule(of) } });

/** Models of OpenAI's completions endpoint, which Mortise does not speak. */
const refuses = (model: string): string | undefined =>
  /instruct|davinci|babbage/.test(model)
    ? `${model} is served by OpenAI's completions endpoint alone. Choose a chat model.`
    : undefined;

const openAI = row({
  name: 'OpenAILLM',
  from: OPENAI,
  fixed: CHAT,
  model: "'gpt-3.5-turbo'",
  refuses,
});
const completions = row({
  ...openAI,
  model: "'gpt-4o-mini'",
  modelNote:
    "No model was named: gpt-3.5-turbo-instruct, of OpenAI's completions endpoint, was the default. Mortise asks chat models: gpt-4o-mini is written in its place. Choose one.",
});
const ollama = row({
  name: 'OpenAILLM',
  from: OPENAI,
  preset: 'ollama',
  model: "'llama3'",
  options: { ...OPTIONS, baseUrl: ollamaHost },
});
const vertex = row({
  name: 'GoogleLLM',
  from: '@mortise/google',
  fixed: [
    ['project', "process.env.GOOGLE_CLOUD_PROJECT ?? ''"],
    ['location', "'us-central1'"],
  ],
  model: "'gemini-1.5-pro'",
  note: 'The project was found by the credentials; here it is GOOGLE_CLOUD_PROJECT. LangChain asks in us-central1 unless told, which is written out.',
});
const bedrockOptions: Readonly<Record<string, OptionRule>> = {
  ...OPTIONS,
  region: 'region',
  credentials: 'credentials',
};
const server = (preset: string, model?: string): ModelRow =>
  row({ name: 'OpenAILLM', from: OPENAI, preset, model });

const embedding = (given: Partial<ModelRow> & Pick<ModelRow, 'name' | 'from'>): NameRules => ({
  construct: {
    kind: 'embedding',
    rule: modelRule({
      options: {
        ...EMBEDDING_OPTIONS,
        openAIApiKey: 'apiKey',
        verbose: OPTIONS['verbose'] as OptionRule,
        configuration: OPTIONS['configuration'] as OptionRule,
      },
      ...given,
    }),
  },
  type: { name: given.name, from: given.from, kind: 'embedding' },
});

const anthropic = row({
  name: 'AnthropicLLM',
  from: '@mortise/anthropic',
  model: "'claude-3-5-sonnet-latest'",
  modelNote: 'No model was named: claude-3-5-sonnet-latest is written out. Choose one that is served.',
  options: {
    ...OPTIONS,
    clientOptions: nested({ baseURL: 'baseURL', defaultHeaders: 'headers' }),
    thinking: {
      make: (value) => {
        const budget = membersOf(value)?.get('budget_tokens');
        return budget === undefined
          ? undefined
          : [['call:reasoning', `{ budgetTokens: ${budget.getText()} }`]];
      },
    },
  },
});
const mistral = row({ name: 'MistralLLM', from: '@mortise/mistral', model: "'mistral-small-latest'" });
const google = row({
  name: 'GoogleLLM',
  from: '@mortise/google',
  model: "'gemini-1.5-flash'",
  options: {
    ...OPTIONS,
    safetySettings: {
      make: (value, file) => [
        ['call:providerOptions', `{ google: { safetySettings: ${file.render(value)} } }`],
      ],
    },
  },
});

/** Providers of `initChatModel`, by their names, and by how the names of their models begin. */
const PROVIDERS: readonly (readonly [name: string, begins: RegExp | undefined, row: ModelRow])[] = [
  ['openai', /^(?:gpt|o1|o3|o4)/, openAI],
  ['anthropic', /^claude/, anthropic],
  ['google-genai', undefined, google],
  ['google-vertexai', /^gemini/, vertex],
  ['mistralai', /^mistral/, mistral],
  ['ollama', undefined, ollama],
  ['groq', undefined, server('groq')],
  ['fireworks', /^accounts\/fireworks/, server('fireworks')],
  ['together', undefined, server('together')],
];

/** `await initChatModel('openai:gpt-4o', { temperature })`: the model of the provider that its name tells. */
function anyModel(node: CallExpression, file: Rewriting): string {
  const [model, options] = node.getArguments();
  const name = literalText(model);
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  if (name === undefined || members === undefined)
    return file.cannot(node, 'Which model it is is decided while the program runs.');
  const [, before, rest] = /^([\w-]+):(.*)$/.exec(name) ?? [];
  const provider = literalText(members.get('modelProvider')) ?? before;
  const found = PROVIDERS.find(([each, begins]) =>
    provider === undefined ? begins?.test(name) : each === provider,
  );
  if (found === undefined) return file.cannot(node, 'The provider has no counterpart.');
  members.delete('modelProvider');
  const text = `'${rest !== undefined && provider === before ? rest : name}'`;
  const parts = optionsText({ ...found[2], model: text }, members, node, file, true);
  return typeof parts === 'string' ? file.cannot(node, parts) : madeText(found[2], parts, file);
}

export const MODELS: Readonly<Record<string, NameRules>> = {
  ChatOpenAI: { ...chat(openAI), type: { name: 'OpenAILLM', from: OPENAI, kind: 'chat model' } },
  OpenAI: text(completions),
  AzureChatOpenAI: {
    construct: { kind: 'chat model', rule: azureRule('OpenAILLM', CHAT, "'gpt-35-turbo'") },
  },
  AzureOpenAI: { construct: { kind: 'text model', rule: azureRule('OpenAILLM', CHAT, "'gpt-35-turbo'") } },
  AzureOpenAIEmbeddings: {
    construct: { kind: 'embedding', rule: azureRule('OpenAIEmbedding', [], "'text-embedding-ada-002'") },
  },
  ChatAnthropic: chat(anthropic),
  initChatModel: { call: { kind: 'chat model', rule: anyModel, sync: true } },
  ChatMistralAI: chat(mistral),
  ChatGoogleGenerativeAI: chat(google),
  ChatVertexAI: chat(vertex),
  VertexAI: text(vertex),
  ChatBedrockConverse: chat(row({ name: 'BedrockLLM', from: '@mortise/bedrock', options: bedrockOptions })),
  ChatOllama: chat(ollama),
  Ollama: text(ollama),
  ChatGroq: chat(server('groq')),
  ChatXAI: chat(server('xai')),
  ChatDeepSeek: chat(server('deepseek')),
  ChatTogetherAI: chat(server('together', "'mistralai/Mixtral-8x7B-Instruct-v0.1'")),
  TogetherAI: text(server('together')),
  ChatFireworks: chat(server('fireworks', "'accounts/fireworks/models/llama-v2-13b-chat'")),
  Fireworks: text(server('fireworks', "'accounts/fireworks/models/llama-v2-13b'")),
  OpenAIEmbeddings: embedding({ name: 'OpenAIEmbedding', from: OPENAI, model: "'text-embedding-ada-002'" }),
  MistralAIEmbeddings: embedding({
    name: 'MistralEmbedding',
    from: '@mortise/mistral',
    model: "'mistral-embed'",
  }),
  FireworksEmbeddings: embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    preset: 'fireworks',
    model: "'nomic-ai/nomic-embed-text-v1.5'",
  }),
  TogetherAIEmbeddings: embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    preset: 'together',
    model: "'togethercomputer/m2-bert-80M-8k-retrieval'",
  }),
  OllamaEmbeddings: embedding({
    name: 'OpenAIEmbedding',
    from: OPENAI,
    preset: 'ollama',
    model: "'mxbai-embed-large'",
    options: { ...EMBEDDING_OPTIONS, baseUrl: ollamaHost },
  }),
  CohereEmbeddings: embedding({ name: 'CohereEmbedding', from: '@mortise/cohere' }),
  GoogleGenerativeAIEmbeddings: embedding({
    name: 'GoogleEmbedding',
    from: '@mortise/google',
    model: "'embedding-001'",
  }),
  BedrockEmbeddings: embedding({
    name: 'BedrockEmbedding',
    from: '@mortise/bedrock',
    model: "'amazon.titan-embed-text-v1'",
    options: { ...EMBEDDING_OPTIONS, region: 'region', credentials: 'credentials' },
  }),
};
