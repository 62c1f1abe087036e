import { systemCode } from '@mortise/core/store';
import { stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { errorText, isMortiseError, MortiseError, type JsonObject } from '@mortise/core';
import { canonicalJson, checkOptions, checkTexts, reading, sha256Hex } from '@mortise/core/shared';
import { BaseReader, type FileFormat, type ReadCall, type ReadItem } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { hashOfFile, readingOf } from './read-file.ts';
import { excluded } from './shown.ts';
import { markdownFormat, textFormat } from './text.ts';

export interface FilesReaderOptions {
  /** Paths, relative to `root` or absolute, read in this order. */
  files: readonly string[];
  /** Default: the working directory. */
  root?: string | undefined;
  /**
   * How files are read, by the ends of their names, such as `.csv`. Besides these, `.md`, `.mdx` and `.markdown` are read
   * as Markdown and what has no format as text.
   */
  formats?: Readonly<Record<string, FileFormat>> | undefined;
  /** The id of a document, by its path as given, with `/`. Default: that path. It must be the same in every run. */
  id?: ((path: string) => string) | undefined;
  /** Added to the metadata of every document. */
  metadata?: JsonObject | undefined;
}

/**
 * Files as documents, one at a time, each by its format. Metadata: `path` (as given, with `/`), `mediaType`, and what the
 * format adds. The version of an item is the size and the times of its file. Where its format has a fingerprint, the
 * options of the reader are part of it, and `contentHash` is over the bytes and these options: an index then reads
 * again only what is another file, or is read in another way. A file that is not empty and has no text is a failure.
 */
export class FilesReader extends BaseReader<FileItem> {
  readonly #files: readonly string[];
  readonly #root: string;
  readonly #formats: ReadonlyMap<string, FileFormat>;
  readonly #id: (path: string) => string;
  readonly #metadata: JsonObject;

  constructor(given: FilesReaderOptions) {
    super();
    const options = checkOptions(given, 'configuration');
    this.#files = checkTexts('The list of files', options.files);
    this.#root = options.root ?? '.';
    const formats = reading('formats', () => ({ ...FORMATS, ...options.formats }), 'configuration');
    this.#formats = new Map(Object.entries(formats).map(([end, format]) => [end.toLowerCase(), format]));
    this.#id = options.id ?? ((path) => path);
    this.#metadata = options.metadata ?? {};
  }

  doList(): Promise<FileItem[]> {
    return Promise.all(
      this.#files.map(async (file) => {
        const path = slashed(file);
        const location = posix.isAbsolute(path) ? file : join(this.#root, file);
        const manner = this.#mannerOf(path);
        const version = await versionOf(location, manner);
        const item: FileItem = { id: path, location, ...(version === undefined ? {} : { version }) };
        if (manner === undefined) return item;
        const contentHash = async (signal?: AbortSignal): Promise<string> =>
          sha256Hex(`${manner}\n${item.hash ?? (await hashOfFile(location, signal))}`);
        return Object.assign(item, { contentHash });
      }),
    );
  }

  /** How a file is read, as a hash; undefined where that cannot be told. */
  #mannerOf(path: string): string | undefined {
    const format = this.#findFormat(path);
    if (!('read' in format) || format.fingerprint === undefined) return undefined;
    return sha256Hex(canonicalJson([format.fingerprint, this.#id(path), this.#metadata]));
  }

  async *doRead(item: FileItem, call: ReadCall): AsyncGenerator<Document> {
    const { id: path, location } = item;
    delete item.hash;
    let found = 0;
    let problems = 0;
    const watched: ReadCall = {
      ...call,
      report: (failure) => {
        problems += 1;
        call.report(failure);
      },
    };
    try {
      const reading = readingOf(path, this.#id(path), location, call.signal);
      // Awaited, since what a format of others gives may be a promise, whose rejection is then heard.
      const documents = await Promise.resolve(this.#formatOf(path).read(reading.file, watched));
      for await (const document of documents) {
        if (reading.size > 0 && document.text.trim() === '') continue;
        found += 1;
        yield withMetadata(document, this.#metadata);
      }
      if (reading.hash !== undefined) item.hash = reading.hash;
      if (found === 0 && problems === 0 && reading.size > 0) throw withoutText(path, reading.size);
    } catch (error) {
      throw fileError(path, error);
    }
  }

  #formatOf(path: string): FileFormat {
    const found = this.#findFormat(path);
    if ('read' in found) return found;
    const { end, package: name, factory } = found;
    const message = `${path} cannot be read: nothing was given that reads ${end}. npm install ${name}, and give formats: { '${end}': ${factory}() }; or leave such files out.`;
    throw new MortiseError('missing-dependency', message);
  }

  #findFormat(path: string): FileFormat | Elsewhere {
    for (const end of endsOf(path)) {
      const found = this.#formats.get(end) ?? ELSEWHERE.get(end);
      if (found !== undefined) return found;
    }
    return TEXT;
  }
}

/** With `/` between folders; elsewhere than on Windows a backslash is a character of a name. */
export function slashed(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path;
}

/** The ends of a file's name, the longest first, in small letters: `.tar.gz`, `.gz`. */
function endsOf(path: string): string[] {
  const name = posix.basename(path).toLowerCase();
  const ends: string[] = [];
  for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) ends.push(name.slice(at));
  return ends;
}

/** A file, and where it lies. */
export interface FileItem extends ReadItem {
  readonly location: string;
  /** Of its bytes, once it was read. */
  hash?: string;
}

const TEXT = /* @__PURE__ */ textFormat();
const MARKDOWN = /* @__PURE__ */ markdownFormat();
const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.md': MARKDOWN,
  '.mdx': MARKDOWN,
  '.markdown': MARKDOWN,
};

/** What is not text as it stands, and which package reads it. */
interface Elsewhere {
  readonly end: string;
  readonly package: string;
  readonly factory: string;
}

export const ELSEWHERE: ReadonlyMap<string, Elsewhere> = /* @__PURE__ */ elsewhere();

function elsewhere(): ReadonlyMap<string, Elsewhere> {
  const html = { package: '@mortise/html', factory: 'htmlFormat' };
  const all = [
    { end: '.pdf', package: '@mortise/pdf', factory: 'pdfFormat' },
    ...['.html', '.htm', '.xhtml', '.xht'].map((end) => ({ end, ...html })),
  ];
  return new Map(all.map((one) => [one.end, one]));
}

/** Undefined where there is none: reading will say why. */
async function versionOf(location: string, manner: string | undefined): Promise<string | undefined> {
  const found = await stat(location, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  // The second time is that of the last change of any kind, which nobody can set back.
  const file = `${found.size}-${found.mtimeNs}-${found.ctimeNs}`;
  return manner === undefined ? file : `${file}-${manner.slice(0, 16)}`;
}

function withoutText(path: string, size: number): MortiseError {
  const message = `${path} cannot be read: there is no text in its ${size} bytes. Check that it is what its name says and how it is read, or leave it out.`;
  return new MortiseError('parse', message);
}

function withMetadata(document: Document, extra: JsonObject): Document {
  if (Object.keys(extra).length === 0) return document;
  const { path, ...own } = document.metadata;
  const metadata = { ...own, ...structuredClone(extra), ...(path === undefined ? {} : { path }) };
  const { excludedEmbedMetadataKeys = [] } = document;
  return {
    ...document,
    metadata,
    excludedEmbedMetadataKeys: [...excludedEmbedMetadataKeys, ...excluded(extra).excludedEmbedMetadataKeys],
  };
}

/** A failure of the file system in words. */
export function fileError(path: string, error: unknown): MortiseError {
  // A format has made what the file system threw an error of ours, without its words.
  if (isMortiseError(error, 'internal') && error.cause !== undefined && !isMortiseError(error.cause))
    return fileError(path, error.cause);
  if (isMortiseError(error)) return error;
  const code = systemCode(error);
  const found = code !== undefined && Object.hasOwn(FILE_ERRORS, code) ? FILE_ERRORS[code] : undefined;
  if (code === 'ENOENT' && path.includes('\ufffd')) {
    const message = `${path} cannot be read: its name is not UTF-8. Rename it.`;
    return new MortiseError('not-found', message, { cause: error });
  }
  const [kind, text] = found ?? ['internal', errorText(error)];
  return new MortiseError(kind, `${path} cannot be read: ${text}`, { cause: error });
}

const FILE_ERRORS: { readonly [code: string]: ['not-found' | 'permission' | 'invalid-request', string] } = {
  ENOENT: ['not-found', 'there is no such file. Check the path.'],
  EACCES: ['permission', 'access is denied. Check its permissions.'],
  EPERM: ['permission', 'access is denied. Check its permissions.'],
  EISDIR: ['invalid-request', 'it is a folder. Read it with a DirectoryReader.'],
  ELOOP: ['invalid-request', 'it is a symbolic link to itself.'],
};
