import type { ConformanceResults } from '../frame/case.ts';
import { firstLine } from '../report/junit.ts';
import type { RunOutcome } from './run-tests.ts';

/** What came of a run, to be read in a terminal: the counts, and for each failure a sentence and how to see it again. */
export function summary({ results, other }: RunOutcome, command: string): string {
  const lines = results.flatMap((each) => [heading(each), ...failures(each, command)]);
  for (const { title, error } of other) lines.push(`  not passed: ${title}`, `    ${firstLine(error)}`);
  return `${lines.join('\n')}\n`;
}

function heading({ name, contract, cases }: ConformanceResults): string {
  const count = (status: string): number => cases.filter((each) => each.status === status).length;
  const works = cases.filter((each) => each.works === true).length;
  const more = works === 0 ? '' : `, ${works} of them work all the same`;
  return `${name} (${contract}): ${count('passed')} passed, ${count('failed') + count('not-run')} failed, ${count('skipped')} skipped${more}`;
}

function failures({ cases }: ConformanceResults, command: string): string[] {
  return cases
    .filter(({ status }) => status === 'failed' || status === 'not-run')
    .flatMap(({ rule, title, id, error = 'It was not run.' }) => [
      `  ${rule}, ${id}: it ${title}. Not here: ${firstLine(error)}`,
      `    ${command} --case ${id}`,
    ]);
}
