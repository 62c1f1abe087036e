import type { Reader } from '@mortise/core/reader';

/** Something for the reader to read: a file, a page, an object, of the reader's kind. */
export interface ReaderItem {
  /** Without an ending or an address: the subject adds what its kind needs. */
  readonly name: string;
  /** One sentence of plain words, to be found in the text of the item's document. */
  readonly text: string;
  /** Of the documents that it holds behind the first, one sentence each. Given where `several` is declared. */
  readonly more?: readonly string[];
  /** An item that cannot be read: bytes of another kind, a page that is gone. */
  readonly broken?: boolean;
  /** An item that is not empty and holds no text: a scanned page, a page that scripts build, a file of spaces. `text` is then not in it. */
  readonly blank?: boolean;
}

/** A reader of the items, and what the suite may ask about it. */
export interface OpenReader {
  /** Reads the items in their order, each as one document, or as several where it has `more`. */
  readonly reader: Reader;
  /** The names of the items that were opened so far, in the order of their opening. `opened` needs it. */
  opened?(): readonly string[];
  /** Frees what was opened, files included. */
  close?(): unknown;
}

/**
 * What a case of the reader suite may require. `blank`: an item can be without text. `failure`: an item can be broken. `missing`: there can be nothing to read
 * from. `opened`: it can be seen what is opened. `several`: an item can hold several documents. `skip`: items can be left
 * out. `version`: items have versions.
 */
export type ReaderFeature = 'blank' | 'failure' | 'missing' | 'opened' | 'several' | 'skip' | 'version';

/** How a reader under test is made. */
export interface ReaderSubject {
  /** Called once for each case. The names are in alphabetical order. */
  open(items: readonly ReaderItem[]): OpenReader | Promise<OpenReader>;
  /** A reader of a place that does not exist. `missing` needs it. */
  missing?(): OpenReader | Promise<OpenReader>;
}
