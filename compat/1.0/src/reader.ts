import { MortiseError } from '@mortise/core';
import {
  BaseReader,
  decodeText,
  type FileFormat,
  type ReadCall,
  type ReadItem,
  type SourceFile,
} from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';

/** A place that holds files, such as a bucket. Rejects when it is not there. */
export interface FrozenBucket {
  /** Names and tags, in one order. */
  list(signal: AbortSignal | undefined): Promise<readonly { readonly name: string; readonly tag: string }[]>;
  load(name: string, signal: AbortSignal | undefined): Promise<Uint8Array>;
}

export interface FrozenReaderOptions {
  bucket: FrozenBucket;
  /** Reads every file of the bucket. */
  format: FileFormat;
}

/** Reads the files of a bucket. */
export class FrozenReader extends BaseReader {
  readonly #options: FrozenReaderOptions;

  constructor(options: FrozenReaderOptions) {
    super();
    this.#options = options;
  }

  async doList({ signal }: ReadCall): Promise<ReadItem[]> {
    const files = await this.#options.bucket.list(signal);
    return files.map(({ name, tag }) => ({ id: name, version: tag }));
  }

  doRead({ id }: ReadItem, call: ReadCall): AsyncIterable<Document> {
    const { bucket, format } = this.#options;
    const bytes = () => bucket.load(id, call.signal);
    async function* stream() {
      yield await bytes();
    }
    return format.read({ path: id, id: `bucket:${id}`, bytes, stream }, call);
  }
}

const FIRST_LINE = '%FROZEN';

/** Files of notes: a first line that says so, then notes with a line of `%` between them. */
export class FrozenFormat implements FileFormat {
  async *read(file: SourceFile, call: ReadCall): AsyncGenerator<Document> {
    const text = decodeText(file.path, await file.bytes());
    const [first = '', ...lines] = text.split('\n');
    if (first !== FIRST_LINE) {
      throw new MortiseError(
        'parse',
        `${file.path} does not begin with ${FIRST_LINE}, so it holds no notes.`,
      );
    }
    for (const [at, note] of lines.join('\n').split('\n%\n').entries()) {
      call.signal?.throwIfAborted();
      if (note.trim() !== '') {
        const metadata = { path: file.path, mediaType: 'text/x-frozen', note: at + 1 };
        yield createDocument({
          id: `${file.id}#${at}`,
          text: note.trim(),
          metadata,
          excludedEmbedMetadataKeys: ['path'],
        });
      } else {
        const message = `Note ${at + 1} of ${file.path} is empty. Write it, or remove its line of %.`;
        call.report({ item: `${file.path}:${at + 1}`, error: new MortiseError('parse', message) });
      }
    }
  }
}
