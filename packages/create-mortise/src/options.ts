import { parseArgs } from 'node:util';

/** What an integration can bring. Each has a template of its own. */
export const CAPABILITIES = [
  'llm',
  'embedding',
  'reranker',
  'retriever',
  'parser',
  'vector-store',
  'reader',
] as const;

/** One of {@link CAPABILITIES}. */
export type Capability = (typeof CAPABILITIES)[number];

/** Everything that decides what is written. */
export interface ScaffoldOptions {
  /** Kebab case, such as `acme`: the provider's name in options, events and errors. */
  readonly name: string;
  /** The package, such as `mortise-acme` or `@mortise/acme`. */
  readonly packageName: string;
  /** At least one. */
  readonly capabilities: readonly Capability[];
  /** The provider's SDK, a package with types, and the range of its versions. */
  readonly sdk?: { readonly name: string; readonly range: string } | undefined;
  /** The provider speaks OpenAI's wire, so that `@mortise/openai` does the translating. */
  readonly openAICompatible: boolean;
  /** In this repository, or one's own. */
  readonly target: 'workspace' | 'standalone';
}

/** What was said on the command line; what is absent is asked for, or has a default. */
export interface Flags {
  readonly name?: string | undefined;
  readonly packageName?: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly sdk?: string | undefined;
  readonly openAICompatible: boolean;
  readonly yes: boolean;
  readonly help: boolean;
}

/** Throws a `TypeError` with one sentence for what it does not know. */
export function parseFlags(args: readonly string[]): Flags {
  const switches = Object.fromEntries(
    CAPABILITIES.map((capability) => [capability, { type: 'boolean' as const }]),
  );
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...switches,
      sdk: { type: 'string' },
      package: { type: 'string' },
      'openai-compatible': { type: 'boolean' },
      yes: { type: 'boolean', short: 'y' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals.length > 1) throw new TypeError(`One name is enough, not ${positionals.join(', ')}.`);
  const given = values as Record<string, string | boolean | undefined>;
  const text = (key: string): string | undefined => (typeof given[key] === 'string' ? given[key] : undefined);
  return {
    name: positionals[0],
    packageName: text('package'),
    capabilities: CAPABILITIES.filter((capability) => given[capability] === true),
    sdk: text('sdk'),
    openAICompatible: given['openai-compatible'] === true,
    yes: given['yes'] === true,
    help: given['help'] === true,
  };
}

const RESERVED: ReadonlySet<string> = new Set([
  'core',
  'conformance',
  'rag',
  'stores',
  'mortise',
  'create-mortise',
  'test',
  'constructor',
]);

/** Why a name cannot be taken; `undefined` when it can. `taken` are the names that are. */
export function nameProblem(name: string, taken: readonly string[] = []): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40)
    return `"${name}" is not a name for an integration: write it in lower case with hyphens, such as "acme" or "acme-cloud".`;
  if (RESERVED.has(name)) return `"${name}" is reserved: take the name of the provider.`;
  if (taken.includes(name)) return `"${name}" is taken: an integration of that name exists.`;
  return undefined;
}

/** Why a package name is none for npm; `undefined` when it is one. */
export function packageNameProblem(name: string): string | undefined {
  if (/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= 214) return undefined;
  return `"${name}" is not a package name: write it in lower case, such as "mortise-acme" or "@acme/mortise".`;
}

/** Why these do not go together; `undefined` when they do. */
export function optionsProblem({ capabilities, sdk, openAICompatible }: ScaffoldOptions): string | undefined {
  if (capabilities.length === 0)
    return `Say what the integration brings: ${CAPABILITIES.map((each) => `--${each}`).join(' ')}.`;
  if (openAICompatible && sdk !== undefined)
    return 'Either --sdk or --openai-compatible: what speaks the wire of OpenAI needs no SDK of its own.';
  if (openAICompatible && !capabilities.some((each) => each === 'llm' || each === 'embedding'))
    return '--openai-compatible is for --llm and --embedding.';
  if (sdk !== undefined && !capabilities.some(hasConnection))
    return '--sdk is for what talks to a provider, which neither a parser nor the vector store of the template does.';
  return undefined;
}

/** Whether it sends requests through `src/client.ts`. */
export function hasConnection(capability: Capability): boolean {
  return capability !== 'parser' && capability !== 'vector-store';
}

/** `openai@^7.57.0` in its parts. */
export function sdkOf(text: string): { name: string; range: string | undefined } {
  const at = text.indexOf('@', 1);
  return at < 0
    ? { name: text, range: undefined }
    : { name: text.slice(0, at), range: text.slice(at + 1).replace(/^(?=\d)/, '^') };
}
