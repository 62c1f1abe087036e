import { describe, expect, test } from 'vitest';
import { publishedPackages } from '../workspace.ts';
import { bundle, budgetProblems, budgets, leftovers } from '../budgets.ts';

test.each(budgets())('$name is within its budget', async (budget) => {
  expect(budgetProblems(budget, await bundle(budget))).toEqual([]);
});

/** The scaffolders and the codemod are programs, and the suites are for tests. */
const PROGRAMS = [
  'packages/create-mortise',
  'packages/create-mortise-app',
  'packages/codemod',
  'packages/conformance',
];

test.each(
  publishedPackages()
    .map(({ folder }) => folder)
    .filter((folder) => !PROGRAMS.includes(folder)),
)('nothing stays of %s where it is not used', async (folder) => {
  expect(await leftovers(folder)).toBe('');
});

test.each([
  ['fromAISDK', /src\/to\//],
  ['toAISDK', /src\/from\/|src\/fetch/],
])('a bundle with %s alone has nothing of the other direction', async (name, other) => {
  const code = `export { ${name} } from '@mortise/ai-sdk';`;
  const { sources } = await bundle({ code, external: ['@mortise/core'] });
  expect(sources).not.toHaveLength(0);
  expect(sources.filter((source) => other.test(source))).toEqual([]);
});

describe('the check itself', () => {
  const budget = { name: 'x', code: '', external: [], limit: 100 };
  const weighing = (bytes: number) => ({ bytes, heaviest: ['a.ts (90)', 'b.ts (80)'] });

  test('says what is too big, and what weighs most in it', () => {
    expect(budgetProblems(budget, weighing(101))).toEqual([
      expect.stringMatching(/^x is 101 bytes.* its budget of 100: .*a\.ts \(90\), b\.ts \(80\)$/),
    ]);
    expect(budgetProblems(budget, weighing(100))).toEqual([]);
  });

  test('sees what is computed when a package loads', async () => {
    expect(await leftovers('packages/create-mortise')).toContain('new URL(');
  });

  test('refuses a name that is not exported', async () => {
    const code = `export { nothing } from '@mortise/core';`;
    await expect(bundle({ code, external: [] })).rejects.toThrow('nothing');
  });

  test('shakes out what is not used, and leaves out what is external', async () => {
    const error = await bundle({ code: `export { isMortiseError } from '@mortise/core';`, external: [] });
    expect(error.bytes).toBeLessThan(1024);
    const code = `export * from '@mortise/core';`;
    expect((await bundle({ code, external: ['@mortise/core'] })).bytes).toBeLessThan(100);
  });
});
