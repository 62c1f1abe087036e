import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { resultsVariable } from '../frame/results.ts';
import { readResults } from '../report/report.ts';
import { REPORT_FILES, write, type ReportFiles } from './write.ts';
import { HELP } from './usage.ts';

/** `mortise-conformance report`: gives the exit code. */
export function report(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: REPORT_FILES,
  });
  const [folder = process.env[resultsVariable]] = positionals;
  if (folder === undefined || folder === '') throw new TypeError(HELP);
  const results = readResults(folder);
  if (results.length === 0)
    throw new TypeError(
      `There are no results in ${resolve(folder)}. Run the suites with ${resultsVariable}=${folder} first.`,
    );
  const isAsked = Object.keys(REPORT_FILES).some((name) => values[name as keyof ReportFiles] !== undefined);
  const { implementations } = write(
    results,
    isAsked ? values : { json: 'conformance.json', markdown: 'conformance.md' },
  );
  for (const { contract, name, passed, failed, skipped } of implementations) {
    const count = Object.values(passed).flat().length;
    process.stdout.write(
      `${name} (${contract}): ${count} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
    );
  }
  return implementations.some(({ failed }) => failed.length > 0) ? 1 : 0;
}
