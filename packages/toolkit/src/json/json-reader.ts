import type { JsonBuilder } from './json-builder.ts';
import type { JsonRepair } from './json-repair.ts';

export const VALUE = 0;
export const FIRST_ITEM = 1;
export const FIRST_KEY = 2;
export const KEY = 3;
export const COLON = 4;
export const AFTER = 5;
export const STRING = 6;
export const ESCAPE = 7;
export const HEX = 8;
export const NUMBER = 9;
export const LITERAL = 10;

/** By state. Keys that are computed would keep the table in bundles that read no JSON. */
const EXPECTED: readonly string[] = [
  'a JSON value',
  'a JSON value or "]"',
  'a quoted key or "}"',
  'a quoted key',
  '":" after the key',
  '"," or the end of the container',
  'a string without raw control characters, ended by a quote',
  'one of " \\ / b f n r t u after the backslash',
  'four hexadecimal digits after \\u',
  'a JSON number',
  'true, false or null',
];

/** In the further states of a `TolerantReader`. */
const OTHERWISE = 'JSON, or what models write for it';

const ESCAPES: { [code: number]: string } = {
  0x22: '"',
  0x5c: '\\',
  0x2f: '/',
  0x62: '\b',
  0x66: '\f',
  0x6e: '\n',
  0x72: '\r',
  0x74: '\t',
};

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads one JSON value (RFC 8259, nothing else) from text that comes in pieces, each character once. It begins at
 * the value's first character and stops behind its last, or at the first character that does not fit: `misfit` may
 * know what to do with that one (`TolerantReader`).
 */
export class JsonReader {
  status: 'reading' | 'complete' | 'failed' = 'reading';
  /** A key with its colon or an element of an array was read: this is JSON, not a bracket in prose. */
  committed = false;
  /** It begins where JSON would: a quote in it is one of JSON, also before that is certain. */
  likely = false;
  /** It failed by being nested too deep. */
  tooDeep = false;
  /** What was mended: nothing here. */
  readonly repairs: readonly JsonRepair[] = [];
  /** Position of the opening quote of the latest string, -1 before there is one. */
  stringAt = -1;
  protected readonly builder: JsonBuilder;
  protected state: number = VALUE;
  protected isKey = false;
  /** The decoded string, or the characters of a number or literal, as far as they were read. */
  protected token = '';
  /** What ends the string that is open, and what ends it as well. */
  protected quote = 0x22;
  protected otherQuote = 0x22;
  protected hex = '';
  readonly #maxDepth: number;
  /** The first half of a surrogate pair, until it is known what follows. */
  #held = '';
  #literal: 'true' | 'false' | 'null' = 'null';

  constructor(builder: JsonBuilder, maxDepth: number) {
    this.builder = builder;
    this.#maxDepth = maxDepth;
  }

  /** The string value that is being read: what may be shown of it. Never half a surrogate pair. */
  get partialString(): string | undefined {
    return this.inString && !this.isKey ? this.token : undefined;
  }

  get inString(): boolean {
    return this.state === STRING || this.state === ESCAPE || this.state === HEX;
  }

  /** An object was opened, and nothing came yet. */
  get atFirstKey(): boolean {
    return this.state === FIRST_KEY;
  }

  /** The key whose colon is missing, or which is being read. */
  get openKey(): string | undefined {
    return this.state === COLON || (this.inString && this.isKey) ? this.token : undefined;
  }

  get inEscape(): boolean {
    return this.state === ESCAPE;
  }

  get expected(): string {
    return this.tooDeep ? `at most ${this.#maxDepth} levels of nesting` : (EXPECTED[this.state] ?? OTHERWISE);
  }

