import {
  AFTER,
  COLON,
  ESCAPE,
  FIRST_ITEM,
  FIRST_KEY,
  HEX,
  JsonReader,
  KEY,
  LITERAL,
  NUMBER,
  STRING,
  VALUE,
} from './json-reader.ts';

/** Something that is not JSON and was read as if it were. */
export interface JsonRepair {
  kind: JsonRepairKind;
  /** Where in the text, in UTF-16 units. */
  position: number;
}

/** What was wrong with a JSON text and could be put right. */
export type JsonRepairKind =
  | 'trailing-comma'
  | 'missing-comma'
  /** A string or a key in quotes that are not `"`. */
  | 'quotes'
  /** A `"` in a string that should have been `\"`. */
  | 'inner-quote'
  | 'unquoted-key'
  | 'comment'
  /** `True`, `False`, `None`; and `NaN`, `Infinity` and `undefined`, which are read as `null`. */
  | 'literal'
  /** `.5`, `+1`, `1.`, `01`. */
  | 'number'
  /** A line end or another control character in a string; noted once a string. */
  | 'control-character'
  /** A backslash before what JSON does not escape; it is kept, but before a quote. */
  | 'escape'
  /** The text ended inside. A string keeps what there is of it; a key without a value, a number and a literal go. */
  | 'truncated'
  | (string & {});

const AT_QUOTE = 11;
const BARE = 12;
const WORD = 13;
const SLASH = 14;
const LINE = 15;
const BLOCK = 16;
const STAR = 17;

/** Opening quotes and what closes them: ' “ ‘ and, since some models turn them round, ” and ’. */
const CLOSING: { [code: number]: number } = {
  0x27: 0x27,
  0x201c: 0x201d,
  0x2018: 0x2019,
  0x201d: 0x201d,
  0x2019: 0x2019,
};

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ...['none', 'null', 'nan', 'infinity', 'undefined'].map((word) => [word, null] as const),
]);

const LOOSE_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads what models write for JSON, and notes what it mended. What is JSON it reads as `JsonReader` does, with nothing
 * to note: it only goes on where that one stops, but for the end of a string, which is believed when the next
 * character fits behind it.
 */
export class TolerantReader extends JsonReader {
  override readonly repairs: JsonRepair[] = [];
  /** Where to go on behind a comment. */
  #behind = VALUE;
  /** White space behind a quote of which it is not known whether it ends its string. */
  #gap = '';
  #stringNoted = false;

  override get inString(): boolean {
    return super.inString || this.state === AT_QUOTE;
  }

  /** Closes whatever is open: the text is over. False when nothing is in it yet. */
  override finish(position: number): boolean {
    const { state, builder, token } = this;
    if (builder.version === 1) return false;
    this.#note('truncated', position);
    const open = state === STRING || state === ESCAPE || state === HEX || state === AT_QUOTE;
    if (open && !this.isKey) builder.add(token);
    while (builder.depth > 0) builder.close();
    this.status = 'complete';
    return true;
  }

  protected override beginString(isKey: boolean, position: number, quote: number): boolean {
    this.#stringNoted = false;
    return super.beginString(isKey, position, quote);
  }

  /** A key ends at its quote; so does what may still be prose. */
  protected override endString(): void {
    if (this.isKey || !this.committed) return super.endString();
    this.#gap = '';
    this.state = AT_QUOTE;
  }

  protected override misfit(code: number, position: number): number {
    if (this.tooDeep) return super.misfit(code, position);
    switch (this.state) {
      case STRING:
        if (!this.#stringNoted) this.#note('control-character', position);
        this.#stringNoted = true;
        this.append(String.fromCharCode(code));
        return 1;
      case ESCAPE: {
        this.#note('escape', position - 1);
        this.state = STRING;
        const quote = code === 0x27 || code === this.quote;
        this.append(quote ? String.fromCharCode(code) : '\\');
        return quote ? 1 : 0;
      }
      case HEX:
        this.#note('escape', position - 2 - this.hex.length);
        this.append(`\\u${this.hex}`);
        this.state = STRING;
        return 0;
      case NUMBER:
        if (!LOOSE_NUMBER.test(this.token)) break;
        this.#note('number', position - this.token.length);
        this.add(Number(this.token));
        return 0;
      case LITERAL:
        this.state = WORD;
        return 0;
      case WORD:
        return this.#word(code, position);
      case AT_QUOTE:
        return this.#behindQuote(code, position);
      case BARE:
        if (isName(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d) return this.#more(code);
        this.#note('unquoted-key', position - this.token.length);
        this.builder.key(this.token);
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
    if (code === 0x2f || code === 0x23) {
      this.#note('comment', position);
      this.#behind = state;
      this.state = code === 0x23 ? LINE : SLASH;
      return 1;
    }
    if (
      code === (this.builder.inArray ? 0x5d : 0x7d) &&
      (state === KEY || (forValue && this.builder.inArray))
    ) {
      this.#note('trailing-comma', position);
      this.close();
      return 1;
    }
    const closing = CLOSING[code];
    if (closing !== undefined && (forKey || forValue)) {
      this.#note('quotes', position);
      this.beginString(forKey, position, closing);
      return 1;
    }
    const opens = code === 0x22 || closing !== undefined;
    if (state === AFTER && (opens || (this.builder.inArray && (code === 0x7b || code === 0x5b)))) {
      this.#note('missing-comma', position);
      this.state = this.builder.inArray ? VALUE : KEY;
      return 0;
    }
    const starts = forKey ? BARE : forValue ? WORD : undefined;
    if (starts !== undefined && isName(code)) {
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

  /** The quote ended the string when what follows it fits behind a string; else it belongs to the text. */
  #behindQuote(code: number, position: number): number {
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#gap += String.fromCharCode(code);
      return 1;
    }
    const ends = code === 0x2c || code === 0x5d || code === 0x7d || code === 0x2f || code === 0x23;
    const another = (code === 0x22 || CLOSING[code] !== undefined) && this.#gap !== '';
    if (ends || another) {
      super.endString();
      return 0;
    }
    this.#note('inner-quote', position - this.#gap.length - 1);
    this.state = STRING;
    this.append(String.fromCharCode(this.quote) + this.#gap);
    return 0;
  }

  #word(code: number, position: number): number {
    if (isName(code) && this.token.length < 9) return this.#more(code);
    const value = WORDS.get(this.token.toLowerCase());
    if (value === undefined) return super.misfit(code, position);
    this.#note('literal', position - this.token.length);
    this.add(value);
    return 0;
  }

  #comment(code: number, position: number): number {
    if (this.state === SLASH) {
      if (code !== 0x2f && code !== 0x2a) return super.misfit(code, position);
      this.state = code === 0x2f ? LINE : BLOCK;
    } else if (this.state === LINE) {
      if (code === 0x0a || code === 0x0d) this.state = this.#behind;
    } else if (this.state === STAR && code === 0x2f) this.state = this.#behind;
    else this.state = code === 0x2a ? STAR : BLOCK;
    return 1;
  }

  #more(code: number): 1 {
    this.token += String.fromCharCode(code);
    return 1;
  }

  #note(kind: JsonRepairKind, position: number): void {
    this.repairs.push({ kind, position });
  }
}

/** ASCII letters, `_`, `$`, and whatever is beyond ASCII. */
function isName(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f || code === 0x24 || code > 0x7f;
}
