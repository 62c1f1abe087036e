import type { ChatMessage } from '../llm/message-contract.ts';

/**
 * Turns what a model wrote into a value. `T` is the value, `P` what a stream shows of it while it is written.
 * `BaseOutputParser` implements this from `doParse(text, options)` alone; `instructions()` says what `format` adds, and
 * `doStream(chunks, options)` gives the values on the way.
 */
export interface OutputParser<T, P = DeepPartial<T>> {
  /**
   * The prompt with the parser's instructions added. Messages get them at the end of the last user message, in a
   * block of their own when its content is blocks. The input is never changed. Absent: the parser has no instructions.
   */
  format?(input: string): string;
  format?(input: readonly ChatMessage[]): readonly ChatMessage[];
  /**
   * Rejects with a {@link ParserError}, of code `parse` for a wrong form or `validation` for wrong values in the right form, or
   * with exactly the reason of an aborted `signal`; with nothing else.
   */
  parse(text: string, options?: ParseOptions): Promise<T>;
  /**
   * Snapshots of the value as the text arrives, however it is cut into chunks. The last one deep-equals
   * `parse(text)`. A snapshot never changes afterwards; snapshots share the parts that are equal, so treat them as
   * read-only. A chunk that adds nothing yields nothing. `chunks` is read to its end, and what it throws passes
   * through unchanged. Absent: core derives a stream of one value.
   */
  stream?(chunks: AsyncIterable<string>, options?: ParseOptions): AsyncIterable<P>;
}

export interface ParseOptions {
  /** Cancels at every await. The call then rejects with exactly `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** The members of a parser's error besides `code` and `message`. Only `text` holds content, and loggers skip it. */
export interface ParserErrorDetails {
  /** What was parsed. Not enumerable. */
  text: string;
  /** Where in `text` it went wrong, in UTF-16 units from 0. */
  position?: number;
  /** Where in the value it went wrong. */
  path?: ValuePath;
  /** What the parser expected there. */
  expected?: string;
  /** The repair that was tried. */
  repair?: string;
  /** All issues of the schema; with `validation` only. */
  issues?: readonly ParserIssue[];
}

/** Keys and indexes from the root of a value. */
export type ValuePath = readonly (string | number)[];

/** One issue that a schema reports. */
export interface ParserIssue {
  message: string;
  path: ValuePath;
}

/**
 * A part of `T`: every member may be missing, at every depth; an element of a list is never `undefined`.
 * Dates, maps, sets, typed arrays and functions come whole.
 */
export type DeepPartial<T> = 0 extends 1 & T
  ? T
  : T extends Whole
    ? T
    : T extends readonly unknown[]
      ? number extends T['length']
        ? T extends unknown[]
          ? DeepPartial<T[number]>[]
          : readonly DeepPartial<T[number]>[]
        : { [K in keyof T]?: DeepPartial<T[K]> }
      : T extends object
        ? { [K in keyof T]?: DeepPartial<T[K]> }
        : T;

type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBuffer
  | ArrayBufferView
  | Promise<unknown>
  | ((...args: never[]) => unknown);
