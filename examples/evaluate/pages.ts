import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Parser } from 'htmlparser2';
import { decodeHtml, readHtml } from '@mortise/html';
import { describeFailure, EvaluateError } from './failure.ts';

/** How much of a page's expected text was read, by the words of both, each as often as it is said. */
export interface PageReport {
  readonly name: string;
  /** Of the expected words, those that were read. */
  readonly recall: number;
  /** Of the words that were read, those that were expected. */
  readonly precision: number;
  readonly expected: number;
  /** Words that were not read, in alphabetical order; those that were missed several times with their number. */
  readonly missed: readonly string[];
}

/**
 * Reads the pages of a folder, `NAME/source.html` each, and compares their text with that of `NAME/expected.html`, as
 * Readability's test pages are laid out. Worst recall first.
 */
export async function comparePages(
  directory: string,
  options: { readonly boilerplate?: boolean } = {},
): Promise<PageReport[]> {
  const reports: PageReport[] = [];
  for (const name of await pagesIn(directory)) {
    const [source, expected] = await Promise.all(
      ['source.html', 'expected.html'].map(async (file) => {
        const path = join(directory, name, file);
        return decodeHtml(path, await readFile(path));
      }),
    );
    const { text } = await readHtml(source ?? '', options);
    reports.push(compare(name, wordsOf(plainText(expected ?? '')), wordsOf(text)));
  }
  return reports.sort((a, b) => a.recall - b.recall || a.precision - b.precision);
}

async function pagesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true }).catch((cause: unknown) => {
    throw new EvaluateError(`there is no folder ${directory}`, 'Check --pages.', { cause });
  });
  const names = new Set(entries.map((entry) => entry.replaceAll('\\', '/')));
  const found = [...names]
    .filter((name) => name.endsWith('/source.html'))
    .map((name) => name.slice(0, -'/source.html'.length))
    .filter((name) => names.has(`${name}/expected.html`));
  if (found.length === 0)
    throw new EvaluateError(
      `${directory} has no page`,
      'A page is NAME/source.html with NAME/expected.html.',
    );
  return found.sort();
}

const NOT_READ: ReadonlySet<string> = new Set(['script', 'style', 'svg', 'noscript', 'template']);
/** They do not end a word. Raised and lowered text does: what is read has marks for it. */
const IN_WORDS: ReadonlySet<string> = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rb ruby s samp small span strike strong time tt u var wbr'.split(
    ' ',
  ),
);

/** Without our reader, so that what it does wrong is not in what it is measured by. */
function plainText(html: string): string {
  let text = '';
  let unread = 0;
  const parser = new Parser({
    onopentag(name) {
      if (NOT_READ.has(name)) unread += 1;
      if (!IN_WORDS.has(name)) text += ' ';
    },
    onclosetag(name) {
      if (NOT_READ.has(name)) unread -= 1;
      if (!IN_WORDS.has(name)) text += ' ';
    },
    ontext(piece) {
      if (unread === 0) text += piece;
    },
  });
  parser.end(html);
  return text;
}

/** Runs of letters and runs of digits, without case; of scripts that do not write spaces, each sign. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{M}])+|\p{N}+/gu;

function wordsOf(text: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(WORD))
    words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

function compare(
  name: string,
  expected: ReadonlyMap<string, number>,
  read: ReadonlyMap<string, number>,
): PageReport {
  const missed: string[] = [];
  let both = 0;
  for (const [word, times] of expected) {
    const found = Math.min(times, read.get(word) ?? 0);
    both += found;
    if (times - found === 1) missed.push(word);
    else if (times > found) missed.push(`${word} x${times - found}`);
  }
  const [all, ours] = [sum(expected.values()), sum(read.values())];
  return {
    name,
    recall: all === 0 ? 1 : both / all,
    precision: ours === 0 ? 1 : both / ours,
    expected: all,
    missed: missed.sort(),
  };
}

/** As Markdown: the means, and the worst pages. */
export function pagesReport(
  reports: readonly PageReport[],
  everything: readonly PageReport[],
  worst: number,
): string {
  const mean = (of: readonly PageReport[], key: 'recall' | 'precision') =>
    percent(sum(of.map((report) => report[key])) / of.length);
  return [
    `# ${reports.length} pages`,
    '',
    '|                     | recall, mean | recall, worst | precision, mean |',
    '| ------------------- | ------------ | ------------- | --------------- |',
    `| content             | ${mean(reports, 'recall')} | ${percent(reports[0]?.recall ?? 1)} | ${mean(reports, 'precision')} |`,
    `| with \`boilerplate\` | ${mean(everything, 'recall')} | ${percent(everything[0]?.recall ?? 1)} | ${mean(everything, 'precision')} |`,
    '',
    '| page | recall | precision | words | missed |',
    '| ---- | ------ | --------- | ----- | ------ |',
    ...reports
      .slice(0, worst)
      .map(
        ({ name, recall, precision, expected, missed }) =>
          `| ${name} | ${percent(recall)} | ${percent(precision)} | ${expected} | ${missed.slice(0, 12).join(', ')} |`,
      ),
    '',
  ].join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const HELP = `Measures how much of the text of saved pages is read, and how much besides.

Usage: pnpm evaluate:pages --pages DIR [options]

  --pages DIR   a folder with NAME/source.html and NAME/expected.html, as test/test-pages of mozilla/readability
  --worst N     so many pages are listed; default: 10
  --help        show this text
`;

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = 1;
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const args = argv[0] === '--' ? argv.slice(1) : [...argv];
  const { values } = parseArgs({
    args,
    options: { pages: { type: 'string' }, worst: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  if (values.pages === undefined)
    throw new EvaluateError('there is no folder', 'Add --pages DIR; see --help.');
  const worst = Number(values.worst ?? 10);
  if (!Number.isSafeInteger(worst) || worst < 0)
    throw new EvaluateError(`--worst is ${values.worst}`, 'It takes a whole number.');
  const directory = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.pages);
  const reports = await comparePages(directory);
  process.stdout.write(pagesReport(reports, await comparePages(directory, { boilerplate: true }), worst));
}
