/** Accents that stand alone, as old fonts have them, and the marks that they are above or below a letter. */
const MARKS: Readonly<Record<string, string>> = {
  '`': '\u0300',
  '\u00B4': '\u0301',
  '^': '\u0302',
  '\u02C6': '\u0302',
  '~': '\u0303',
  '\u02DC': '\u0303',
  '\u00AF': '\u0304',
  '\u02D8': '\u0306',
  '\u02D9': '\u0307',
  '\u00A8': '\u0308',
  '\u02DA': '\u030A',
  '\u02DD': '\u030B',
  '\u02C7': '\u030C',
  '\u00B8': '\u0327',
  '\u02DB': '\u0328',
};

/** What stands below an accent has no dot of its own. */
const DOTTED: Readonly<Record<string, string>> = { '\u0131': 'i', '\u0237': 'j' };

/**
 * Two runs that lie one over the other, where the one ends or the other begins with an accent, with the accent on its
 * letter: `na¨` and `ıve` give `na` and `ïve`. Otherwise nothing.
 */
export function composed(before: string, after: string): [before: string, after: string] | undefined {
  const mark = MARKS[before.slice(-1)];
  const [letter = ''] = after;
  // The accent was drawn first.
  if (mark !== undefined && /\p{L}/u.test(letter)) {
    const whole = `${DOTTED[letter] ?? letter}${mark}`.normalize('NFC');
    return [before.slice(0, -1), whole + after.slice(letter.length)];
  }
  const above = MARKS[letter];
  // Of what comes before, its end is enough to look at: a letter, and the marks it has.
  const end = before.slice(-4);
  if (above !== undefined && /[\p{L}\p{M}]$/u.test(end))
    return [before.slice(0, -end.length) + (end + above).normalize('NFC'), after.slice(1)];
  return undefined;
}
