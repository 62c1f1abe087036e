import { parseArgs } from 'node:util';
import { AskError } from './failure.ts';

/** What the command line asks for. */
export interface Settings {
  /** A folder, as typed. Default: this repository's own documentation. */
  readonly docs?: string;
  readonly question?: string;
  readonly llm: ModelChoice;
  readonly embedding: ModelChoice;
  readonly baseURL?: string;
  /** A preset of `@mortise/openai/presets`, by its name. */
  readonly preset?: string;
  readonly verbose: boolean;
  readonly inspect: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** `openai:gpt-5-mini`, taken apart. The local choices have no model to name. */
export interface ModelChoice {
  readonly provider: string;
  readonly model?: string;
}

const OPTIONS = {
  docs: { type: 'string' },
  question: { type: 'string' },
  llm: { type: 'string' },
  embedding: { type: 'string' },
  'base-url': { type: 'string' },
  preset: { type: 'string' },
  verbose: { type: 'boolean' },
  inspect: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export const HELP = `Answers a question from a folder of text and Markdown files, with the sources it used.

Usage: pnpm start [options]

  --docs DIR               the folder to read; default: this repository's own documentation
  --question "TEXT"        the question; without it, the program asks in a terminal
  --llm PROVIDER:MODEL     openai:MODEL, or a model of anthropic, bedrock, cohere, google or mistral; without it
                           the answer is put together from sentences of the sources, on this machine
  --embedding WHICH        local (the default), openai:MODEL, or a model of bedrock, cohere, google, mistral or voyage
  --base-url URL           another address for the provider, such as a proxy
  --preset NAME            a server that speaks OpenAI's wire, for openai:MODEL: groq, ollama, openrouter
                           and the others of @mortise/openai/presets; it reads that server's own key
  --verbose                show what happens inside, on stderr
  --inspect                show it in a page on 127.0.0.1, whose address is printed; it stays open until ctrl-C
  --json                   write the answer as JSON, and nothing else, to stdout
  --help                   show this text

Keys are read from OPENAI_API_KEY, ANTHROPIC_API_KEY, CO_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY and VOYAGE_API_KEY; for bedrock
from AWS_BEARER_TOKEN_BEDROCK or where AWS's tools find them, with the region in AWS_REGION.
`;

const LLM_PROVIDERS = ['openai', 'anthropic', 'bedrock', 'cohere', 'google', 'mistral'];
const EMBEDDING_PROVIDERS = ['openai', 'bedrock', 'cohere', 'google', 'mistral', 'voyage'];

/** Throws an {@link AskError} for whatever it cannot make sense of: nothing is dropped in silence. */
export function parseArguments(argv: readonly string[]): Settings {
  const values = readOptions(argv);
  const { docs, question } = values;
  const llm = modelChoice('--llm', values.llm, 'extractive', LLM_PROVIDERS);
  const embedding = modelChoice('--embedding', values.embedding, 'local', EMBEDDING_PROVIDERS);
  const baseURL = values['base-url'];
  if (baseURL !== undefined) checkBaseURL(baseURL, llm, embedding);
  const { preset } = values;
  if (preset !== undefined && llm.provider !== 'openai' && embedding.provider !== 'openai')
    throw new AskError('--preset is for openai:MODEL, and none is named', 'Add --llm or --embedding.');
  return {
    llm,
    embedding,
    ...(docs === undefined ? {} : { docs }),
    ...(question === undefined ? {} : { question }),
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(preset === undefined ? {} : { preset }),
    verbose: values.verbose ?? false,
    inspect: values.inspect ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

type OptionName = keyof typeof OPTIONS;
type Values = {
  -readonly [Name in OptionName]?: (typeof OPTIONS)[Name]['type'] extends 'string' ? string : true;
};

/** By the tokens and not by `strict`, whose messages tell a programmer and not a user what is wrong. */
function readOptions(argv: readonly string[]): Values {
  // `pnpm start -- --docs x` hands the first `--` down to the program.
  const args = argv[0] === '--' ? argv.slice(1) : [...argv];
  const { tokens } = parseArgs({ args, options: OPTIONS, strict: false, tokens: true });
  const values: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new AskError(`"${token.value}" stands alone`, 'Put the question in quotes, after --question.');
    }
    if (token.kind === 'option-terminator') {
      throw new AskError('"--" may only stand before the options', 'Leave it out.');
    }
    const { name, rawName, value, inlineValue } = token;
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new AskError(`there is no option ${rawName}`, 'See --help for those there are.');
    }
    if (name in values) throw new AskError(`${rawName} is given twice`, 'Give it once.');
    values[name] = optionValue(rawName, OPTIONS[name as OptionName].type, value, inlineValue ?? false);
  }
  return values;
}

function optionValue(
  name: string,
  type: 'string' | 'boolean',
  value: string | undefined,
  inline: boolean,
): string | true {
  if (type === 'boolean') {
    if (value !== undefined) throw new AskError(`${name} takes no value`, `Write ${name} alone.`);
    return true;
  }
  // Without `=`, the next option would be taken for the value of one whose value was forgotten.
  if (value === undefined || value.trim() === '' || (!inline && value.startsWith('--'))) {
    throw new AskError(`${name} needs a value`, 'See --help.');
  }
  return value;
}

function modelChoice(
  option: string,
  text: string | undefined,
  local: string,
  providers: readonly string[],
): ModelChoice {
  if (text === undefined || text === local) return { provider: local };
  const at = text.indexOf(':');
  const provider = at < 0 ? text : text.slice(0, at);
  const model = at < 0 ? '' : text.slice(at + 1);
  if (!providers.includes(provider)) {
    const known = [local, ...providers.map((name) => `${name}:MODEL`)].join(', ');
    throw new AskError(`${option} does not know "${provider}"`, `It takes ${known}.`);
  }
  if (model.trim() === '') {
    throw new AskError(`${option} ${text} names no model`, `Write ${option} ${provider}:MODEL.`);
  }
  return { provider, model };
}

function checkBaseURL(text: string, llm: ModelChoice, embedding: ModelChoice): void {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new AskError(`--base-url "${text}" is not an address`, 'It begins with http:// or https://.');
  }
  const providers = new Set([llm, embedding].flatMap(({ provider, model }) => (model ? [provider] : [])));
  if (providers.size === 0) {
    throw new AskError('--base-url is for a provider, and none is named', 'Add --llm or --embedding.');
  }
  if (providers.size > 1) {
    const [one, other] = providers;
    throw new AskError(
      `--base-url cannot be both ${one}'s and ${other}'s`,
      'Use one provider, or leave it out.',
    );
  }
}
