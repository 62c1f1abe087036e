/** What a text has of another's words. */
export interface Recall {
  readonly found: number;
  readonly total: number;
  /** The words that it lacks, in their order, as often as it lacks them. */
  readonly lost: readonly string[];
}

/**
 * The words of a text, without regard to case, ligatures, soft hyphens and marks that are not seen. Where a script has no
 * spaces between words (Chinese, Japanese) each character is a word: there a line's end is where the column was full.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return plain.match(WORD) ?? [];
}

const WORD =
  /[[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gv;

/** How many of the reference's words are among ours, each counted as often as it stands in both. */
export function recallOf(reference: readonly string[], ours: readonly string[]): Recall {
  const remaining = counted(ours);
  const lost = reference.filter((word) => !take(remaining, word));
  return { found: reference.length - lost.length, total: reference.length, lost };
}

/** What is left of a list when every word of another is taken from it once. */
export function without(words: readonly string[], others: readonly string[]): string[] {
  const remaining = counted(others);
  return words.filter((word) => !take(remaining, word));
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, word: string): boolean {
  const count = counts.get(word) ?? 0;
  if (count > 0) counts.set(word, count - 1);
  return count > 0;
}
