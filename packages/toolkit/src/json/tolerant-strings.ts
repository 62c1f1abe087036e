import type { JsonRepair, JsonRepairKind } from './json-repair.ts';
import { CurlyEnd } from './curly-end.ts';
import { InnerQuotes } from './inner-quotes.ts';
import {
  CLOSING,
  isBlank,
  isDigit,
  isName,
  isNamePart,
  isOddBlank,
  literalOf,
  startsNumber,
} from './json-characters.ts';
import { COLON, ESCAPE, HEX, JsonReader, KEY, STRING, VALUE } from './json-reader.ts';

const AT_QUOTE = 11;
const AT_COMMA = 12;
const AT_NAME = 13;
const BEHIND_NAME = 14;
const AT_TRIPLE = 15;

/** A longer name behind a comma is text. */
const LONGEST_NAME = 64;

/**
 * Reads strings as models write them. A quote ends its string when what follows fits behind a string; else it belongs
 * to the text. Behind a comma, which may be the text's as well, a key or a value must follow.
 */
export abstract class StringReader extends JsonReader {
  override readonly repairs: JsonRepair[] = [];
  /** The quote that may have ended the string. */
  #met = 0x22;
  /** What was read since: white space, the comma, a name, white space. */
  #since = '';
  /** What separates is not one comma. */
  #oddComma = false;
  #name = '';
  #triple = false;
  /** How many of the three quotes that end the string were met. */
  #quotes = 0;
  #controlNoted = false;
  /** Quotes that were taken for text. */
  #inner: InnerQuotes | undefined;
  readonly #curly = new CurlyEnd();

  override get inString(): boolean {
    return super.inString || (this.state >= AT_QUOTE && this.state <= AT_TRIPLE);
  }

