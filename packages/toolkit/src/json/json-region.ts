import { isBlank, isDigit, literalOf } from './json-characters.ts';

/** Looks at what stands behind a value: whether that goes on, so that it was only a part. */
export class Continuation {
  /** Closing braces that do not announce more. */
  #spare: number;
  #comma = false;
  #word = '';

  constructor(spare = 0) {
    this.#spare = spare;
  }

  /** A comma came, and nothing behind it yet that tells. */
  get afterComma(): boolean {
    return this.#comma;
  }

  /** `undefined`: more has to be seen. `free`: the value was whole. `continues`: it was a part. */
  take(code: number): 'free' | 'continues' | undefined {
    if (this.#word !== '') return this.#inWord(code);
    if (isBlank(code)) return undefined;
    if (code === 0x7d && !this.#comma && this.#spare > 0) {
      this.#spare--;
      return undefined;
    }
    if (isCloser(code)) return 'continues';
    if (!this.#comma) {
      if (code !== 0x2c) return 'free';
      this.#comma = true;
      return undefined;
    }
    if (isLetter(code)) {
      this.#word = String.fromCharCode(code);
      return undefined;
    }
    return code === 0x2c || startsToken(code) ? 'continues' : 'free';
  }

  #inWord(code: number): 'free' | 'continues' | undefined {
    if (isLetter(code) && this.#word.length < LONGEST_LITERAL) {
      this.#word += String.fromCharCode(code);
      return undefined;
    }
    const ends = isBlank(code) || code === 0x2c || isCloser(code);
    return ends && literalOf(this.#word) !== undefined ? 'continues' : 'free';
  }
}

const LONGEST_LITERAL = 9;

/** Where a broken value or a bracket of prose stands when it is given up. */
export interface RegionStart {
  /** What closes the brackets that are open, the innermost last. */
  readonly closers: number[];
  readonly inString: boolean;
  readonly inEscape: boolean;
  /** The character before. */
  readonly previous: number;
  /** It stands where a value would: not in a sentence. */
  readonly likely: boolean;
  /** A member or an element was read: it is JSON. */
  readonly committed: boolean;
}

/**
 * A text in brackets that is not a value: broken JSON, or prose. Its brackets are matched by kind, so that no part of it
 * passes for the value. Where it ends is believed when its quotes stand where quotes of JSON do and nothing behind it
 * continues it; else it goes on for as long as it is asked.
 */
export class BrokenRegion {
  /** It has what prose in brackets has not. */
  suspicious: boolean;
  /** It has what a value of its kind has: a quote or a digit where one would begin, in braces any quote or a colon. */
  hasJson: boolean;
  /** Its end cannot be told. */
  endless = false;
  readonly #closers: number[];
  readonly #likely: boolean;
  readonly #isObject: boolean;
  #inString: boolean;
  #inEscape: boolean;
  #previous: number;
  /** The last character that is not white space. */
  #mark = 0x2c;
  /** A string was closed by the character before. */
  #closed = false;
  #behind: Continuation | undefined;

  constructor(start: RegionStart) {
    this.#closers = start.closers;
    this.#inString = start.inString;
    this.#inEscape = start.inEscape;
    this.#previous = start.previous;
    this.#likely = start.likely;
    this.suspicious = this.hasJson = start.committed;
    this.#isObject = start.closers[0] === 0x7d;
  }

  get inString(): boolean {
    return this.#inString;
  }

  /** White space alone was met behind it. */
  get bareBehind(): boolean {
    return this.#behind?.afterComma === false;
  }

  /** True when it was over before this character. */
  take(code: number): boolean {
    if (this.endless) return false;
    if (this.#behind !== undefined) return this.#isOver(code);
    if (this.#inEscape) this.#inEscape = false;
    else if (this.#inString) {
      if (code === 0x5c) this.#inEscape = true;
      else if (code === 0x22) {
        this.#inString = false;
        this.#closed = true;
      }
    } else this.#outside(code);
    this.#previous = code;
    if (!isBlank(code)) this.#mark = code;
    if (this.#closers.length > 0 || this.endless) return false;
    this.#behind = new Continuation();
    return false;
  }

  #outside(code: number): void {
    const closed = this.#closed;
    this.#closed = false;
    if (code === 0x22) {
      const fits = isBlank(this.#previous)
        ? !this.#likely || isBeforeString(this.#mark)
        : isBeforeString(this.#previous) || this.#previous === 0x28 || this.#previous === 0x3d;
      this.#inString = this.suspicious = true;
      this.hasJson ||= this.#isObject;
      if (!fits) this.endless = true;
    } else if (closed && isLetter(code)) this.endless = true;
    else if (code === 0x7b || code === 0x5b) {
      this.suspicious = true;
      this.#closers.push(code + 2);
    } else if (isCloser(code)) {
      if (this.#closers.at(-1) === code) this.#closers.pop();
      else this.suspicious = true;
    } else if (code === 0x3a) {
      this.suspicious = true;
      this.hasJson ||= this.#isObject;
    } else if (isDigit(code) && isBeforeString(this.#mark)) this.hasJson = true;
    else if (code === 0x27 && isBeforeString(this.#previous)) this.suspicious = this.hasJson = true;
  }

  #isOver(code: number): boolean {
    if (!this.suspicious) return true;
    const goesOn = this.#likely && this.hasJson && (code === 0x22 || code === 0x27 || code === 0x3a);
    const verdict = goesOn ? 'continues' : this.#behind?.take(code);
    if (verdict === 'continues') this.endless = true;
    return verdict === 'free';
  }
}

function isBeforeString(code: number): boolean {
  return code === 0x7b || code === 0x5b || code === 0x2c || code === 0x3a;
}

function isCloser(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A quote, a bracket, a digit or a sign. */
function startsToken(code: number): boolean {
  return code === 0x22 || code === 0x7b || code === 0x5b || code === 0x2d || isDigit(code);
}
