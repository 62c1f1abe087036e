import type { Recall } from './pdf-recall.ts';

/** A file that was compared, or why it was not. */
export type PdfResult =
  | { readonly path: string; readonly skipped: string }
  | {
      readonly path: string;
      /** Of all words that pdftotext finds. */
      readonly all: Recall;
      /** Of those that lie within the borders of their page. */
      readonly seen: Recall;
      readonly failures: readonly string[];
    };

const WORST = 10;

/** For a reader: the recall over all words, the mean of the files, and the files that lost most. */
export function pdfMarkdown(results: readonly PdfResult[]): string {
  const compared = results.flatMap((result) => ('skipped' in result ? [] : [result]));
  const reasons = Map.groupBy(
    results.flatMap((result) => ('skipped' in result ? [result.skipped] : [])),
    (reason) => reason,
  );
  const rows = (['seen', 'all'] as const).map((which) => {
    const recalls = compared.map((result) => result[which]).filter(({ total }) => total > 0);
    const total = sum(recalls.map((recall) => recall.total));
    const found = sum(recalls.map((recall) => recall.found));
    const mean = sum(recalls.map((recall) => recall.found / recall.total)) / recalls.length;
    const what = which === 'seen' ? 'within the borders of the page' : 'all';
    return `| ${what} | ${recalls.length} | ${total} | ${percent(found / total)} | ${percent(mean)} |\n`;
  });
  const worst = compared
    .toSorted((one, other) => other.seen.lost.length - one.seen.lost.length)
    .slice(0, WORST)
    .filter(({ seen }) => seen.lost.length > 0)
    .map(
      ({ path, seen, failures }) =>
        `| ${path} | ${seen.lost.length} of ${seen.total} | ${cell(seen.lost.slice(0, 8).join(' '))} | ${cell(failures[0] ?? '')} |\n`,
    );
  return [
    '# Words of PDF files, against pdftotext\n\n',
    ...[...reasons].map(([reason, those]) => `- Not compared, since ${reason}: ${those.length} files.\n`),
    '\n| words | files | words in all | found | mean of files |\n| --- | --- | --- | --- | --- |\n',
    ...rows,
    '\n| most lost | words | such as | reported |\n| --- | --- | --- | --- |\n',
    ...worst,
  ].join('');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function cell(text: string): string {
  return text.replace(/[|\n]/g, ' ').slice(0, 100);
}
