import { inspect } from 'node:util';
import { isMortiseError } from '@mortise/core';
import type { OutputParser, ParseOptions, ParserErrorDetails } from '@mortise/core/parser';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import type { ParserSubject } from './subject.ts';

export type ParserCaseContext = CaseContext<ParserSubject>;
export type ParserCase = ConformanceCase<ParserSubject>;

/** What came of reading a text, as data: two ways of reading are compared at one look. */
export type Outcome =
  | { readonly value: unknown }
  | {
      readonly code: string;
      readonly message: string;
      readonly position: number | undefined;
      readonly path: unknown;
    }
  | { readonly thrown: string };

export async function outcomeOf(read: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!isMortiseError(error)) return { thrown: inspect(error, { depth: 0 }) };
    const { code, message, position, path } = error as typeof error & Partial<ParserErrorDetails>;
    return { code, message, position, path };
  }
}

/** A source of chunks that counts what is done to it. */
export class Chunks implements AsyncIterable<string> {
  opened = 0;
  pulled = 0;
  closed = 0;
  /** Resolves when more is asked for than there is. */
  readonly drained: Promise<void>;
  readonly #pieces: readonly unknown[];
  readonly #end: () => Promise<IteratorResult<string>>;

  /** `end` is what comes behind the pieces. Default: the end. */
  constructor(
    pieces: readonly unknown[],
    end: () => Promise<IteratorResult<string>> = async () => ({ done: true, value: undefined }),
  ) {
    this.#pieces = pieces;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.drained = promise;
    this.#end = () => (resolve(), end());
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    this.opened++;
    let at = 0;
    return {
      next: () => {
        this.pulled++;
        if (at >= this.#pieces.length) return this.#end();
        return Promise.resolve({ done: false, value: this.#pieces[at++] as string });
      },
      return: () => {
        this.closed++;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

/** An end that never comes. */
export const stalls = (): Promise<IteratorResult<string>> => new Promise(() => undefined);

export function streamOf(
  parser: OutputParser<unknown, unknown>,
  chunks: AsyncIterable<string>,
  options?: ParseOptions,
): AsyncIterable<unknown> {
  if (parser.stream === undefined) throw new Error('The parser is declared to have a stream and has none.');
  return parser.stream(chunks, options);
}

/** Everything that the stream shows of these chunks. */
export async function shownOf(
  parser: OutputParser<unknown, unknown>,
  pieces: readonly string[],
  options?: ParseOptions,
): Promise<unknown[]> {
  const shown: unknown[] = [];
  for await (const value of streamOf(parser, new Chunks(pieces), options)) shown.push(value);
  return shown;
}

/** The last value, as `parse` would have given it. */
export async function lastOf(
  parser: OutputParser<unknown, unknown>,
  pieces: readonly string[],
): Promise<unknown> {
  const shown = await shownOf(parser, pieces);
  if (shown.length === 0) throw new Error('The stream ended without a value.');
  return shown.at(-1);
}

/** One UTF-16 unit each: also between the halves of a surrogate pair. */
export function units(text: string): string[] {
  return text.split('');
}

const PLACES = 64;

/** Whole, unit by unit, with nothing in between, and in two at up to 64 places. */
export function cuts(text: string): string[][] {
  const places = Array.from({ length: Math.min(PLACES, text.length) }, (_, n) =>
    Math.round((n * text.length) / Math.min(PLACES, text.length)),
  );
  return [
    [text],
    units(text),
    ['', ...units(text).flatMap((unit) => [unit, ''])],
    ...places.map((at) => [text.slice(0, at), text.slice(at)]),
  ];
}

/** The same numbers at every run, from 0 below 1: mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random texts of the subject's pieces, some of them samples with something done to them. */
export function randomTexts({ samples, invalid = [], pieces }: ParserSubject, count: number): string[] {
  const texts = [...samples, ...invalid].map(({ text }) => text);
  const made = pieces ?? texts.flatMap((text) => text.match(/\w+|\s+|[^\w\s]{1,3}/gu) ?? []);
  const next = random(20_261_125);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: count }, (_, n) => {
    const sample = pick(texts);
    const at = Math.floor(next() * sample.length);
    if (n % 4 === 0) return sample.slice(0, at);
    if (n % 4 === 1) return sample.slice(0, at) + pick(made) + sample.slice(at);
    return Array.from({ length: Math.floor(next() * 12) }, () => pick(made)).join('');
  });
}

/** Cuts a text at random. */
export function randomCut(text: string, seed: number): string[] {
  const next = random(seed);
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = Math.floor(next() * 8);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
