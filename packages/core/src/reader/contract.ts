import type { Document } from '../nodes/contract.ts';

/**
 * Turns files, pages or records into documents. `BaseReader` implements it from `doList(call)`, which lists the items, and
 * `doRead(item, call)`, which gives the documents of one.
 *
 * It is lazy: nothing is opened before the first `next()`, and one document is held at a time. Something that cannot be
 * read is reported and does not stop the rest. Every document says where it comes from: by convention `metadata.path`
 * or `metadata.url`, and `metadata.page` where there are pages. An item may give several documents, or none; those of
 * one item come one after another. Each names its item in `item`, as failures and progress do (I-04), since an index keeps
 * the earlier documents of an item that could not be read completely.
 */
export interface Reader {
  /**
   * Rejects when the source itself cannot be opened (`not-found`, `permission`, `configuration`), or with the reason of an
   * aborted `signal`. Leaving the loop closes what is open. Ids are the same in every run, so that an
   * index can tell what changed.
   */
  read(options?: ReadOptions): AsyncIterable<Document>;
}

/** How a reading is cancelled, watched and resumed. */
export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Called after every item, read, failed or skipped: when its last document was taken, and the next one is asked for. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Called for everything that cannot be read: an item, or a part of one. A `warning` event is emitted besides. */
  onError?: ((failure: ReadFailure) => void) | undefined;
  /**
   * Asked once for each item, before it is opened; `true` leaves it out. Use it to resume a reading (skip the items that an
   * earlier run finished) or to repeat it cheaply (skip the items whose version is the same). A reader that ignores it reads
   * everything. An error that it throws ends the reading.
   */
  skip?: ((item: ReadItem) => boolean | Promise<boolean>) | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** Something to read: a file, a page, an object in a bucket. */
export interface ReadItem {
  /** A path or an address, the same in every run; what `item` of progress and failures says. */
  id: string;
  /** Changes when the content changes, and is known without reading it: size and time, an ETag. Absent: unknown. */
  version?: string;
  /**
   * A hash of the content and of the reader's settings: equal hashes promise equal documents. Core asks before it reads an item,
   * to see whether it must, and again afterwards; the second answer is the hash of what was read. Rejects when the item
   * cannot be opened. Absent: an index reads the item in every run.
   */
  contentHash?(signal?: AbortSignal): Promise<string>;
}

export interface ReadProgress {
  /** Items that are finished, failed and skipped ones included. */
  done: number;
  /** Finished items that could not be read completely. */
  failed: number;
  /** Items in all, when it is known. */
  total?: number;
  /** The item just done: a path or an address. */
  item: string;
  /** Of the item, as `skip` saw it. */
  version?: string;
  /** What became of the item; `partial`: some of it could not be read. Only `read` has nothing left for another run. */
  outcome?: 'read' | 'partial' | 'failed' | 'skipped';
}

export interface ReadFailure {
  /** The item, as progress and the documents name it. */
  item: string;
  /** The part of the item that could not be read: a line, a page, a record (`a.jsonl#3`). Absent: the whole item. */
  part?: string;
  /** A `MortiseError` that says why. */
  error: Error;
}

/** What `doRead` gets with an item. */
export interface ReadCall {
  signal?: AbortSignal | undefined;
  /** The id of the reading's span. */
  parent?: string | undefined;
  /**
   * Reports a part that cannot be read (a line, a page), and goes on. The item is then `partial`. An `item` other than
   * the one that is being read is taken as the name of the part.
   */
  report(failure: ReadFailure): void;
}

/** A file, as its format receives it. */
export interface SourceFile {
  /** With `/`. Documents have it in their metadata. */
  readonly path: string;
  /** The id of its document, or the prefix of their ids where it gives several: `${id}#3`. */
  readonly id: string;
  /** The whole file. A file above `maxBytes` need not be read: this may reject with `parse`, as `tooLarge` does. */
  bytes(options?: { maxBytes?: number | undefined }): Promise<Uint8Array>;
  /** Piece by piece, for formats that give a document a record and hold no more. */
  stream(): AsyncIterable<Uint8Array>;
}

/** Reads the files of one kind, wherever they lie. */
export interface FileFormat {
  /**
   * The format, its version and its settings. Equal fingerprints promise that equal bytes become equal documents, so
   * that a file is not read again where nothing changed. Absent: it cannot be told, and files are read in every run.
   */
  readonly fingerprint?: string | undefined;
  /**
   * The documents of a file, in order, one at a time, with `path` and `mediaType` in their metadata. Rejects when the
   * file cannot be read; a part that cannot be read (a line, a page) is reported by `call.report`, and reading goes on.
   */
  read(file: SourceFile, call: ReadCall): AsyncIterable<Document>;
}
