import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@mortise/conformance';
import { counted } from './cases.ts';
import { contenders } from './contenders.ts';
import type { Failures } from './pool.ts';

const PAGE = join(import.meta.dirname, '../../docs/comparison.md');
const MARKS = /(<!-- conformance -->\n)[^]*?(\n<!-- \/conformance -->)/;

export type Results = readonly (readonly [name: string, failures: Failures])[];

/** Puts the tables between the marks of docs/comparison.md. */
export function writePage(results: Results): void {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(MARKS, (_all, begin: string, end: string) => `${begin}\n${tables(results)}${end}`),
  );
}

function tables(results: Results): string {
  const byRule = [...Map.groupBy(counted, ({ rule }) => rule)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = byRule.map(([rule, cases]) => [
    `${rule}. ${rules[rule]}`,
    ...results.map(([, failures]) => {
      const passed = cases.filter(({ id }) => !failures.has(id)).length;
      return passed === cases.length ? `${passed}` : `${passed} of ${cases.length}`;
    }),
  ]);
  const totals = ['All', ...results.map(([, failures]) => passedOf(failures))];
  const failed = results
    .filter(([, failures]) => failures.size > 0)
    .map(([name, failures]) => {
      const lines = counted
        .filter(({ id }) => failures.has(id))
        .map(({ id, rule, title }) => `- ${rule} \`${id}\`: ${title}${endOf(failures.get(id))}`);
      return `Not passed by ${name}:\n\n${lines.join('\n')}\n`;
    });
  const versions = contenders
    .map(({ name, packages }) => `${name}: ${packages.map(versionOf).join(', ')}`)
    .join('; ');
  const head = ['Rule', ...results.map(([name]) => name)];
  return `Versions. ${versions}. Node ${process.versions.node}.\n\n${table(head, [...rows, totals])}\n${failed.join('\n')}`;
}

function passedOf(failures: Failures): string {
  return `${counted.length - failures.size} of ${counted.length}`;
}

/** What ended a case from outside is said on the page too: the case itself found nothing. */
function endOf(why = ''): string {
  return why.startsWith('the process') || why.startsWith('it was not over') ? ` (${why})` : '';
}

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `${name} ${version}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
