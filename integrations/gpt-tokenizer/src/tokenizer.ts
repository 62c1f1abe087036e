import { MortiseError } from '@mortise/core';
import { reading, shown, requireMembers } from '@mortise/core/shared';
import type { Tokenizer } from '@mortise/core/tokenizer';

/** The part of a `gpt-tokenizer/encoding/*` module that is used. */
export interface GptEncodingModule {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number;
  decode(tokens: Iterable<number>): string;
}

/** What a `gpt-tokenizer/bpeRanks/*` module exports: the text of each token, or its bytes where they are not text. */
export type GptRanks = readonly (string | readonly number[] | undefined)[];

/**
 * A `Tokenizer` on one encoding. `createGptTokenizer` loads the two modules; give them yourself where loading must
 * not be asynchronous. Text that looks like a special token (`<|endoftext|>`) is text.
 */
export class GptTokenizer implements Tokenizer {
  readonly name: string;
  readonly #encoding: GptEncodingModule;
  readonly #ranks: GptRanks;

  constructor(name: string, encoding: GptEncodingModule, ranks: GptRanks) {
    this.name = name;
    this.#encoding = requireMembers(
      encoding,
      ['encode', 'countTokens', 'decode'],
      'encoding',
      'GptEncodingModule',
    );
    this.#ranks = ranks;
  }

  count(text: string): number {
    return reading('The text', () => {
      let count = 0;
      for (const piece of pieces(text)) count += this.#encoding.countTokens(piece, ORDINARY);
      return count;
    });
  }

  encode(text: string): number[] {
    return reading('The text', () => {
      const [first = '', ...rest] = pieces(text);
      const tokens = this.#encoding.encode(first, ORDINARY);
      for (const piece of rest)
        for (const token of this.#encoding.encode(piece, ORDINARY)) tokens.push(token);
      return tokens;
    });
  }

  /**
   * Half a character at an end is U+FFFD. An unknown token is `invalid-request`.
   *
   * From the ranks, as the package's own `decode` keeps the bytes of half a character in a decoder that all its
   * encodings share, and puts them into the next text that anybody decodes (4.0.0).
   */
  decode(tokens: readonly number[]): string {
    return reading('The list of tokens', () => this.#decoded(tokens));
  }

  #decoded(tokens: readonly number[]): string {
    const bytes: number[] = [];
    let text = '';
    const flush = (): void => {
      if (bytes.length === 0) return;
      text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
      bytes.length = 0;
    };
    for (const token of tokens) {
      const value = this.#ranks[token] ?? this.#special(token);
      if (typeof value === 'string') {
        flush();
        text += value;
      } else {
        bytes.push(...value);
      }
    }
    flush();
    return text;
  }

  /** A special token is not among the ranks, and is a whole string. */
  #special(token: number): string {
    try {
      return this.#encoding.decode([token]);
    } catch (cause) {
      const message = `${shown(token)} is not a token of ${this.name}. Decode tokens with the encoding that made them.`;
      throw new MortiseError('invalid-request', message, { cause });
    }
  }
}

/** The package's default is to throw when a text contains a special token; documents about models do. */
const ORDINARY: { disallowedSpecial: Set<string> } = { disallowedSpecial: new Set() };

/**
 * Merging is quadratic in an unbroken run of one kind of character: 6 s for 100,000 letters. Runs are therefore cut at
 * 1,000, which can differ by a token from the exact count, and which no text in a natural language reaches.
 */
const RUN = /[\p{L}\p{M}]{1000}|\s{1000}|[^\s\p{L}\p{N}]{1000}/gu;

function pieces(text: string): string[] {
  if (typeof text !== 'string') throw new TypeError('it is no string');
  if (!hasLongRun(text)) return [text];
  const result: string[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    result.push(text.slice(from, index + run.length));
    from = index + run.length;
  }
  if (from < text.length) result.push(text.slice(from));
  return result;
}

/**
 * Whether there may be such a run: it would hold one of every 1,000th character. Trying the expression everywhere takes
 * half as long as the counting itself.
 */
function hasLongRun(text: string): boolean {
  for (let at = 999; at < text.length; at += 1000) {
    const isSpace = isSpaceAt(text, at);
    let start = at;
    let end = at + 1;
    while (start > 0 && at - start < 1000 && isSpaceAt(text, start - 1) === isSpace) start--;
    while (end < text.length && end - at < 1000 && isSpaceAt(text, end) === isSpace) end++;
    if (end - start >= 1000) return true;
  }
  return false;
}

function isSpaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 32 || (code > 127 && /\s/.test(text.charAt(at)));
}
