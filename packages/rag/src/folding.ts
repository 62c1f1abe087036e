/*
 * One folding of text for everything that compares words: the search for words (`terms.ts`) and the check of quotes
 * (`find-quote.ts`). Two ways to write a character are one (NFKC: composed or not, ligatures, full width), what is not
 * seen does not count (soft hyphens, zero-width characters, marks of direction), nor does letter case.
 */

/** Not seen, wherever it stands. https://unicode.org/reports/tr44/#Default_Ignorable_Code_Point */
const IGNORED = /\p{Default_Ignorable_Code_Point}+/gu;

/** What is joined or composed, and without what is not seen; letter case stays. */
export function foldForm(text: string): string {
  return (isAscii(text) ? text : text.replace(IGNORED, '')).normalize('NFKC');
}

/** In one letter case. By character: a whole string would give a sigma its final form, and keep a sharp s. */
export function foldCase(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) folded += character.toUpperCase().toLowerCase();
  return folded;
}

/** A text as it is compared, with the place that each of its units has in the text as it is. */
export interface FoldedText {
  readonly text: string;
  /** By unit of `text`: where the character that it is of begins in the original, UTF-16, and where that ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * As a reader would compare it: besides form and case, the kind of white space, of quotation marks and of dashes does
 * not count. Linear in the text.
 */
export function foldQuotable(text: string): FoldedText {
  const folded: string[] = [];
  // A string that grows is copied whole by each look at its end.
  let isSpace = false;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(CHARACTERS)) {
    const [piece] = match;
    const start = match.index;
    if (/^[!-~]/.test(piece) && isAscii(piece)) {
      folded.push(piece.toLowerCase());
      isSpace = false;
      for (let i = 0; i < piece.length; i++) {
        starts.push(start + i);
        ends.push(start + i + 1);
      }
      continue;
    }
    const unit: string = /^\s/.test(piece) ? (isSpace ? '' : ' ') : foldCharacter(piece);
    for (let i = 0; i < unit.length; i++) {
      starts.push(start);
      ends.push(start + piece.length);
    }
    folded.push(unit);
    if (unit !== '') isSpace = unit.endsWith(' ');
  }
  return { text: folded.join(''), starts, ends };
}

/**
 * What is normalized together: plain text in runs, white space in runs, and else a character, or the parts of a Korean
 * syllable, with the marks behind it and what is not seen between them. Bounded, since nobody writes 64 marks.
 */
const CHARACTERS = /* @__PURE__ */ charactersPattern();

function charactersPattern(): RegExp {
  const mark = String.raw`(?:\p{Default_Ignorable_Code_Point}{0,4}[[\p{M}\u{ff9e}\u{ff9f}]--\p{Default_Ignorable_Code_Point}])`;
  const unseen = String.raw`\p{Default_Ignorable_Code_Point}{0,4}`;
  /** The letters that begin, carry and end a Korean syllable, those too that NFKC makes of other blocks. Unicode 16, 3.12. */
  const leading = String.raw`[\u1100-\u1112\u3131-\u3132\u3134\u3137-\u3139\u3141-\u3143\u3145-\u314e\u3260-\u326d\uffa1-\uffa2\uffa4\uffa7-\uffa9\uffb1-\uffb3\uffb5-\uffbe]`;
  const vowel = String.raw`[\u1161-\u1175\u314f-\u3163\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc]`;
  const trailing = String.raw`[\u11a8-\u11c2\u3133\u3135-\u3136\u313a-\u313f\uffa3\uffa5-\uffa6\uffaa-\uffaf]`;
  const syllable = String.raw`(?:${leading}${unseen}${vowel}|[\uac00-\ud7a3])(?:${unseen}${trailing})?`;
  return new RegExp(String.raw`[!-~]+(?!${mark})|\s+|(?:${syllable}|[^])${mark}{0,64}`, 'gv');
}

function foldCharacter(piece: string): string {
  const form = foldForm(piece);
  let folded = '';
  for (const character of form) folded += MARKS.get(character) ?? (DASH.test(character) ? '-' : character);
  return foldCase(folded);
}

const DASH = /^[\p{Pd}\u2212]$/u;
const MARKS = /* @__PURE__ */ marksOfQuotes();

function marksOfQuotes(): ReadonlyMap<string, string> {
  const single = '\u2018\u2019\u201a\u201b\u2032\u2039\u203a';
  const double = '\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f';
  const each = (marks: string, plain: string) => Array.from(marks, (mark) => [mark, plain] as const);
  return new Map([...each(single, "'"), ...each(double, '"')]);
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text);
}
