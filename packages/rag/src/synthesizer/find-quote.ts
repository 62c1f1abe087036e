import { foldQuotable, type FoldedText } from '../folding.ts';

/**
 * A text in which words are looked up as a reader would compare them: see `foldQuotable`. Places are those of the text
 * as it is.
 */
export class QuotableText {
  readonly #text: string;
  readonly #folded: FoldedText;

  constructor(text: string) {
    this.#text = text;
    this.#folded = foldQuotable(text);
  }

  /** Where the words stand, UTF-16, end exclusive; the first place of several. */
  find(words: string): { quote: string; start: number; end: number } | undefined {
    const wanted = foldQuotable(words).text.trim();
    if (wanted === '') return undefined;
    const { text, starts, ends } = this.#folded;
    const at = text.indexOf(wanted);
    if (at === -1) return undefined;
    const start = starts[at] as number;
    const end = ends[at + wanted.length - 1] as number;
    return { quote: this.#text.slice(start, end), start, end };
  }
}
