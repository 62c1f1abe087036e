/** A word cut at the end of a line. A soft hyphen is there for nothing else. */
const CUT = /\p{L}[-\u2010\u00AD]$/u;
const GOES_ON = /^\p{Ll}/u;

/**
 * Lines as one text, words cut at their ends made whole: `infor-` and `mation` give `information`. A line that begins with
 * a capital letter or a digit goes on with what keeps its hyphen. Soft hyphens are left out.
 */
export function mendHyphens(lines: readonly string[]): string {
  const parts: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '') continue;
    const last = parts.at(-1);
    if (last !== undefined && CUT.test(last.slice(-3)) && GOES_ON.test(line))
      parts[parts.length - 1] = last.slice(0, -1);
    else if (last !== undefined) parts.push('\n');
    parts.push(line);
  }
  return parts.join('').replaceAll('\u00AD', '');
}
