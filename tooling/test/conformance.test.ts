import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf, rules, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { expect, test } from 'vitest';
import { conformancePages, contracts } from '../conformance.ts';
import { publishedPackages, root } from '../workspace.ts';

const AGAIN = 'run `pnpm run docs`';

test('docs/matrix.md and docs/spec are what the packages declare and the suites say', async () => {
  // Every case is a test of its package, so that what is written to have passed passes in this very run.
  const report = reportOf((await wired()).map(asPassed));
  for (const [path, text] of conformancePages(report))
    expect(normal(readFileSync(join(root, path), 'utf8')), AGAIN).toBe(normal(text));
});

test('every rule of a case has its sentence, and every sentence a case', () => {
  const used = new Set(contracts.flatMap(([, suite]) => suite.map(({ rule }) => rule)));
  expect([...used].toSorted()).toEqual(Object.keys(rules).toSorted());
});

/** The suites of all packages, of which nothing is run. */
async function wired(): Promise<ConformanceResults[]> {
  const files = publishedPackages()
    .map(({ folder }) => join(root, folder, 'test/wiring.ts'))
    .filter((file) => existsSync(file));
  const all: ConformanceResults[] = [];
  for (const file of files) {
    const { wire } = (await import(file)) as {
      wire: (functions: TestFunctions) => readonly ConformanceResults[];
    };
    all.push(...wire(nobody));
  }
  return all;
}

/** A test runner that runs nothing. */
const nobody: TestFunctions = {
  describe: (_name, body) => body(),
  it: Object.assign(() => undefined, { skip: () => undefined }),
};

function asPassed(results: ConformanceResults): ConformanceResults {
  const cases = results.cases.map((each) =>
    each.status === 'skipped' ? each : { ...each, status: 'passed' as const },
  );
  return { ...results, cases };
}

/** The formatter aligns tables and wraps prose; what passes without being declared is known from a run alone. */
const normal = (text: string) =>
  text
    .replaceAll(/[ -]{2,}/g, ' ')
    .replaceAll(/\s+/g, '')
    .replaceAll('\\', '')
    .replaceAll(',whichpassesallthesame', '');
