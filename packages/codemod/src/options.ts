import { parseArgs } from 'node:util';
import { MortiseError } from '@mortise/core';
import type { Library } from './engine/contract.ts';
import { langchain } from './langchain/library.ts';
import { llamaindex } from './llamaindex/library.ts';

const LIBRARIES: readonly Library[] = [llamaindex, langchain];

export const USAGE = `Usage: npx @mortise/codemod llamaindex|langchain PATH [options]

  --dry-run   shows what would change, as a diff, and writes nothing
  --partial   also changes files of which something is left to do by hand; they do not compile until it is done
  --force     writes although git has changes in PATH that are not committed, or PATH is in no repository
  --json      prints what was done as JSON
  --help      prints this

Exit codes: 0 everything was brought over, or nothing was there; 1 something is listed; 2 it could not run.
`;

/** What the command line asks for. */
export interface CommandOptions {
  readonly library: Library;
  readonly path: string;
  readonly dryRun: boolean;
  readonly partial: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** Undefined where help is asked for. Throws `configuration` for what is not understood. */
export function parseCommand(args: readonly string[]): CommandOptions | undefined {
  const flag = { type: 'boolean', default: false } as const;
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': flag, partial: flag, force: flag, json: flag, help: flag },
    });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  const [name, path, ...others] = positionals;
  const library = LIBRARIES.find((each) => each.name === name);
  if (library === undefined)
    throw wrong(
      `${name === undefined ? 'No library is named' : `${name} is no library that the codemod knows`}. Name llamaindex or langchain.`,
    );
  if (path === undefined)
    throw wrong('No path is given. Name the folder or the file to bring over, such as src.');
  if (others.length > 0) throw wrong(`There is more than one path: ${others.join(', ')}. Run once for each.`);
  return {
    library,
    path,
    dryRun: values['dry-run'],
    partial: values.partial,
    force: values.force,
    json: values.json,
  };
}

function wrong(message: string, cause?: unknown): MortiseError {
  return new MortiseError('configuration', message, { cause });
}