  /** The text is over: a number at the top level is whole only now. */
  end(): void {
    if (this.status !== 'reading' || this.state !== NUMBER || this.builder.depth > 0) return;
    if (!this.#endNumber()) this.status = 'failed';
  }

  /** Closes what is open, where the text ends inside. False when that cannot be done. */
  finish(_position: number): boolean {
    return false;
  }

  /** A character that does not fit. Gives how many were used up: none, and it has failed, here. */
  protected misfit(_code: number, _position: number): number {
    this.status = 'failed';
    return 0;
  }

  /** Reads `text` from `at`; `base` is the position of its first character. Gives the index it stopped at. */
  read(text: string, at: number, base: number): number {
    const { length } = text;
    while (at < length && this.status === 'reading') {
      const code = text.charCodeAt(at);
      switch (this.state) {
        case STRING: {
          let end = at;
          let unit = code;
          const { quote, otherQuote } = this;
          while (unit !== quote && unit !== otherQuote && unit !== 0x5c && unit >= 0x20) {
            if (++end === length) break;
            unit = text.charCodeAt(end);
          }
          if (end > at) this.append(text.slice(at, end));
          at = end;
          if (at === length) break;
          if (unit < 0x20) at += this.misfit(unit, base + at);
          else {
            at++;
            if (unit === 0x5c) this.state = ESCAPE;
            else this.endString(unit);
          }
          break;
        }
        case ESCAPE: {
          const decoded = ESCAPES[code];
          if (decoded !== undefined) {
            this.append(decoded);
            this.state = STRING;
            at++;
          } else if (code === 0x75) {
            this.hex = '';
            this.state = HEX;
            at++;
          } else at += this.misfit(code, base + at);
          break;
        }
        case HEX:
          if (!isHex(code)) {
            at += this.misfit(code, base + at);
            break;
          }
          this.hex += text.charAt(at++);
          if (this.hex.length === 4) {
            this.append(String.fromCharCode(Number.parseInt(this.hex, 16)));
            this.state = STRING;
          }
          break;
        case NUMBER: {
          let end = at;
          while (end < length && isNumberPart(text.charCodeAt(end))) end++;
          this.token += text.slice(at, end);
          at = end;
          if (at < length && !this.#endNumber()) at += this.misfit(text.charCodeAt(at), base + at);
          break;
        }
        case LITERAL:
          if (code !== this.#literal.charCodeAt(this.token.length)) {
            at += this.misfit(code, base + at);
            break;
          }
          this.token += text.charAt(at++);
          if (this.token === this.#literal) {
            this.add(this.#literal === 'null' ? null : this.#literal === 'true');
          }
          break;
        default:
          if (this.state > LITERAL) {
            at += this.misfit(code, base + at);
            break;
          }
          // White space is free between tokens. Space, tab, line feed and carriage return alone are JSON's.
          if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at++;
          else if (this.#beginToken(code, base + at)) at++;
          else at += this.misfit(code, base + at);
      }
    }
    return at;
  }

  /** The first character of a token. False when it does not fit here. */
  #beginToken(code: number, position: number): boolean {
    const builder = this.builder;
    switch (this.state) {
      case FIRST_KEY:
      case KEY:
        if (code === 0x22) return this.beginString(true, position, 0x22);
        if (code === 0x7d && this.state === FIRST_KEY) return this.close();
        return false;
      case COLON:
        if (code !== 0x3a) return false;
        this.committed = true;
        this.state = VALUE;
        return true;
      case AFTER:
        if (code === 0x2c) {
          this.state = builder.inArray ? VALUE : KEY;
          return true;
        }
        return code === (builder.inArray ? 0x5d : 0x7d) && this.close();
      default:
        if (code === 0x5d && this.state === FIRST_ITEM) return this.close();
        return this.#beginValue(code, position);
    }
  }

  #beginValue(code: number, position: number): boolean {
    if (code === 0x22) return this.beginString(false, position, 0x22);
    if (code === 0x7b || code === 0x5b) {
      if (this.builder.depth >= this.#maxDepth) {
        this.tooDeep = true;
        return false;
      }
      this.builder.open(code === 0x5b);
      this.state = code === 0x5b ? FIRST_ITEM : FIRST_KEY;
      return true;
    }
    this.token = String.fromCharCode(code);
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) this.state = NUMBER;
    else if (code === 0x74 || code === 0x66 || code === 0x6e) {
      this.#literal = code === 0x74 ? 'true' : code === 0x66 ? 'false' : 'null';
      this.state = LITERAL;
    } else return false;
    return true;
  }

  protected beginString(isKey: boolean, position: number, quote: number): boolean {
    this.isKey = isKey;
    this.quote = this.otherQuote = quote;
    this.token = '';
    this.stringAt = position;
    this.state = STRING;
    if (!isKey) this.builder.version++;
    return true;
  }

  protected append(decoded: string): void {
    let text = this.#held === '' ? decoded : this.#held + decoded;
    this.#held = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#held = text.slice(-1);
      text = text.slice(0, -1);
    }
    if (text === '') return;
    this.token += text;
    if (!this.isKey) this.builder.version++;
  }

  protected endString(_quote: number): void {
    const text = this.token + this.#held;
    this.#held = '';
    if (!this.isKey) return this.add(text);
    this.builder.key(text);
    this.state = COLON;
  }

  #endNumber(): boolean {
    if (!JSON_NUMBER.test(this.token)) return false;
    this.add(Number(this.token));
    return true;
  }

  protected add(value: string | number | boolean | null): void {
    this.builder.add(value);
    this.#valueEnded();
  }

  protected close(): true {
    this.builder.close();
    this.#valueEnded();
    return true;
  }

  #valueEnded(): void {
    this.state = AFTER;
    if (this.builder.depth === 0) this.status = 'complete';
    else this.committed = true;
  }
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/** Digits, sign, point, exponent: in any order here, judged when the number is over. */
function isNumberPart(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x65 ||
    code === 0x45
  );
}
