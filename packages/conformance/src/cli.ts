#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { resultsVariable } from './frame/results.ts';
import { reportMarkdown } from './report/markdown.ts';
import { readResults, reportOf } from './report/report.ts';

const USAGE = `Usage: mortise-conformance report [FOLDER] [--json FILE] [--markdown FILE]

Sums up the results in FOLDER, by default the one that ${resultsVariable} names, where the suites wrote them.
Without --json and --markdown it writes conformance.json and conformance.md here.
`;

/** Gives the exit code: 1 where a case failed, or there is nothing to report. */
function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [command, folder = process.env[resultsVariable]] = positionals;
  if (command !== 'report' || folder === undefined || folder === '') throw new TypeError(USAGE);
  const report = reportOf(readResults(folder));
  if (report.implementations.length === 0) {
    throw new TypeError(
      `There are no results in ${resolve(folder)}. Run the suites with ${resultsVariable}=${folder} first.`,
    );
  }
  const both = values.json === undefined && values.markdown === undefined;
  const json = values.json ?? (both ? 'conformance.json' : undefined);
  const markdown = values.markdown ?? (both ? 'conformance.md' : undefined);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, `# Conformance\n\n${reportMarkdown(report)}`);
  for (const { contract, name, passed, failed, skipped } of report.implementations) {
    const count = Object.values(passed).flat().length;
    process.stdout.write(
      `${name} (${contract}): ${count} passed, ${failed.length} failed, ${skipped.length} skipped\n`,
    );
  }
  return report.implementations.some(({ failed }) => failed.length > 0) ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
