import type { Document } from '../retriever/node.ts';

/**
 * Turns files, pages or records into documents.
 *
 * It is lazy: nothing is opened before the first `next()`, and one document is held at a time. Something that cannot be
 * read is reported and does not stop the rest. Every document says where it comes from: by convention `metadata.path`
 * or `metadata.url`, and `metadata.page` where there are pages.
 */
export interface Reader {
  /**
   * Rejects only when there is nothing to read from at all (`not-found`, `permission`, `configuration`) or with the
   * reason of an aborted `signal`. Leaving the loop closes what is open. Ids are the same in every run, so that an
   * index can tell what changed.
   */
  read(options?: ReadOptions): AsyncIterable<Document>;
}

/** How a reading is cancelled and watched. */
export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Called after every item, read or failed. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Called for every item that cannot be read. A `warning` event is emitted besides. */
  onError?: ((failure: ReadFailure) => void) | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

export interface ReadProgress {
  /** Items done with, failed ones included. */
  done: number;
  /** Of those, the failed ones. */
  failed: number;
  /** Items in all, when it is known. */
  total?: number;
  /** The item just done: a path or an address. */
  item: string;
}

export interface ReadFailure {
  /** A path or an address. */
  item: string;
  /** A `MortiseError` that says why. */
  error: Error;
}
