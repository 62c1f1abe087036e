import { CsvScanner } from './rows.ts';

/** What stands between fields in the files that there are, the standard's first. */
const CANDIDATES = [',', ';', '\t', '|'] as const;

/** So much of a file shows its delimiter. */
export const SAMPLE_LENGTH = 65_536;
const SAMPLE_ROWS = 50;

/** How the first rows of a file are split by a delimiter. */
interface Split {
  readonly delimiter: string;
  /** Fields of the header, or of the first row. */
  readonly columns: number;
  /** Rows besides the first one, and how many of them have as many fields. */
  readonly rows: number;
  readonly fitting: number;
}

/**
 * The delimiter of a file, by its first rows: the one that gives most of them as many fields as the header, more than
 * one. Undefined where none does for half of them. Of equals `preferred` is taken, then the one that gives more fields.
 */
export function detectDelimiter(
  sample: string,
  isWhole: boolean,
  preferred: string,
  columns?: number,
): string | undefined {
  const candidates = new Set<string>([preferred, ...CANDIDATES]);
  const splits = [...candidates]
    .map((delimiter) => splitBy(sample, delimiter, isWhole, columns))
    .filter((split) => split.columns > 1 && 2 * split.fitting >= split.rows);
  const share = ({ rows, fitting }: Split): number => (rows === 0 ? 1 : fitting / rows);
  const best = Math.max(...splits.map(share));
  const equals = splits.filter((split) => share(split) === best);
  return equals.find(({ delimiter }) => delimiter === preferred)?.delimiter ?? widest(equals)?.delimiter;
}

/** Another delimiter, where this one gives one column and that one several in every row. */
export function betterDelimiter(sample: string, isWhole: boolean, delimiter: string): string | undefined {
  const own = splitBy(sample, delimiter, isWhole);
  if (own.columns !== 1 || own.fitting < own.rows) return undefined;
  const others = CANDIDATES.filter((one) => one !== delimiter).map((one) => splitBy(sample, one, isWhole));
  return widest(others.filter(({ columns, rows, fitting }) => columns > 1 && rows > 0 && fitting === rows))
    ?.delimiter;
}

/** What the first line of a file says that spreadsheets were meant for: `sep=;`. */
export function declaredDelimiter(sample: string): string | undefined {
  return /^"?sep=([^\r\n])"?(?=[\r\n]|$)/i.exec(sample)?.[1];
}

function splitBy(sample: string, delimiter: string, isWhole: boolean, columns?: number): Split {
  const scanner = new CsvScanner(delimiter, SAMPLE_LENGTH);
  const counts: number[] = [];
  for (const { fields, problem } of scanner.push({ text: sample, isBroken: false })) {
    counts.push(problem === undefined ? fields.length : 0);
    if (counts.length > SAMPLE_ROWS) break;
  }
  // The last row of a part of a file may be cut.
  if (isWhole && counts.length <= SAMPLE_ROWS)
    for (const { fields, problem } of scanner.end()) counts.push(problem === undefined ? fields.length : 0);
  const [first = 0, ...others] = columns === undefined ? counts : [columns, ...counts];
  const fitting = others.filter((count) => count === first).length;
  return { delimiter, columns: first, rows: others.length, fitting };
}

function widest(splits: readonly Split[]): Split | undefined {
  return splits.reduce<Split | undefined>(
    (best, split) => (best === undefined || split.columns > best.columns ? split : best),
    undefined,
  );
}
