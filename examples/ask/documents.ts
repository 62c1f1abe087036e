import { realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { DirectoryReader } from '@mortise/rag';
import type { Reader } from '@mortise/core/reader';
import { AskError } from './failure.ts';

/** What is read, and how it is called on screen. */
export interface Documents {
  /** Absolute, without symbolic links, so that one folder has one index. */
  readonly root: string;
  readonly label: string;
  readonly reader: Reader;
}

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What a newcomer reads of this repository: guides and READMEs, none of the sources. */
const OWN_DOCUMENTATION = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/**/*.md',
  '{packages,integrations,examples}/*/README.md',
];

export const SAMPLE_QUESTION = 'How do I swap one provider for another?';

/** The folder that was named, or this repository's own documentation. */
export function findDocuments(folder: string | undefined): Documents {
  if (folder === undefined) {
    const reader = new DirectoryReader({ directory: REPOSITORY, include: OWN_DOCUMENTATION });
    return { root: REPOSITORY, label: "Mortise's own documentation", reader };
  }
  const root = realpath(folder);
  return { root, label: relative('.', root) || root, reader: new DirectoryReader({ directory: root }) };
}

function realpath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AskError(`there is no folder ${folder}`, 'Check --docs.', { cause });
    }
    throw new AskError(`${folder} cannot be opened (${String(code)})`, 'Check its permissions.', { cause });
  }
}

/** Files that are there but cannot be read do not stop the rest; nothing at all to read does. */
export function nothingToRead(
  { label }: Documents,
  skipped: readonly { readonly reason: string }[],
): AskError {
  const [first] = skipped;
  if (first === undefined) {
    return new AskError(
      `${label} holds no text or Markdown file`,
      'Name another folder with --docs; .md, .mdx, .markdown, .txt and .text are read.',
    );
  }
  const files = skipped.length === 1 ? 'the only file' : `any of the ${skipped.length} files`;
  return new AskError(`${files} of ${label} cannot be read`, first.reason);
}
