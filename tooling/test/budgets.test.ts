import { describe, expect, test } from 'vitest';
import { bundle, budgetProblems, budgets, exceeded } from '../budgets.ts';

test.each(budgets())('$name is within its budget', async (budget) => {
  expect(budgetProblems(budget, await bundle(budget))).toEqual([]);
});

test('every allowance is one of a budget, and above it', () => {
  const limits = new Map(budgets().map(({ name, limit }) => [name, limit]));
  for (const [name, bytes] of Object.entries(exceeded))
    expect(bytes).toBeGreaterThan(limits.get(name) ?? Infinity);
});

describe('the check itself', () => {
  const budget = { name: 'x', code: '', external: [], limit: 100 };
  const weighing = (bytes: number) => ({ bytes, heaviest: ['a.ts (90)', 'b.ts (80)'] });

  test('says what is too big, and what weighs most in it', () => {
    expect(budgetProblems(budget, weighing(101), {})).toEqual([
      expect.stringMatching(/^x is 101 bytes.* its budget of 100: .*a\.ts \(90\), b\.ts \(80\)$/),
    ]);
    expect(budgetProblems(budget, weighing(100), {})).toEqual([]);
  });

  test('lets a known excess stay and not grow, and refuses an allowance that is not needed', () => {
    expect(budgetProblems(budget, weighing(120), { x: 120 })).toEqual([]);
    expect(budgetProblems(budget, weighing(121), { x: 120 })).toEqual([
      expect.stringContaining('the 120 that'),
    ]);
    expect(budgetProblems(budget, weighing(99), { x: 120 })).toEqual([expect.stringContaining('remove "x"')]);
  });

  test('shakes out what is not used, and leaves out what is external', async () => {
    const error = await bundle({ code: `export { isMortiseError } from '@mortise/core';`, external: [] });
    expect(error.bytes).toBeLessThan(1024);
    const code = `export * from '@mortise/core';`;
    expect((await bundle({ code, external: ['@mortise/core'] })).bytes).toBeLessThan(100);
  });
});
