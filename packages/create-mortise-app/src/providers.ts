/** How a new application reaches the models of one package. */
interface ProviderParts {
  readonly packageName: string;
  readonly imports: readonly string[];
  /** What `LLM=name:model` makes, as an expression with `model` in it. */
  readonly models: Readonly<Record<string, string>>;
  /** The variable of a key, and what is asked where it is set and nothing else was said. */
  readonly keys: Readonly<Record<string, string>>;
}

/** The providers that an application can begin with: the package of each, and what it adds to `src/model.ts` and `.env.example`. */
export const PROVIDERS = {
  openai: {
    packageName: '@mortise/openai',
    imports: [
      "import { OpenAILLM } from '@mortise/openai';",
      "import { groq, ollama, openrouter } from '@mortise/openai/presets';",
    ],
    models: {
      openai: 'new OpenAILLM({ model })',
      ollama: 'new OpenAILLM({ ...ollama, model })',
      groq: 'new OpenAILLM({ ...groq, model })',
      openrouter: 'new OpenAILLM({ ...openrouter, model })',
    },
    keys: { OPENAI_API_KEY: 'openai:gpt-5.4-mini', GROQ_API_KEY: 'groq:openai/gpt-oss-120b' },
  },
  anthropic: {
    packageName: '@mortise/anthropic',
    imports: ["import { AnthropicLLM } from '@mortise/anthropic';"],
    models: { anthropic: 'new AnthropicLLM({ model })' },
    keys: { ANTHROPIC_API_KEY: 'anthropic:claude-sonnet-5-5' },
  },
  google: {
    packageName: '@mortise/google',
    imports: ["import { GoogleLLM } from '@mortise/google';"],
    models: { google: 'new GoogleLLM({ model })' },
    keys: { GEMINI_API_KEY: 'google:gemini-2.5-flash' },
  },
  mistral: {
    packageName: '@mortise/mistral',
    imports: ["import { MistralLLM } from '@mortise/mistral';"],
    models: { mistral: 'new MistralLLM({ model })' },
    keys: { MISTRAL_API_KEY: 'mistral:mistral-small-latest' },
  },
  cohere: {
    packageName: '@mortise/cohere',
    imports: ["import { CohereLLM } from '@mortise/cohere';"],
    models: { cohere: 'new CohereLLM({ model })' },
    keys: { CO_API_KEY: 'cohere:command-a-03-2025' },
  },
} as const satisfies Record<string, ProviderParts>;

/** Whose models an application can ask. */
export type Provider = keyof typeof PROVIDERS;

/** `src/model.ts`: which model is asked, in one place. */
export function modelFile(providers: readonly Provider[], hasEmbedding: boolean): string {
  const chosen: readonly ProviderParts[] = providers.map((each) => PROVIDERS[each]);
  const models = chosen.flatMap((each) => Object.entries(each.models));
  const keys = chosen.flatMap((each) => Object.entries(each.keys));
  const others: readonly ProviderParts[] = (Object.keys(PROVIDERS) as Provider[])
    .filter((each) => !providers.includes(each))
    .map((each) => PROVIDERS[each]);
  const imports = [
    "import { existsSync } from 'node:fs';",
    `import type { ${hasEmbedding ? 'EmbeddingModel, ' : ''}LLM } from '@mortise/core';`,
    ...(hasEmbedding ? ["import { EnergeticAIEmbedding } from '@mortise/energetic-ai';"] : []),
    ...chosen.flatMap((each) => each.imports),
  ];
  const notInstalled =
    others.length === 0
      ? ''
      : `/** Packages that are not installed: each needs \`npm install\`, an import above and a case below. */
const NOT_INSTALLED: Readonly<Record<string, string>> = {
${others.flatMap((each) => Object.keys(each.keys).map((key) => `  ${key}: '${each.packageName}',`)).join('\n')}
};

`;
  const hint =
    others.length === 0
      ? ''
      : `    for (const [variable, name] of Object.entries(NOT_INSTALLED))
      if (env[variable]) console.error(\`\${variable} is set. To use it: npm install \${name}, then src/model.ts.\`);
`;
  return `${imports.join('\n')}

/** The model where a key is set and \`LLM\` is not. */
const BY_KEY: Readonly<Record<string, string>> = {
${keys.map(([variable, choice]) => `  ${variable}: '${choice}',`).join('\n')}
};

${notInstalled}/**
 * The model that \`LLM\` names (\`${models[0]?.[0]}:MODEL\`), or the one of a key that is set; without either the stand-in, which
 * is not a model and says so. Nothing is sent before the first call.
 */
export function chooseModel(standIn: () => LLM): LLM {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { env } = process;
  const key = Object.keys(BY_KEY).find((variable) => env[variable]);
  const choice = env['LLM'] || BY_KEY[key ?? ''];
  if (choice === undefined) {
    console.error('This is a stand-in and not a language model. README.md says how to ask one.');
${hint}    return standIn();
  }
  const [provider, ...rest] = choice.split(':');
  const model = rest.join(':');
  switch (provider) {
${models.map(([name, made]) => `    case '${name}':\n      return ${made};`).join('\n')}
    default:
      throw new TypeError(\`LLM=\${choice}: write provider:model, of ${models.map(([name]) => name).join(', ')}.\`);
  }
}
${hasEmbedding ? EMBEDDING : ''}`;
}

const EMBEDDING = `
/** A small English model that runs here, its weights inside the package. The index is made anew when you take another. */
export function chooseEmbedding(): EmbeddingModel {
  return new EnergeticAIEmbedding();
}
`;

/** \`.env.example\`: what \`src/model.ts\` reads. */
export function environmentFile(providers: readonly Provider[]): string {
  const keys = providers.flatMap((each) => Object.keys(PROVIDERS[each].keys));
  const [name] = Object.keys(PROVIDERS[providers[0] ?? 'openai'].models);
  return `# Copy to .env, which git does not see. Without a key the application runs on a stand-in.
${keys.map((key) => `${key}=`).join('\n')}
# A model by its provider, such as ${name}:MODEL. Without it, the key that is set decides.
LLM=
`;
}

/** The section of the README that says how another model is asked. */
export function modelsSection(providers: readonly Provider[]): string {
  const keys = providers.flatMap((each) => Object.keys(PROVIDERS[each].keys));
  const others = (Object.keys(PROVIDERS) as Provider[]).filter((each) => !providers.includes(each));
  const lines = [
    'Without a key a stand-in answers: rules in `src/stand-in.ts`, no network. With one a model does:',
    '',
    '```sh',
    'cp .env.example .env   # then write your key into it',
    'npm start',
    '```',
    '',
    `\`.env\` takes ${keys.map((key) => `\`${key}\``).join(', ')}, or \`LLM=provider:model\`${providers.includes('openai') ? ', such as `LLM=ollama:qwen3` for a model on this machine' : ''}.`,
  ];
  if (others.length > 0)
    lines.push(
      `Another provider is \`npm install @mortise/${others[0]}\`, an import and a case in \`src/model.ts\`; there are also`,
      `${others
        .slice(1)
        .map((each) => `\`@mortise/${each}\``)
        .join(', ')}.`,
    );
  return lines.join('\n');
}
