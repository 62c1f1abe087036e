import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@mortise/conformance';
import { expect, test } from 'vitest';
import { conformancePages, contracts, declaredReport } from '../conformance.ts';
import { root } from '../workspace.ts';

const AGAIN = 'run `pnpm run docs`';

test('docs/matrix.md and docs/spec are what the packages declare and the suites say', async () => {
  // Every case is a test of its package, so that what is written to have passed passes in this very run, or in that of the services.
  const report = await declaredReport();
  for (const [path, text] of conformancePages(report))
    expect(normal(readFileSync(join(root, path), 'utf8')), AGAIN).toBe(normal(text));
  // Suites of twenty integrations are run meanwhile, beside other tests.
}, 600_000);

test('every rule of a case has its sentence, and every sentence a case', () => {
  const used = new Set(contracts.flatMap(([, suite]) => suite.map(({ rule }) => rule)));
  expect([...used].toSorted()).toEqual(Object.keys(rules).toSorted());
});

/** The formatter aligns tables and wraps prose; what passes without being declared is known from a run alone. */
const normal = (text: string) =>
  text
    .replaceAll(/[ -]{2,}/g, ' ')
    .replaceAll(/\s+/g, '')
    .replaceAll('\\', '')
    .replaceAll(',whichpassesallthesame', '');