  /** The text is over inside a string. */
  protected cutString(): void {
    const { state, isKey } = this;
    if (state < STRING || state > AT_TRIPLE || !this.inString || isKey) return;
    const value = state === AT_NAME && this.builder.inArray ? literalOf(this.#name) : undefined;
    this.builder.add(this.token);
    if (value !== undefined) this.builder.add(value);
  }

  /** Whether what the text ends in can be told: a quote in a string that is cut may have been its end. */
  protected get cutFits(): boolean {
    return !this.inString || this.#inner?.fit(this.token, this.token.length, super.inString) !== false;
  }

  protected override append(decoded: string): void {
    if (this.#inner !== undefined) this.#inner.pass(decoded);
    super.append(decoded);
    this.#curly.pass(decoded, this.token.length);
  }

  /** The quote that was met ends the string. False when quotes that were taken for text do not fit into it. */
  #ends(): boolean {
    if (this.#inner?.fit(this.token) === false) return false;
    super.endString(this.#met);
    return true;
  }

  /** Whether `code` opens a string or a key that is not in JSON's quotes. */
  protected opens(code: number): boolean {
    return CLOSING[code] !== undefined;
  }

  protected override beginString(isKey: boolean, position: number, quote: number): boolean {
    this.#controlNoted = this.#triple = false;
    this.#inner = undefined;
    this.#curly.begin();
    const closing = CLOSING[quote];
    if (closing === undefined) return super.beginString(isKey, position, quote);
    this.note('quotes', position);
    super.beginString(isKey, position, closing);
    // Some models close a curly quote as they opened it.
    this.otherQuote = closing === 0x201d ? 0x201c : closing === 0x2019 ? 0x2018 : closing;
    return true;
  }

  /** A key ends at its quote; so does what may still be prose. */
  protected override endString(quote: number): void {
    this.#met = quote;
    if (this.#triple) {
      this.#quotes = 1;
      this.state = AT_TRIPLE;
    } else if (this.isKey || !(this.committed || this.likely)) super.endString(quote);
    else {
      this.#since = this.#name = '';
      this.state = AT_QUOTE;
    }
  }

  /** A character that does not fit, in a string or behind its quote; undefined in any other state. */
  protected inStringMisfit(code: number, position: number): number | undefined {
    switch (this.state) {
      case STRING:
        if (!this.#controlNoted && !this.#triple) this.note('control-character', position);
        this.#controlNoted = true;
        this.append(String.fromCharCode(code));
        return 1;
      case ESCAPE: {
        this.note('escape', position - 1);
        this.state = STRING;
        const quote = code === 0x27 || code === this.quote || code === this.otherQuote;
        this.append(quote ? String.fromCharCode(code) : '\\');
        return quote ? 1 : 0;
      }
      case HEX:
        this.note('escape', position - 2 - this.hex.length);
        this.append(`\\u${this.hex}`);
        this.state = STRING;
        return 0;
      case AT_QUOTE:
        return this.#atQuote(code, position);
      case AT_COMMA:
        return this.#atComma(code, position);
      case AT_NAME:
      case BEHIND_NAME:
        return this.#atName(code, position);
      case AT_TRIPLE:
        return this.#atTriple(code);
      default:
        return undefined;
    }
  }

  protected note(kind: JsonRepairKind, position: number): void {
    this.repairs.push({ kind, position });
  }

  #atQuote(code: number, position: number): number {
    if (code === 0x2c || code === 0x3b) {
      this.#oddComma = code === 0x3b;
      this.state = AT_COMMA;
      return this.#hold(code);
    }
    if (this.#isBlank(code, position)) return this.#hold(code);
    const quote = code === 0x22 || this.opens(code);
    if (quote && code === this.#met && this.token === '' && this.#since === '') {
      this.note('quotes', this.stringAt);
      this.#triple = true;
      this.state = STRING;
      return 1;
    }
    const { inArray } = this.builder;
    if (code === 0x3a && !this.#inBrackets()) return this.#atColon(code, position);
    const closer = code === 0x7d || (code === 0x5d && (inArray || !this.#bracketOpen()));
    const ends = closer ? !this.#inBrackets() : code === 0x2f || code === 0x23;
    if (ends || (quote && this.#since !== '' && !this.#inBrackets()))
      return this.#ends() ? 0 : super.misfit(code, position);
    return this.#textAfterAll(position);
  }

  /** What was taken for text is a key: the string ended before the comma in front of it, or the comma is missing. */
  #atColon(code: number, position: number): number {
    const inner = this.#inner;
    if (inner === undefined || this.builder.inArray || this.#met !== 0x22)
      return super.misfit(code, position);
    const quoteAt = position - this.#since.length - 1;
    const { token } = this;
    const key = token.slice(inner.last + 1);
    const doubled = inner.lastDoubled;
    const head = token.slice(0, doubled ? inner.last - 1 : inner.last);
    const value = doubled ? head : beforeComma(head);
    const fits = value !== undefined && key !== '' && key.length <= LONGEST_NAME && !/[\n\r]/.test(key);
    if (!fits || /[}\]]\s*$/.test(value.slice(-LONGEST_NAME)) || !inner.fit(value))
      return super.misfit(code, position);
    const end = quoteAt - (token.length - value.length);
    this.repairs.splice(this.repairs.findLastIndex((repair) => repair.position < end) + 1);
    this.note(doubled ? 'missing-comma' : 'missing-quote', doubled ? end + 1 : end);
    this.token = value;
    super.endString(this.#met);
    this.builder.key(key);
    this.state = COLON;
    return 0;
  }

  #atComma(code: number, position: number): number {
    if (this.#isBlank(code, position)) return this.#hold(code);
    const { inArray } = this.builder;
    if (isName(code) || (!inArray && isDigit(code))) {
      this.state = AT_NAME;
      this.#name = String.fromCharCode(code);
      return this.#hold(code);
    }
    if (this.#inBrackets()) return this.#textAfterAll(position);
    // In an object one comma too many leaves nothing out.
    if (code === 0x2c) {
      this.#oddComma = true;
      return inArray ? super.misfit(code, position) : this.#hold(code);
    }
    const value = code === 0x7b || code === 0x5b || code === 0x5d || startsNumber(code);
    const follows = code === 0x22 || this.opens(code) || code === 0x2f || code === 0x23;
    if (!follows && (inArray ? !value : code !== 0x7d)) return this.#textAfterAll(position);
    if (!this.#ends()) return super.misfit(code, position);
    this.#noteSeparator(position);
    this.state = inArray ? VALUE : KEY;
    return 0;
  }

  #atName(code: number, position: number): number {
    if (this.state === AT_NAME && isNamePart(code) && this.#name.length < LONGEST_NAME) {
      this.#name += String.fromCharCode(code);
      return this.#hold(code);
    }
    const at = position - this.#since.length + this.#since.lastIndexOf(this.#name);
    if (this.builder.inArray) {
      const value = literalOf(this.#name);
      const ends = code === 0x2c || code === 0x5d || isBlank(code) || code === 0x2f || code === 0x23;
      if (value === undefined || !ends) return this.#textAfterAll(position);
      if (!this.#ends()) return super.misfit(code, position);
      this.#noteSeparator(at);
      if (String(value) !== this.#name) this.note('literal', at);
      this.add(value);
      return 0;
    }
    if (this.#isBlank(code, position)) {
      this.state = BEHIND_NAME;
      return this.#hold(code);
    }
    if (code !== 0x3a) return this.#textAfterAll(position);
    if (!this.#ends()) return super.misfit(code, position);
    this.#noteSeparator(at);
    this.note('unquoted-key', at);
    this.builder.key(this.#name);
    this.state = COLON;
    return 0;
  }

  #noteSeparator(position: number): void {
    if (this.#oddComma) this.note('separator', position - 1);
  }

  #atTriple(code: number): number {
    if (code === this.#met) {
      this.#quotes++;
      if (this.#quotes === 3) super.endString(code);
      return 1;
    }
    this.state = STRING;
    this.append(String.fromCharCode(this.#met).repeat(this.#quotes));
    return 0;
  }

  /** The quote was part of the text, unless a curly one had ended the string before it. */
  #textAfterAll(position: number): number {
    const quoteAt = position - this.#since.length - 1;
    const end = this.#since === '' && this.#met === 0x22 ? this.#curly.beforeComma : -1;
    if (end >= 0) {
      const { inArray } = this.builder;
      this.note('quotes', quoteAt - this.token.length + end);
      this.token = this.token.slice(0, end);
      if (!this.#ends()) return super.misfit(0x22, position);
      this.state = inArray ? VALUE : KEY;
      this.beginString(!inArray, quoteAt, 0x22);
      return 0;
    }
    this.note('inner-quote', quoteAt);
    this.#inner ??= new InnerQuotes(this.token);
    this.#inner.add(this.token.length);
    this.state = STRING;
    this.append(String.fromCharCode(this.#met) + this.#since);
    return 0;
  }

  /** White space behind a quote. */
  #isBlank(code: number, position: number): boolean {
    if (isBlank(code)) return true;
    if (!isOddBlank(code)) return false;
    this.note('white-space', position);
    return true;
  }

  #hold(code: number): 1 {
    this.#since += String.fromCharCode(code);
    return 1;
  }

  /** Where quotes are text, so are those in brackets that the string opened. */
  #inBrackets(): boolean {
    return this.#inner?.bracketOpen === true;
  }

  /** The string has a bracket that it does not close, as in `row["name"]`. */
  #bracketOpen(): boolean {
    return (this.#inner ?? new InnerQuotes(this.token)).bracketOpen;
  }
}

/** A text without the comma that it ends in and the white space behind that. */
function beforeComma(text: string): string | undefined {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(',') ? trimmed.slice(0, -1) : undefined;
}
