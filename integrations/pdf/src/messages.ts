/** What the thread is asked for. It answers each request once, in order. */
export type Request = { [K in keyof Questions]: { readonly kind: K } & Questions[K] }[keyof Questions];

export interface Questions {
  /** Loads pdf.js, which takes longer than a small file does. */
  readonly load: object;
  readonly open: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly password?: string | undefined;
    /** Its root is missing: one is made of the pages that can be found. */
    readonly isRootless: boolean;
  };
  readonly page: { readonly page: number };
  readonly close: object;
}

export interface Replies {
  readonly load: object;
  readonly open: Opened;
  readonly page: PageText;
  readonly close: object;
}

export interface Opened {
  readonly pages: number;
  readonly title?: string;
  readonly author?: string;
  /** What it holds had to be searched for, for this is missing. */
  readonly missing?: 'end' | 'root';
}

export interface PageText {
  /** Empty, when there is a lack. */
  readonly text: string;
  readonly lack?: Lack;
  /** Some of the page could not be read, and why. */
  readonly damage?: string;
}

/**
 * Why a page has no text: it holds pictures, as scans do; or lines and shapes alone, as letters that were made outlines
 * are; or fields of a form without a value; or letters of which its fonts do not say what they are; or nothing at all.
 */
export type Lack = 'pictures' | 'drawing' | 'fields' | 'letters' | 'blank';

export type Reply<K extends keyof Replies = keyof Replies> =
  | { readonly value: Replies[K] }
  | { readonly failure: { readonly name: string; readonly message: string } };

/** What a thread is started with. */
export interface ThreadData {
  /** Of an array. */
  readonly mostBytes: number;
  readonly box: 'media' | 'crop';
}

/** The name of the failure of what was past the bound of memory. */
export const MEMORY = 'MemoryBound';
