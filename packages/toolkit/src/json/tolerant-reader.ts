import { isDigit, isName, isNamePart, isOddBlank, literalOf } from './json-characters.ts';
import { AFTER, COLON, FIRST_ITEM, FIRST_KEY, KEY, LITERAL, NUMBER, VALUE } from './json-reader.ts';
import { StringReader } from './tolerant-strings.ts';

const BARE = 20;
const WORD = 21;
const SLASH = 22;
const LINE = 23;
const BLOCK = 24;
const STAR = 25;

const LOOSE_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** `-Infinity`, `undefined`. */
const LONGEST_WORD = 9;

/**
 * Reads what models write for JSON, and notes what it mended. What is JSON it reads as `JsonReader` does, with nothing
 * to note: it only goes on where that one stops, but for the end of a string, which is believed when what follows it
 * fits behind a string.
 */
export class TolerantReader extends StringReader {
  /** Where to go on behind a comment. */
  #behind = VALUE;
  /** Where an `=` stood for a colon. */
  #equalsAt = -1;

  /** Closes whatever is open: the text is over. False when nothing is in it yet. */
  override finish(position: number): boolean {
    const { builder } = this;
    if (builder.version === 1 || !this.cutFits) return false;
    this.note('truncated', position);
    this.cutString();
    while (builder.depth > 0) builder.close();
    this.status = 'complete';
    return true;
  }

  protected override misfit(code: number, position: number): number {
    if (this.tooDeep) return super.misfit(code, position);
    const used = this.inStringMisfit(code, position);
    if (used !== undefined) return used;
    switch (this.state) {
      case NUMBER:
        if (isName(code) && (this.token === '-' || this.token === '+')) {
          this.state = WORD;
          return this.#more(code);
        }
        if (!LOOSE_NUMBER.test(this.token)) break;
        this.note('number', position - this.token.length);
        this.add(Number(this.token));
        return 0;
      case LITERAL:
        this.state = WORD;
        return 0;
      case WORD:
        return this.#word(code, position);
      case BARE:
        if (isNamePart(code)) return this.#more(code);
        this.note('unquoted-key', position - this.token.length);
        this.builder.key(this.token);
        this.isKey = false;
        this.state = COLON;
        return 0;
      case SLASH:
      case LINE:
      case BLOCK:
      case STAR:
        return this.#comment(code, position);
      default:
        return this.#between(code, position);
    }
    return super.misfit(code, position);
  }

  /** Where a token could begin. */
  #between(code: number, position: number): number {
    const { state } = this;
    const forKey = state === KEY || state === FIRST_KEY;
    const forValue = state === VALUE || state === FIRST_ITEM;
    if (isOddBlank(code)) {
      this.note('white-space', position);
      return 1;
    }
    if (this.#separates(code, position)) return 1;
    if (code === 0x2f || code === 0x23) {
      this.note('comment', position);
      this.#behind = state;
      this.state = code === 0x23 ? LINE : SLASH;
      return 1;
    }
    if (
      code === (this.builder.inArray ? 0x5d : 0x7d) &&
      (state === KEY || (forValue && this.builder.inArray))
    ) {
      this.note('trailing-comma', position);
      this.close();
      return 1;
    }
    if (this.opens(code) && (forKey || forValue)) {
      this.beginString(forKey, position, code);
      return 1;
    }
    const opens = code === 0x22 || this.opens(code);
    if (state === AFTER && (opens || (this.builder.inArray && (code === 0x7b || code === 0x5b)))) {
      this.note('missing-comma', position);
      this.state = this.builder.inArray ? VALUE : KEY;
      return 0;
    }
    const starts = forKey ? BARE : forValue ? WORD : undefined;
    if (starts !== undefined && (isName(code) || (forKey && isDigit(code)))) {
      this.token = '';
      this.state = starts;
      return this.#more(code);
    }
    if (forValue && (code === 0x2b || code === 0x2e)) {
      this.token = '';
      this.state = NUMBER;
      return this.#more(code);
    }
    return super.misfit(code, position);
  }

  /** A separator that is doubled or of another kind, where that can be read in one way only. */
  #separates(code: number, position: number): boolean {
    const { state } = this;
    const inObject = !this.builder.inArray;
    if (state === AFTER && code === 0x3b) this.state = inObject ? KEY : VALUE;
    else if (state === COLON && code === 0x3d && this.isKey) {
      this.#equalsAt = position;
      this.committed = true;
      this.state = VALUE;
    } else if (state === VALUE && code === 0x3e && position === this.#equalsAt + 1) return true;
    else if (!(state === KEY && code === 0x2c) && !(state === VALUE && inObject && code === 0x3a))
      return false;
    this.note('separator', position);
    return true;
  }

  #word(code: number, position: number): number {
    if (isName(code) && this.token.length < LONGEST_WORD) return this.#more(code);
    const value = literalOf(this.token);
    if (value === undefined) return super.misfit(code, position);
    this.note('literal', position - this.token.length);
    this.add(value);
    return 0;
  }

  #comment(code: number, position: number): number {
    if (this.state === SLASH) {
      if (code !== 0x2f && code !== 0x2a) return super.misfit(code, position);
      this.state = code === 0x2f ? LINE : BLOCK;
    } else if (this.state === LINE) {
      // `[[ ## name ## ]]`: a bracket of prose that closes in what would be a comment.
      const { inArray, version, depth } = this.builder;
      if (code === 0x5d && inArray && version === depth) return super.misfit(code, position);
      if (code === 0x0a || code === 0x0d) this.state = this.#behind;
    } else if (this.state === STAR && code === 0x2f) this.state = this.#behind;
    else this.state = code === 0x2a ? STAR : BLOCK;
    return 1;
  }

  #more(code: number): 1 {
    this.token += String.fromCharCode(code);
    return 1;
  }
}
