/** A word cut at the end of a line. A soft hyphen is there for nothing else. */
const CUT = /\p{L}[-\u2010\u00AD]$/u;
const GOES_ON = /^\p{Ll}/u;

/**
 * Lines as one text, words cut at their ends made whole: `infor-` and `mation` give `information`. A line that begins with
 * a capital letter or a digit goes on with what keeps its hyphen. Soft hyphens are left out.
 */
export function mendHyphens(lines: readonly string[]): string {
  const mended: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    const last = mended.at(-1) ?? '';
    if (CUT.test(last.slice(-3)) && GOES_ON.test(line)) mended[mended.length - 1] = last.slice(0, -1) + line;
    else if (line !== '') mended.push(line);
  }
  return mended.join('\n').replaceAll('\u00AD', '');
}
