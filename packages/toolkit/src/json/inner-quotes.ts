/** Judges the quotes that were taken for part of a string, so that none of them is one that ended or began another. */
export class InnerQuotes {
  /** Where they stand in the string. */
  readonly #places: number[] = [];
  /** Brackets that are open in the string. */
  #depth = 0;

  /** The string so far, before the first of them. */
  constructor(head: string) {
    this.pass(head);
  }

  /** What stands in brackets that the string itself opened belongs to it: `row["name"]`, JSON in JSON. */
  get bracketOpen(): boolean {
    return this.#depth > 0;
  }

  get first(): number {
    return this.#places[0] ?? -1;
  }

  get last(): number {
    return this.#places.at(-1) ?? -1;
  }

  /** The last two stand side by side. */
  get lastDoubled(): boolean {
    return this.#places.length > 1 && this.#places.at(-2) === this.last - 1;
  }

  add(place: number): void {
    this.#places.push(place);
  }

  /** What the string goes on with. */
  pass(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x7b || code === 0x5b) this.#depth++;
      else if (code === 0x7d || code === 0x5d) this.#depth--;
    }
  }

  /**
   * Whether they are in pairs, each where prose or code has it. `end` is where the string ends; `cut`: the text ended
   * there, so that one may lack its other.
   */
  fit(text: string, end = text.length, cut = false): boolean {
    if (!cut && isJson(text, end)) return true;
    if (text.includes('\u201e')) return true;
    const places = this.#places.filter((place) => place < end);
    let open = 0;
    for (let at = 0; at < places.length; at++) {
      const begin = places[at] as number;
      let length = 1;
      while (places[at + 1] === begin + length) {
        length++;
        at++;
      }
      const before = begin === 0 ? '' : text.charAt(begin - 1);
      const after = begin + length >= end ? '' : text.charAt(begin + length);
      const mark = text.charAt(begin);
      const inWord = isWord(before) && isWord(after);
      if (inWord && (mark === "'" || mark === '\u2019')) continue;
      if (inWord && length > 1) return false;
      if (open === 0) {
        if (inWord || (OPENS_BEHIND.includes(before) && after.trim() !== '')) open = length;
        else if (!(length === 1 && after !== '' && /\d/.test(before))) return false;
        if (
          cut &&
          open > 0 &&
          text
            .slice(Math.max(0, begin - 32), begin)
            .trimEnd()
            .endsWith(',')
        )
          return false;
      } else {
        const closes = before.trim() !== '' && CLOSES_BEFORE.includes(after);
        if (length !== open || !(inWord || closes)) return false;
        open = 0;
        if (behind(text, begin + length, end) === ':') return false;
      }
    }
    return open === 0 || cut;
  }
}

/** What an opening quote stands behind, where that is not the beginning. The empty string is in every string. */
const OPENS_BEHIND = ' \t\n\r\u00a0([{<=>,;:-\u2013\u2014/|\u201e\'"\\';
/** What a closing quote stands before, where that is not the end. */
const CLOSES_BEFORE = ' \t\n\r\u00a0)]}<>.,;:!?-\u2013\u2014/|\'"=\\';

/** JSON in a string that was not escaped. */
function isJson(text: string, end: number): boolean {
  if (end < 2 || !'{['.includes(text.charAt(0))) return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** The next character that is not white space. A key has its colon close by. */
function behind(text: string, from: number, end: number): string {
  return text
    .slice(from, Math.min(end, from + 32))
    .trimStart()
    .charAt(0);
}
