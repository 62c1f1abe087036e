import type { Document } from '../nodes/contract.ts';

/**
 * Turns files, pages or records into documents.
 *
 * It is lazy: nothing is opened before the first `next()`, and one document is held at a time. Something that cannot be
 * read is reported and does not stop the rest. Every document says where it comes from: by convention `metadata.path`
 * or `metadata.url`, and `metadata.page` where there are pages. An item may give several documents, or none; those of
 * one item come one after another, and each names it in `item`, as failures and progress do (I-04): an index keeps what
 * it has of an item of which something could not be read.
 */
export interface Reader {
  /**
   * Rejects only when there is nothing to read from at all (`not-found`, `permission`, `configuration`) or with the
   * reason of an aborted `signal`. Leaving the loop closes what is open. Ids are the same in every run, so that an
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
   * Asked once for each item, before it is opened; `true` leaves it out. So a reading is resumed (skip what an earlier
   * run has finished) and repeated cheaply (skip what has the version that it had). A reader that does not know of
   * this reads everything, which gives the same documents again. What it throws ends the reading.
   */
  skip?: ((item: ReadItem) => boolean | Promise<boolean>) | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** Something to read: a file, a page, an object in a bucket. */
export interface ReadItem {
  /** A path or an address, the same in every run; what `item` of progress and failures says. */
  id: string;
  /** Another one when the content is another one, known without reading it: size and time, an ETag. Absent: unknown. */
  version?: string;
  /**
   * A hash of the content: equal hashes promise equal documents, whatever the reader makes of the content and with
   * whatever settings. Asked before an item is read, to see whether that is needed, and after it was read; it is then
   * of what was read. Rejects where the item cannot be opened. Absent: an index reads the item in every run.
   */
  contentHash?(signal?: AbortSignal): Promise<string>;
}

export interface ReadProgress {
  /** Items done with, failed and skipped ones included. */
  done: number;
  /** Of those, the ones of which something could not be read. */
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
  /** Of the item, what could not be read, where it is not all of it: a line, a page, a record (`a.jsonl#3`). */
  part?: string;
  /** A `MortiseError` that says why. */
  error: Error;
}

/** What the reading of an item has from the reading as a whole. */
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

/** A file as the format is given it that reads it. */
export interface SourceFile {
  /** With `/`. Documents have it in their metadata. */
  readonly path: string;
  /** The id of its document; where it gives several, what their ids begin with: `${id}#3`. */
  readonly id: string;
  /** All of it. Of more than `maxBytes` nothing need be read: it may reject with `parse`, as `tooLarge` says it. */
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
   * file cannot be read; of what cannot be read in it (a line, a page) it tells by `call.report`, and goes on.
   */
  read(file: SourceFile, call: ReadCall): AsyncIterable<Document>;
}
