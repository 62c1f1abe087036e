import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A document that others wrote, at the place where the install put it. */
export interface EvaluationDocument {
  /** Package and file, such as `openai/README.md`: how the questions name it. */
  readonly name: string;
  readonly path: string;
}

interface Questions {
  readonly documents: readonly Place[];
  readonly answerable: readonly Answerable[];
  readonly unanswerable: readonly Unanswerable[];
}

interface Place {
  readonly package: string;
  readonly file: string;
  /** The workspace folder that depends on the package, or on the first of `through`. */
  readonly workspace: string;
  /** The packages between that folder and this package, for a dependency of a dependency. */
  readonly through?: readonly string[];
}

/** `tune` was looked at when the thresholds were set, `check` was not. */
export interface Unanswerable {
  readonly split: 'tune' | 'check';
  readonly question: string;
}

export interface Answerable extends Unanswerable {
  /** The name of the document that answers it. */
  readonly source: string;
  /** What stands there, white space aside. */
  readonly phrase: string;
}

const root = resolve(import.meta.dirname, '../../..');

export const questions = JSON.parse(
  readFileSync(join(import.meta.dirname, 'questions.json'), 'utf8'),
) as Questions;

/** Every document of the set, found by Node's own rule for packages. */
export function findDocuments(): EvaluationDocument[] {
  return questions.documents.map((place) => {
    const chain = [...(place.through ?? []), place.package];
    const folder = chain.reduce(findPackage, join(root, place.workspace));
    return { name: `${place.package}/${place.file}`, path: join(folder, place.file) };
  });
}

/** Looked for as a folder, since few packages export their README. */
function findPackage(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) {
      throw new Error(`${name} is not installed for ${from}. Run pnpm install.`);
    }
  }
}
