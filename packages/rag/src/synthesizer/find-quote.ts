/**
 * A text in which words are looked up as a reader would compare them: letter case, the kind of white space, of
 * quotation marks and of dashes do not count. Places are those of the text as it is.
 */
export class QuotableText {
  readonly #text: string;
  readonly #folded: string;
  /** The place in the text of each unit of the folded text. */
  readonly #places: readonly number[];

  constructor(text: string) {
    this.#text = text;
    [this.#folded, this.#places] = fold(text);
  }

  /** Where the words stand, UTF-16, end exclusive; the first place of several. */
  find(words: string): { quote: string; start: number; end: number } | undefined {
    const [wanted] = fold(words.trim());
    if (wanted === '') return undefined;
    const at = this.#folded.indexOf(wanted);
    if (at === -1) return undefined;
    const start = this.#places[at] as number;
    // The unit after the last one tells where the last one ends, white space and all; it is not part of the quote.
    const end = this.#places[at + wanted.length] ?? this.#text.length;
    const quote = this.#text.slice(start, end).trimEnd();
    return { quote, start, end: start + quote.length };
  }
}

const FOLDED: { readonly [character: string]: string } = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u00ab': '"',
  '\u00bb': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2026': '...',
  '\u00ad': '',
  '\u200b': '',
};

function fold(text: string): [string, number[]] {
  let folded = '';
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    const isSpace = /\s/.test(character);
    const unit = isSpace ? (folded.endsWith(' ') ? '' : ' ') : (FOLDED[character] ?? character.toLowerCase());
    for (let i = 0; i < unit.length; i++) places.push(at);
    folded += unit;
    at += character.length;
  }
  return [folded, places];
}
