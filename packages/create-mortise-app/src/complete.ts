import { resolve } from 'node:path';
import {
  folderProblem,
  packageNameOf,
  packageNameProblem,
  TEMPLATES,
  templateOf,
  type AppFlags,
  type AppOptions,
  type Template,
} from './options.ts';

/** Where the application goes, and how its author is asked. */
export interface Surroundings {
  /** Relative folders start here. */
  readonly cwd: string;
  /** Asks one question; absent where nobody answers. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** The application and its folder, absolute. */
export interface Plan extends AppOptions {
  readonly folder: string;
}

/** The options from the command line and from questions about the rest. Throws a `TypeError` with one sentence for what cannot be. */
export async function completeOptions(flags: AppFlags, { cwd, ask }: Surroundings): Promise<Plan> {
  const asking = flags.yes ? undefined : ask;
  const given = flags.folder ?? (await asking?.('Folder of the new application: '))?.trim() ?? '';
  const problem = folderProblem(given);
  if (problem !== undefined) throw new TypeError(problem);
  const folder = resolve(cwd, given);
  const packageName = flags.packageName ?? packageNameOf(folder);
  const nameProblem = packageNameProblem(packageName);
  if (nameProblem !== undefined) throw new TypeError(nameProblem);
  const template = flags.template ?? (await askTemplate(asking));
  return { folder, packageName, template, providers: flags.providers };
}

async function askTemplate(ask: Surroundings['ask']): Promise<Template> {
  const list = TEMPLATES.join(', ');
  if (ask === undefined) throw new TypeError(`Say what to make: --template, one of ${list}.`);
  return templateOf((await ask(`What it is, one of ${list}: `)).trim());
}
