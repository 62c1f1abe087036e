import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { PROVIDERS, type Provider } from './providers.ts';

/** The applications that there are. */
export const TEMPLATES = ['chat', 'rag', 'extraction', 'agent'] as const;

/** One of {@link TEMPLATES}. */
export type Template = (typeof TEMPLATES)[number];

/** Everything that decides what is written. */
export interface AppOptions {
  readonly template: Template;
  /** The name in package.json, which npm must take. */
  readonly packageName: string;
  /** Whose models the application can ask, at least one; the first is what its README begins with. */
  readonly providers: readonly Provider[];
}

/** What was said on the command line; what is absent is asked for, or has a default. */
export interface AppFlags {
  /** The folder as it was typed, absolute or from where the program runs. */
  readonly folder?: string | undefined;
  readonly template?: Template | undefined;
  readonly providers: readonly Provider[];
  readonly packageName?: string | undefined;
  readonly yes: boolean;
  readonly help: boolean;
}

/** Throws a `TypeError` with one sentence for what it does not know. */
export function parseFlags(args: readonly string[]): AppFlags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      template: { type: 'string', short: 't' },
      provider: { type: 'string' },
      package: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals.length > 1)
    throw new TypeError(
      `One folder is enough, not ${positionals.join(', ')}. Put a name with spaces in quotes.`,
    );
  const { template, provider = 'openai' } = values;
  return {
    folder: positionals[0],
    template: template === undefined ? undefined : templateOf(template),
    providers: providersOf(provider),
    packageName: values.package,
    yes: values.yes === true,
    help: values.help === true,
  };
}

/** The template of that name. Throws a `TypeError` that lists them for any other. */
export function templateOf(text: string): Template {
  const found = TEMPLATES.find((each) => each === text);
  if (found === undefined)
    throw new TypeError(`There is no template "${text}": take one of ${TEMPLATES.join(', ')}.`);
  return found;
}

function providersOf(text: string): Provider[] {
  const known = Object.keys(PROVIDERS) as Provider[];
  const names = new Set(text.split(',').map((name) => name.trim()));
  const unknown = [...names].filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0)
    throw new TypeError(
      `There is no provider "${unknown.join(', ')}": take of ${known.join(', ')}, with commas between.`,
    );
  return known.filter((each) => names.has(each));
}

/** Why a folder cannot be one; `undefined` when it can. */
export function folderProblem(folder: string): string | undefined {
  if (folder.trim() === '') return 'Say which folder to make, such as "my-app".';
  // oxlint-disable-next-line no-control-regex -- They are what is refused.
  if (/[\u0000-\u001f\u007f]/.test(folder))
    return 'The name of the folder holds characters that no terminal shows.';
  return undefined;
}

/** A package name from the last part of an absolute path; empty where nothing of it can be in one. */
export function packageNameOf(folder: string): string {
  return basename(folder)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 100);
}

/** Names that npm takes for its own. */
const RESERVED: ReadonlySet<string> = new Set(['', 'node_modules', 'node-modules', 'favicon.ico']);

/** Why a package name is none for npm; `undefined` when it is one. */
export function packageNameProblem(name: string): string | undefined {
  const isName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= 214;
  if (isName && !RESERVED.has(name)) return undefined;
  return `"${name}" is not a package name: give one in lower case, such as --package my-app.`;
}
