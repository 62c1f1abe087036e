import type { BrokenRegion } from './json-region.ts';

/** A block of a language in which a value is not looked for at first. */
export interface ForeignBlock {
  text: string;
  /** Where it begins. */
  position: number;
}

const START = 0;
const PROSE = 1;
const FENCE = 2;
const FOREIGN = 3;

/** Languages of fences in which the value may stand; in a block of another one it is code, or what a command prints. */
const LIKELY = /^[ \t]*(?:json\w*|md|markdown|te?xt|plaintext)?(?:[ \t]|$)/i;
/** The rest of a fence of more than three. */
const TICKS = /^[`~]+/;
/** An info string that is longer is prose. */
const LONGEST_INFO = 200;

/** What ends reasoning whose beginning the text lacks: some providers write it into the prompt. */
const CLOSING = '</think>';

/** Walks through what is not JSON, character by character, to where a value may begin. */
export class JsonSearch {
  /** The blocks of other languages, in order. */
  readonly foreign: ForeignBlock[] = [];
  /** A `</think>` was met: what came before it was a draft. */
  closed = false;
  #state: 0 | 1 | 2 | 3 = START;
  /** In a block whose closing fence is a line of this character; 0 outside. */
  #fence = 0;
  /** The run of ticks or tildes that the line began with; -1 when it began with something else. */
  #run = 0;
  #runOf = 0;
  /** The last character of prose that is not white space. */
  #mark = 0;
  /** What stands behind the fence, or the line so far of a foreign block. */
  #line = '';
  #matched = 0;
  /** The broken value or the brackets of prose that are passed over. */
  #region: BrokenRegion | undefined;
  /** Broken JSON ended with its fence: what stands behind that counts at the start of another one. */
  #fencesOnly = false;

  /** Nothing but white space was met since the text or its fence began: a scalar may stand here. */
  get atStart(): boolean {
    return this.#state === START;
  }

  /** Nothing but white space was met on this line, behind a broken value, or behind a colon. */
  get apart(): boolean {
    return this.#state === START || this.#run === 0 || this.#mark === 0x3a;
  }

  /** A value, or what looked like one, was read here. */
  prose(): void {
    this.#state = PROSE;
    this.#run = -1;
    this.#mark = 0;
  }

  /** True for the last character of a `</think>`. */
  closes(code: number): boolean {
    if (code === CLOSING.charCodeAt(this.#matched)) this.#matched++;
    else this.#matched = code === 0x3c ? 1 : 0;
    if (this.#matched < CLOSING.length) return false;
    this.#matched = 0;
    return true;
  }

  /**
   * The index of the next character that may begin a value; where a `</think>` ends, with `closed` set; or the
   * length of `text`, whose first character stands at `base`.
   */
  find(text: string, at: number, base: number): number {
    for (; at < text.length; at++) {
      if (this.#state === FOREIGN) {
        at = this.#pass(text, at);
        if (at === text.length) return at;
      }
      const code = text.charCodeAt(at);
      if (code === 0x0a) {
        this.#lineEnds(base + at + 1);
        continue;
      }
      const bracket = code === 0x7b || code === 0x5b;
      if (this.#state === FENCE) {
        if (bracket && LIKELY.test(this.#line.replace(TICKS, ''))) return at;
        this.#line += text.charAt(at);
        if (this.#line.length > LONGEST_INFO) this.prose();
        continue;
      }
      if (bracket && (this.#state === START || !this.#fencesOnly)) return at;
      if (this.closes(code)) {
        this.closed = true;
        return at + 1;
      }
      if (code === 0x20 || code === 0x0d || code === 0x09 || code === 0xfeff) continue;
      if ((code === 0x60 || code === 0x7e) && this.#fenceGrows(code)) continue;
      if (this.#state === START && startsScalar(code)) return at;
      this.prose();
      this.#mark = code;
    }
    return at;
  }

  /** The text is over: a foreign block may lack its fence. */
  end(): void {
    if (this.#state === FOREIGN) (this.foreign.at(-1) as ForeignBlock).text += this.#line;
  }

  /** The brackets of `region` are not a value. */
  beginSkip(region: BrokenRegion): void {
    this.#region = region;
    this.#run = -1;
  }

  get skipping(): boolean {
    return this.#region !== undefined;
  }

  /** Skips text that is not a value, as far as its end is known. Gives the place where it stopped. */
  skip(text: string, at: number): number {
    const region = this.#region as BrokenRegion;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      this.closed = this.closes(code);
      if (this.closed) return at + 1;
      const over = region.take(code);
      const fenceEnds = !over && this.#fenceEnds(code, region);
      if (!over && !fenceEnds) continue;
      this.#region = undefined;
      this.#state = PROSE;
      if (over && region.bareBehind) this.#run = 0;
      if (fenceEnds) this.#fence = 0;
      this.#fencesOnly ||= fenceEnds;
      return at;
    }
    return at;
  }

  /** What follows a value of another kind was looked at. */
  pass(code: number): void {
    this.#run = code === 0x0a ? 0 : -1;
  }

  /** The line end behind a closing fence. A quote that is open may hold a fence; that one is not believed in. */
  #fenceEnds(code: number, region: BrokenRegion): boolean {
    if (code === 0x0a) {
      const ends = this.#fence !== 0 && this.#run >= 3 && (region.endless || !region.inString);
      this.#run = 0;
      return ends;
    }
    if (this.#fence !== 0 && code === this.#fence && this.#run >= 0) this.#run++;
    else if (code !== 0x20 && code !== 0x0d && code !== 0x09) this.#run = -1;
    return false;
  }

  #fenceGrows(code: number): boolean {
    if (this.#run < 0 || (this.#run > 0 && this.#runOf !== code)) return false;
    this.#runOf = code;
    this.#run++;
    if (this.#run === 3) {
      this.#state = FENCE;
      this.#line = '';
    }
    return true;
  }

  /** `next` is where the next line begins. */
  #lineEnds(next: number): void {
    if (this.#state === FENCE) {
      const info = this.#line.replace(TICKS, '').trimEnd();
      const closing = this.#fence === this.#runOf && info === '';
      this.#fence = closing ? 0 : this.#runOf;
      this.#state = closing ? PROSE : LIKELY.test(info) ? START : FOREIGN;
      this.#line = '';
      if (this.#state === FOREIGN) this.foreign.push({ text: '', position: next });
    }
    this.#run = 0;
  }

  /** Through a foreign block; stops at the line end of a fence. */
  #pass(text: string, at: number): number {
    const block = this.foreign.at(-1) as ForeignBlock;
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      const line = this.#line + text.slice(at, end);
      const fence = /^[ \t]{0,3}(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/.exec(line.trimEnd());
      if (fence !== null) {
        this.#runOf = (fence[1] as string).charCodeAt(0);
        this.#line = fence[2] as string;
        this.#state = FENCE;
        return end;
      }
      block.text += `${line}\n`;
      this.#line = '';
      at = end + 1;
    }
    this.#line += text.slice(at);
    return text.length;
  }
}

/** A quote, a sign, a digit, or the first letter of a literal. */
function startsScalar(code: number): boolean {
  return (
    code === 0x22 ||
    code === 0x2d ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x74 ||
    code === 0x66 ||
    code === 0x6e
  );
}
