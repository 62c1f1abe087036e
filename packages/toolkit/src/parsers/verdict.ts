import { replyStart } from '../json/reasoning.ts';

/**
 * What a reply says that was to be one of `words`: the word alone, its first word when a mark or a line end follows
 * ("Yes, because..."), or its last line when that is the word alone or behind a label ("Answer: yes"). A line may also
 * say it as "The answer is (B)" or end with it in parentheses. When first and last disagree, or the word stands only
 * somewhere in the prose ("it is not true"), nothing was said.
 */
export function verdict(text: string, words: readonly string[]): string | undefined {
  const reply = text.slice(replyStart(text));
  const first = firstLine(reply);
  const said = new Set<string>();
  for (const line of first === undefined ? [] : new Set([first, lastLine(reply) ?? first])) {
    const plain = unmarked(line);
    const behind = /^[^:]{0,40}:(?=\s)\s*(.*)$/.exec(plain)?.[1];
    const found =
      matching(plain, words) ??
      (behind === undefined ? undefined : matching(behind, words)) ??
      stated(plain, words) ??
      (line === first ? leading(plain, words) : undefined);
    if (found !== undefined) said.add(found);
  }
  return said.size === 1 ? [...said][0] : undefined;
}

const isWritten = (line: string): boolean => /[^\s`~]/.test(line);

/** The first line that says something. */
function firstLine(text: string): string | undefined {
  for (let at = 0; at <= text.length;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (isWritten(line)) return line;
    if (end < 0) return undefined;
    at = end + 1;
  }
  return undefined;
}

/** The last line that says something. */
function lastLine(text: string): string | undefined {
  for (let end = text.length; end >= 0;) {
    const at = end === 0 ? -1 : text.lastIndexOf('\n', end - 1);
    const line = text.slice(at + 1, end);
    if (isWritten(line)) return line;
    end = at;
  }
  return undefined;
}

/** A line without emphasis, quotes, the signs of LaTeX, and a tag or a box around all of it. */
function unmarked(line: string): string {
  const tagged = /^\s*<([A-Za-z]\w{0,30})>([^<>]*)<\/\1>\s*$/.exec(line)?.[2] ?? line;
  const boxed = /^[^\\]*\\boxed\{([^{}]*)\}[^\\]*$/.exec(tagged)?.[1] ?? tagged;
  return boxed.replaceAll(/[*_`"'“”‘’$]/g, '').trim();
}

/** Without brackets and marks at its ends. By hand: a pattern for the end is quadratic in marks in the middle. */
function bare(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && ' \t\r([{'.includes(text.charAt(begin))) begin++;
  while (end > begin && ' \t\r.!?)]},;:'.includes(text.charAt(end - 1))) end--;
  return text.slice(begin, end).toLowerCase();
}

function matching(text: string, words: readonly string[]): string | undefined {
  const plain = bare(text);
  return (
    words.find((word) => unmarked(word) === text) ??
    (plain === '' ? undefined : words.find((word) => bare(unmarked(word)) === plain))
  );
}

/** "The answer is B because ...", "My answer: B.", "Not relevant (NO)". */
function stated(text: string, words: readonly string[]): string | undefined {
  const rest = /\banswer(?: is|:) *[([]?(.*)$/i.exec(text)?.[1];
  const close = /^\W*$/.test(text.slice(text.lastIndexOf(')') + 1)) ? text.lastIndexOf(')') : -1;
  const end = text.slice(text.lastIndexOf('(', close) + 1, close);
  return (
    (close < 0 ? undefined : matching(end, words)) ??
    (rest === undefined ? undefined : (matching(rest, words) ?? leading(rest, words, FOLLOWS_ANSWER)))
  );
}

/** What may follow a word that begins the reply: a mark. */
const FOLLOWS = /^\s*(?:[.,;:!?)]|[-–—]\s)/;
/** Behind "the answer is", also a reason. */
const FOLLOWS_ANSWER = /^\s*(?:[.,;:!?)\]]|[-–—]\s|(?:because|since|as)\s)/;

function leading(text: string, words: readonly string[], follows = FOLLOWS): string | undefined {
  const start = text.toLowerCase();
  return words
    .map((word) => ({ word, plain: unmarked(word).toLowerCase() }))
    .filter(({ plain }) => plain !== '' && start.startsWith(plain) && follows.test(text.slice(plain.length)))
    .toSorted((a, b) => b.plain.length - a.plain.length)[0]?.word;
}

export function hasWords(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => typeof word === 'string' && word.trim() !== '');
}
