/** A word cut at the end of a line. A soft hyphen is there for nothing else. */
const CUT = /\p{L}[-\u2010\u00AD]$/u;
const GOES_ON = /^\p{Ll}/u;

/**
 * Lines as one text, words cut at their ends made whole: `infor-` and `mation` give `information`. A line that begins with
 * a capital letter or a digit goes on with what keeps its hyphen. Soft hyphens are left out.
 */
export function mendHyphens(lines: readonly string[]): string {
  let text = '';
  for (const raw of lines) {
    const line = raw.trim();
    if (CUT.test(text) && GOES_ON.test(line)) text = text.slice(0, -1) + line;
    else text += text === '' ? line : `\n${line}`;
  }
  return text.replaceAll('\u00AD', '');
}
