import type { NodeWithScore } from '@mortise/core/retriever';
import { GrowingText } from '@mortise/core/shared';
import type { Citation } from '@mortise/core/synthesizer';
import { sentenceSegmenter } from '../sentence-ends.ts';
import { QuotableText } from './find-quote.ts';

/**
 * Finds the citations in an answer as it arrives, and checks each against the source that it names. `[2]`, `[1, 3]` and
 * `[1; 3]` are citations, except in code, and so are `【2】`, `【2†source】`, `〔2〕` and `［２］`, which some models write
 * whatever they are asked for. `(2)` and `[^2]` are not: a year, an item of a list, a footnote of the answer's own. What comes before one, back to the citation or the empty line before it, is its claim:
 *
 * - Words in quotation marks in the claim must stand in the source (two or more words, or right before the marker).
 * - A claim, or its last sentence, that stands in the source as it is, is a quote too.
 * - Any other claim is in the model's own words, and is not checked.
 */
export class CitationScanner {
  readonly #sources: readonly NodeWithScore[];
  readonly #texts = new Map<number, QuotableText>();
  readonly #text = new GrowingText();
  /** What stands before the citation, once it was asked for. */
  #claimText: string | undefined;
  /** Everything before it has been looked at. */
  #at = 0;
  /** Where the claim of the next citation begins. */
  #claim = 0;
  #claimEnd = 0;
  /** Where the last marker ended; markers side by side share their claim. */
  #markerEnd = -1;
  /** What was found of the claim's words: markers share their claim, so each source is looked through once. */
  #checked = new Map<number, Checked>();
  #places = new Map<string, Map<number, Place | undefined>>();
  #code: { readonly start: number; readonly length: number } | undefined;
  /** Backticks from `#at` on that were counted: counted anew at each piece, a long run would be quadratic. */
  #run = 0;

  constructor(sources: readonly NodeWithScore[]) {
    this.#sources = sources;
  }

  /** All that has been pushed. */
  get text(): string {
    return this.#text.toString();
  }

  /** The citations that this piece completes. */
  push(delta: string): Citation[] {
    this.#text.push(delta);
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
      const next = text.at(this.#at) ?? '';
      if (next === '`') {
        if (!this.#backticks(isEnd)) return found;
      } else if (this.#code !== undefined) {
        this.#insideCode();
      } else if (OPENING.has(next)) {
        const begun = text.slice(this.#at, this.#at + LONGEST_MARKER);
        const marker = MARKER.exec(begun);
        if (marker === null && !isEnd && BEGUN.test(begun)) return found;
        if (marker === null) this.#at += 1;
        else found.push(...this.#cite(marker[0].length, numbersIn(marker)));
      } else {
        if (this.#isParagraphEnd()) this.#claim = this.#at + 1;
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
    while (this.#text.at(this.#at + this.#run) === '`') this.#run += 1;
    const length = this.#run;
    if (this.#at + length === this.#text.length && !isEnd) return false;
    this.#run = 0;
    if (this.#code === undefined) this.#code = { start: this.#at, length };
    else if (this.#code.length === length) this.#code = undefined;
    this.#at += length;
    return true;
  }

  /** Code within a line ends with its paragraph at the latest (CommonMark 0.31, 6.1). */
  #insideCode(): void {
    const code = this.#code as { start: number; length: number };
    if (code.length < 3 && this.#isParagraphEnd()) this.#reopen(code);
    else this.#at += 1;
  }

  /** At its second line end: the first may be the last character of its piece. */
  #isParagraphEnd(): boolean {
    return this.#text.at(this.#at) === '\n' && this.#text.at(this.#at - 1) === '\n';
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
      this.#claimText = undefined;
      this.#checked = new Map();
      this.#places = new Map();
    }
    this.#at = end;
    this.#markerEnd = end;
    return numbers.map((number) => ({ number, start, end, ...this.#checkOnce(number) }));
  }

  #checkOnce(number: number): Checked {
    let checked = this.#checked.get(number);
    if (checked === undefined) {
      checked = this.#check(number, (this.#claimText ??= this.#text.slice(this.#claim, this.#claimEnd)));
      this.#checked.set(number, checked);
    }
    return checked;
  }

  #check(number: number, claim: string): Checked {
    const source = this.#sources[number - 1];
    if (source === undefined) return { problem: 'unknown-source' };
    const nodeId = source.node.id;
    let best: Place | undefined;
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

  #verbatim(number: number, claim: string): Place | undefined {
    const whole = withoutEnd(claim.replace(/^[\s.,;:!?)\]*>#-]+/, ''), /[\s.,;:!?*]/);
    const sentences = Array.from(sentenceSegmenter().segment(whole), ({ segment }) => segment.trim());
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

  #find(number: number, words: string): Place | undefined {
    let found = this.#places.get(words);
    if (found === undefined) this.#places.set(words, (found = new Map<number, Place | undefined>()));
    if (!found.has(number)) found.set(number, this.#sourceText(number).find(words));
    return found.get(number);
  }

  #sourceText(number: number): QuotableText {
    let text = this.#texts.get(number);
    if (text === undefined) {
      text = new QuotableText(this.#sources[number - 1]?.node.text ?? '');
      this.#texts.set(number, text);
    }
    return text;
  }
}

type Checked = Omit<Citation, 'number' | 'start' | 'end'>;

interface Place {
  readonly quote: string;
  readonly start: number;
  readonly end: number;
}

const OPENING: ReadonlySet<string> = new Set(['[', '［', '【', '〔']);
/** `†` and words, as in `【1†source】`, come from models that were trained on a vendor's search. */
const DAGGER = '(?:†[^】\n]{0,60})?';
const MARKER = /* @__PURE__ */ markerPattern();
const LONGEST_MARKER = 100;
/** What the next piece may make a marker of. */
const BEGUN = /* @__PURE__ */ begunPattern();

function markerPattern(): RegExp {
  const number = '[0-9０-９]{1,4}';
  const list = String.raw`${number}(?:\s?[,;，；、]\s?${number})*`;
  return new RegExp(`^(?:\\[(${list})\\]|［(${list})］|【(${list})${DAGGER}】|〔(${list})〕)`);
}

function begunPattern(): RegExp {
  return new RegExp(`^[\\[［【〔][0-9０-９\\s,;，；、]{0,98}(?:$|${DAGGER}$)`);
}

function numbersIn(marker: RegExpExecArray): number[] {
  const list = marker.slice(1).find((group) => group !== undefined) ?? '';
  return list
    .normalize('NFKC')
    .split(/[,;、]/)
    .map(Number);
}

/** One after the other: a pattern for the end of a text would begin anew at every one of them. */
function withoutEnd(text: string, what: RegExp): string {
  let end = text.length;
  while (end > 0 && what.test(text[end - 1] as string)) end -= 1;
  return text.slice(0, end);
}

const QUOTED =
  /"([^"]+)"|\u201c([^\u201c\u201d]+)\u201d|\u201e([^\u201c\u201d\u201e]+)[\u201c\u201d]|\u00ab([^\u00ab\u00bb]+)\u00bb/g;

function quotesIn(claim: string): string[] {
  const quotes: string[] = [];
  for (const match of claim.matchAll(QUOTED)) {
    const inside = (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').trim();
    const words = withoutEnd(inside, /[.,;:!?]/);
    const isLast = /^[\s.,;:!?)]*$/.test(claim.slice(match.index + match[0].length));
    if (words !== '' && (isLast || /\s/.test(words))) quotes.push(words);
  }
  return quotes;
}
