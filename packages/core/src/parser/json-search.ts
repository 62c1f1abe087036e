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
  /** What stands behind the fence, or the line so far of a foreign block. */
  #line = '';
  #matched = 0;
  /** How broken JSON stands that is skipped; a depth of 0 is its end. */
  #broken = { depth: 0, inString: false, inEscape: false };

  /** Nothing but white space was met since the text or its fence began: a scalar may stand here. */
  get atStart(): boolean {
    return this.#state === START;
  }

  /** A value, or what looked like one, was read here. */
  prose(): void {
    this.#state = PROSE;
    this.#run = -1;
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
        if (bracket && LIKELY.test(this.#line)) return at;
        this.#line += text.charAt(at);
        if (this.#line.length > LONGEST_INFO) this.prose();
        continue;
      }
      if (bracket) return at;
      if (this.closes(code)) {
        this.closed = true;
        return at + 1;
      }
      if (code === 0x20 || code === 0x0d || code === 0x09 || code === 0xfeff) continue;
      if ((code === 0x60 || code === 0x7e) && this.#fenceGrows(code)) continue;
      if (this.#state === START && startsScalar(code)) return at;
      this.prose();
    }
    return at;
  }

  /** The text is over: a foreign block may lack its fence. */
  end(): void {
    if (this.#state === FOREIGN) (this.foreign.at(-1) as ForeignBlock).text += this.#line;
  }

  /** Broken JSON begins, so far inside `depth` brackets. */
  beginSkip(broken: { depth: number; inString: boolean; inEscape: boolean }): void {
    this.#broken = broken;
  }

  get skipping(): boolean {
    return this.#broken.depth > 0;
  }

  /** Through broken JSON to the bracket that closes it, as far as that can be told. Gives where it stopped. */
  skip(text: string, at: number): number {
    const broken = this.#broken;
    for (; at < text.length && broken.depth > 0; at++) {
      const code = text.charCodeAt(at);
      this.closed = this.closes(code);
      if (this.closed) return at + 1;
      if (broken.inEscape) broken.inEscape = false;
      else if (broken.inString) {
        if (code === 0x5c) broken.inEscape = true;
        else if (code === 0x22) broken.inString = false;
      } else if (code === 0x22) broken.inString = true;
      else if (code === 0x7b || code === 0x5b) broken.depth++;
      else if (code === 0x7d || code === 0x5d) broken.depth--;
    }
    return at;
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
      const info = this.#line.replace(/^[`~]+/, '').trimEnd();
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
      const fence = /^[ \t]{0,3}(`{3,}|~{3,})([^`]*)$/.exec(line.trimEnd());
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
