import { readdir } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { MortiseError } from '@mortise/core';
import { typed } from '@mortise/core/call';
import { checkOptions, checkTexts } from '@mortise/core/shared';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { glob } from 'tinyglobby';
import { ELSEWHERE, fileError, FilesReader, slashed, type FilesReaderOptions } from './files.ts';

/** Which files of a folder are read. */
export interface DirectoryReaderOptions extends Pick<FilesReaderOptions, 'formats' | 'id' | 'metadata'> {
  /** A folder, or a single file. */
  directory: string;
  /**
   * Globs relative to the folder, such as `['**\/*.md']`: `*` and `?` within a name, `**` for any number of folders, `[ab]`,
   * `{md,txt}`, and `!` before what is left out. They mind case: `*.md` is not `A.MD`, `*.[mM][dD]` is both. A folder is not
   * what it holds: write `notes/**`. Default: text, Markdown and the files that `formats` are for, in it and below, their ends
   * in capitals or not. PDF and HTML, when no format is given for them, are reported (`missing-dependency`) rather than
   * passed over: an index would take them for gone. `exclude` leaves them out.
   */
  include?: readonly string[] | undefined;
  /** Globs, as of `include`, of what is left out, such as `['drafts/**']`; besides what `hidden` and `dependencies` say. */
  exclude?: readonly string[] | undefined;
  /** Read files and folders whose names begin with a dot. Default: false. */
  hidden?: boolean | undefined;
  /** Read `node_modules` and `.git` below the folder. Default: false. */
  dependencies?: boolean | undefined;
  /** Follow symbolic links. Default: false, they may lead out of the folder and in circles. */
  followLinks?: boolean | undefined;
}

const OWN_ENDS = ['.md', '.mdx', '.markdown', '.txt', '.text'];

/**
 * The files that are read unless something else is asked for, those of `formats` aside: names that end in `.md`, `.mdx`,
 * `.markdown`, `.txt` or `.text`, in capitals or not, in the folder and below. As globs, of which the first is `**\/*.[mM][dD]`.
 */
export const DEFAULT_INCLUDE: readonly string[] = /* @__PURE__ */ OWN_ENDS.map(withEnd);

/**
 * The files of a folder, as `FilesReader` reads them, in the order of their paths. The id of a document and its
 * `metadata.path` are the path of its file from the folder, with `/`, such as `notes/oak.md`; a format that makes several
 * documents of a file adds to the id, and `id` makes another one. `include: ['**\/*.md']` takes Markdown alone, `['notes/*.md']`
 * that of one folder. A folder without any such file yields nothing; one that does not exist rejects with
 * `not-found`.
 */
export class DirectoryReader implements Reader {
  readonly #options: DirectoryReaderOptions;

  constructor(options: DirectoryReaderOptions) {
    this.#options = checkOptions(options, 'configuration');
    const { include, exclude } = this.#options;
    for (const [name, globs] of Object.entries({ include, exclude }))
      if (globs !== undefined) checkTexts(name, globs);
  }

  async *read(given: ReadOptions = {}): AsyncGenerator<Document> {
    const options = checkOptions(given);
    try {
      yield* this.#read(options);
    } catch (error) {
      throw typed(error, options.signal);
    }
  }

  async *#read(options: ReadOptions): AsyncGenerator<Document> {
    options.signal?.throwIfAborted();
    const { directory, formats, id, metadata } = this.#options;
    const isFile = await this.#isFile();
    const files = isFile ? [basename(directory)] : await this.#list(options.signal);
    const root = isFile ? dirname(directory) : directory;
    yield* new FilesReader({ files, root, formats, id, metadata }).read(options);
  }

  async #isFile(): Promise<boolean> {
    const { directory } = this.#options;
    try {
      return (await stat(directory)).isFile();
    } catch (error) {
      const failure = fileError(directory, error);
      if (failure.code !== 'not-found') throw failure;
      const message = `There is no folder ${directory}. Check the path.`;
      throw new MortiseError('not-found', message, { cause: error });
    }
  }

  async #list(signal: AbortSignal | undefined): Promise<string[]> {
    const {
      directory,
      formats = {},
      include = [...DEFAULT_INCLUDE, ...[...Object.keys(formats), ...ELSEWHERE.keys()].map(withEnd)],
      exclude = [],
      hidden,
      dependencies,
      followLinks,
    } = this.#options;
    const unreadable: string[] = [];
    const files = await glob(include, {
      cwd: directory,
      dot: hidden ?? false,
      ignore: [...exclude, ...(dependencies === true ? [] : ['**/node_modules/**', '**/.git/**'])],
      followSymbolicLinks: followLinks ?? false,
      // A pattern that names a folder means the folder, not everything below.
      expandDirectories: false,
      fs: { readdir: noting((folder) => unreadable.push(folder)) },
      ...(signal === undefined ? {} : { signal }),
    });
    // Reading such a folder fails once more, and is then reported like a file.
    for (const folder of unreadable) files.push(slashed(relative(directory, folder)) || '.');
    signal?.throwIfAborted();
    return files.sort();
  }
}

/** Files whose names end so, in capitals or not. */
function withEnd(end: string): string {
  const letters = end.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  return `**/*${letters}`;
}

/** tinyglobby passes over folders that it cannot list; what is passed over in silence looks like an empty folder. */
function noting(onFailure: (folder: string) => void): typeof readdir {
  const noted = (
    folder: string,
    options: object,
    done: (error: Error | null, entries: never) => void,
  ): void => {
    readdir(folder, options, (error, entries) => {
      if (error !== null) onFailure(folder);
      done(error, entries as never);
    });
  };
  return noted as unknown as typeof readdir;
}
