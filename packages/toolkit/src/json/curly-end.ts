import { isBlank } from './json-characters.ts';

/** Looks for a curly quote that may have ended a string, while the string comes. */
export class CurlyEnd {
  #at = -1;
  #comma = false;

  begin(): void {
    this.#at = -1;
  }

  /** Where the curly quote stands in the string, when a comma alone stands behind it; otherwise -1. */
  get beforeComma(): number {
    return this.#comma ? this.#at : -1;
  }

  /** The next piece of the string, which is `length` long with it. Looked for in the whole string, it would be quadratic. */
  pass(piece: string, length: number): void {
    const last = piece.charCodeAt(piece.length - 1);
    if (last > 0x2c && last < 0x2000) {
      this.#at = -1;
      return;
    }
    let at = lastMark(piece, piece.length);
    if (at < 0) return;
    const comma = piece.charCodeAt(at) === 0x2c;
    if (comma) at = lastMark(piece, at);
    const code = piece.charCodeAt(at);
    if (at < 0) this.#at = this.#comma ? -1 : this.#at;
    else this.#at = code === 0x201d || code === 0x2019 ? length - piece.length + at : -1;
    this.#comma = comma;
  }
}

/** The last character before `end` that is not white space; -1 without one. */
function lastMark(text: string, end: number): number {
  let at = end - 1;
  while (at >= 0 && isBlank(text.charCodeAt(at))) at--;
  return at;
}
