import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DirectoryReader } from '@mortise/rag';
import type { Reader } from '@mortise/core/reader';
import { AskError } from './failure.ts';

/** What is read, and how it is called on screen. */
export interface Documents {
  /** The folder that paths are relative to. */
  readonly root: string;
  /** Tells one set of documents from another, wherever the program was started. */
  readonly key: string;
  readonly label: string;
  readonly reader: Reader;
}

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What a newcomer reads of this repository, which takes a dozen seconds to embed; neither sources, nor decisions, nor tables. */
const OWN_DOCUMENTATION = ['README.md', 'CONTRIBUTING.md', 'docs/README.md', 'docs/guides/*.md'];

export const SAMPLE_QUESTION = 'What must an integration implement?';

/** The folder that was named, or this repository's own documentation. */
export function findDocuments(folder: string | undefined): Documents {
  if (folder === undefined) {
    const reader = new DirectoryReader({ directory: REPOSITORY, include: OWN_DOCUMENTATION });
    // Not the folder alone: `--docs` may name it, and then means all that is in it.
    const key = `${REPOSITORY} ${OWN_DOCUMENTATION.join(' ')}`;
    return { root: REPOSITORY, key, label: "Mortise's own documentation", reader };
  }
  const path = realpath(folder);
  const root = statSync(path).isFile() ? dirname(path) : path;
  const reader = new DirectoryReader({ directory: path });
  return { root, key: path, label: folder, reader };
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
  if (skipped.length === 1)
    return new AskError(first.reason.replace(/\.$/, ''), 'Or name another folder with --docs.');
  return new AskError(
    `none of the ${skipped.length} files of ${label} can be read`,
    `The first: ${first.reason}`,
  );
}
