import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isMortiseError, MortiseError, type JsonObject } from '@mortise/core';
import {
  BaseReader,
  type FileFormat,
  type ReadCall,
  type ReadItem,
  type SourceFile,
} from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
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
 * format adds. The version of an item is the size and time of its file: it does not tell that options have changed.
 */
export class FilesReader extends BaseReader<FileItem> {
  readonly #files: readonly string[];
  readonly #root: string;
  readonly #formats: ReadonlyMap<string, FileFormat>;
  readonly #id: (path: string) => string;
  readonly #metadata: JsonObject;

  constructor(options: FilesReaderOptions) {
    super();
    this.#files = options.files;
    this.#root = options.root ?? '.';
    const formats = { ...FORMATS, ...options.formats };
    this.#formats = new Map(Object.entries(formats).map(([end, format]) => [end.toLowerCase(), format]));
    this.#id = options.id ?? ((path) => path);
    this.#metadata = options.metadata ?? {};
  }

  items(): Promise<FileItem[]> {
    return Promise.all(
      this.#files.map(async (file) => {
        const path = file.replaceAll('\\', '/');
        const location = posix.isAbsolute(path) ? file : join(this.#root, file);
        const version = await versionOf(location);
        return { id: path, location, ...(version === undefined ? {} : { version }) };
      }),
    );
  }

  async *readItem({ id: path, location }: FileItem, call: ReadCall): AsyncGenerator<Document> {
    try {
      const file = sourceFile(path, this.#id(path), location, call.signal);
      for await (const document of this.#formatOf(path).read(file, call))
        yield withMetadata(document, this.#metadata);
    } catch (error) {
      throw fileError(path, error);
    }
  }

  #formatOf(path: string): FileFormat {
    const name = posix.basename(path).toLowerCase();
    for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) {
      const end = name.slice(at);
      const format = this.#formats.get(end);
      if (format !== undefined) return format;
      const [package_, factory] = ELSEWHERE.get(end) ?? [];
      if (package_ !== undefined) {
        const message = `${path} cannot be read: nothing was given that reads ${end}. npm install ${package_}, and give formats: { '${end}': ${factory}() }.`;
        throw new MortiseError('missing-dependency', message);
      }
    }
    return TEXT;
  }
}

/** A file, and where it lies. */
export interface FileItem extends ReadItem {
  readonly location: string;
}

const TEXT = textFormat();
const MARKDOWN = markdownFormat();
const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.md': MARKDOWN,
  '.mdx': MARKDOWN,
  '.markdown': MARKDOWN,
};

/** What is no text as it stands, and which package reads it. */
const ELSEWHERE: ReadonlyMap<string, readonly [name: string, factory: string]> = new Map([
  ['.pdf', ['@mortise/pdf', 'pdfFormat']],
  ['.html', ['@mortise/html', 'htmlFormat']],
  ['.htm', ['@mortise/html', 'htmlFormat']],
  ['.xhtml', ['@mortise/html', 'htmlFormat']],
]);

function sourceFile(path: string, id: string, location: string, signal: AbortSignal | undefined): SourceFile {
  return {
    path,
    id,
    bytes: () => readFile(location, { signal }),
    stream: () => createReadStream(location, signal === undefined ? {} : { signal }),
  };
}

/** Undefined where there is none: reading will say why. */
async function versionOf(location: string): Promise<string | undefined> {
  const found = await stat(location, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.size}-${found.mtimeNs}`;
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
  if (isMortiseError(error)) return error;
  const { code } = error as { code?: unknown };
  const found = Object.hasOwn(FILE_ERRORS, String(code)) ? FILE_ERRORS[code as string] : undefined;
  const [kind, text] = found ?? ['internal', error instanceof Error ? error.message : String(error)];
  return new MortiseError(kind, `${path} cannot be read: ${text}`, { cause: error });
}

const FILE_ERRORS: { readonly [code: string]: ['not-found' | 'permission' | 'invalid-request', string] } = {
  ENOENT: ['not-found', 'there is no such file. Check the path.'],
  EACCES: ['permission', 'access is denied. Check its permissions.'],
  EPERM: ['permission', 'access is denied. Check its permissions.'],
  EISDIR: ['invalid-request', 'it is a folder. Read it with a DirectoryReader.'],
  ELOOP: ['invalid-request', 'it is a symbolic link to itself.'],
};
