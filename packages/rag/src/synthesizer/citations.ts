import type { NodeWithScore } from '@mortise/core/retriever';
import type { Citation } from '@mortise/core/synthesizer';
import { QuotableText } from './find-quote.ts';

/**
 * Finds the citations in an answer as it arrives, and checks each against the source that it names. `[2]` and `[1, 3]`
 * are citations, except in code. What comes before one, back to the citation or the empty line before it, is its claim:
 *
 * - Words in quotation marks in the claim must stand in the source (two or more words, or right before the marker).
 * - A claim, or its last sentence, that stands in the source as it is, is a quote too.
 * - Any other claim is in the model's own words, and is not checked.
 */
export class CitationScanner {
  readonly #sources: readonly NodeWithScore[];
  readonly #texts = new Map<number, QuotableText>();
  #text = '';
  /** Everything before it has been looked at. */
  #at = 0;
  /** Where the claim of the next citation begins. */
  #claim = 0;
  #claimEnd = 0;
  /** Where the last marker ended; markers side by side share their claim. */
  #markerEnd = -1;
  #code: { readonly start: number; readonly length: number } | undefined;

  constructor(sources: readonly NodeWithScore[]) {
    this.#sources = sources;
  }

  /** All that has been pushed. */
  get text(): string {
    return this.#text;
  }

  /** The citations that this piece completes. */
  push(delta: string): Citation[] {
    this.#text += delta;
    return this.#scan(false);
  }

  /** Those that only the end of the text can tell. */
  end(): Citation[] {
    return this.#scan(true);
  }

  #scan(isEnd: boolean): Citation[] {
    const found: Citation[] = [];
    const text = this.#text;
    while (this.#at < text.length) {
      if (text[this.#at] === '`') {
        if (!this.#backticks(isEnd)) return found;
      } else if (this.#code !== undefined) {
        this.#insideCode();
      } else if (text[this.#at] === '[') {
        const marker = MARKER.exec(text.slice(this.#at, this.#at + LONGEST_MARKER));
        if (marker === null && !isEnd && BEGUN.test(text.slice(this.#at, this.#at + LONGEST_MARKER)))
          return found;
        if (marker === null) this.#at += 1;
        else found.push(...this.#cite(marker[0].length, (marker[1] as string).split(',').map(Number)));
      } else {
        if (text.startsWith('\n\n', this.#at)) this.#claim = this.#at + 2;
        this.#at += 1;
      }
    }
    // A backtick that nothing closes is a character like any other: what follows it is looked at after all.
    if (isEnd && this.#code !== undefined && this.#code.length < 3) {
      this.#reopen(this.#code);
      found.push(...this.#scan(true));
    }
    return found;
  }

  /** False when the run of backticks may go on in the next piece. */
  #backticks(isEnd: boolean): boolean {
    let length = 1;
    while (this.#text[this.#at + length] === '`') length += 1;
    if (this.#at + length === this.#text.length && !isEnd) return false;
    if (this.#code === undefined) this.#code = { start: this.#at, length };
    else if (this.#code.length === length) this.#code = undefined;
    this.#at += length;
    return true;
  }

  /** Code within a line ends with its paragraph at the latest (CommonMark 0.31, 6.1). */
  #insideCode(): void {
    const code = this.#code as { start: number; length: number };
    if (code.length < 3 && this.#text.startsWith('\n\n', this.#at)) this.#reopen(code);
    else this.#at += 1;
  }

  #reopen(code: { readonly start: number; readonly length: number }): void {
    this.#code = undefined;
    this.#at = code.start + code.length;
  }

  #cite(length: number, numbers: readonly number[]): Citation[] {
    const start = this.#at;
    const end = start + length;
    // Side by side, they all speak of what stands before the first.
    const isBeside = this.#markerEnd !== -1 && this.#text.slice(this.#markerEnd, start).trim() === '';
    if (!isBeside) {
      this.#claim = Math.max(this.#claim, this.#markerEnd);
      this.#claimEnd = start;
    }
    const claim = this.#text.slice(this.#claim, this.#claimEnd);
    this.#at = end;
    this.#markerEnd = end;
    return numbers.map((number) => ({ number, start, end, ...this.#check(number, claim) }));
  }

  #check(number: number, claim: string): Omit<Citation, 'number' | 'start' | 'end'> {
    const source = this.#sources[number - 1];
    if (source === undefined) return { problem: 'unknown-source' };
    const nodeId = source.node.id;
    let best: { quote: string; start: number; end: number } | undefined;
    for (const words of quotesIn(claim)) {
      const found = this.#find(number, words);
      if (found === undefined) return { nodeId, quote: words, problem: this.#whoElse(number, words) };
      if (best === undefined || found.quote.length > best.quote.length) best = found;
    }
    best ??= this.#verbatim(number, claim);
    return best === undefined
      ? { nodeId }
      : { nodeId, quote: best.quote, quoteStart: best.start, quoteEnd: best.end };
  }

  #verbatim(number: number, claim: string): { quote: string; start: number; end: number } | undefined {
    const whole = claim.replace(/^[\s.,;:!?)\]*>#-]+/, '').replace(/[\s.,;:!?*]+$/, '');
    const sentences = Array.from(SENTENCES.segment(whole), ({ segment }) => segment.trim());
    for (const words of [whole, sentences.at(-1) ?? '']) {
      const found = words.split(/\s+/).length < 3 ? undefined : this.#find(number, words);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #whoElse(number: number, words: string): 'other-source' | 'misquote' {
    const others = this.#sources.map((_, at) => at + 1).filter((other) => other !== number);
    return others.some((other) => this.#find(other, words) !== undefined) ? 'other-source' : 'misquote';
  }

  #find(number: number, words: string): { quote: string; start: number; end: number } | undefined {
    let text = this.#texts.get(number);
    if (text === undefined) {
      text = new QuotableText(this.#sources[number - 1]?.node.text ?? '');
      this.#texts.set(number, text);
    }
    return text.find(words);
  }
}

const MARKER = /^\[(\d{1,4}(?:\s?,\s?\d{1,4})*)\]/;
const LONGEST_MARKER = 100;
/** What the next piece may make a marker of. */
const BEGUN = /^\[[\d\s,]{0,98}$/;
const QUOTED =
  /"([^"]+)"|\u201c([^\u201c\u201d]+)\u201d|\u201e([^\u201c\u201d\u201e]+)[\u201c\u201d]|\u00ab([^\u00ab\u00bb]+)\u00bb/g;
const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

function quotesIn(claim: string): string[] {
  const quotes: string[] = [];
  for (const match of claim.matchAll(QUOTED)) {
    const words = (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').trim().replace(/[.,;:!?]+$/, '');
    const isLast = /^[\s.,;:!?)]*$/.test(claim.slice(match.index + match[0].length));
    if (words !== '' && (isLast || /\s/.test(words))) quotes.push(words);
  }
  return quotes;
}
