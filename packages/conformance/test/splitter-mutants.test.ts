import { runCase, splitterConformance, splitterSuite } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { splitterMutants } from './mutants/splitter.ts';
import { ReferenceSplitter } from './reference/splitter.ts';

splitterConformance(
  { describe, it },
  {
    name: 'reference',
    create: (settings) => new ReferenceSplitter(settings),
    declares: ['headings', 'hierarchy'],
  },
);

describe('a broken splitter is caught', () => {
  it.each(splitterMutants)('$fault: $caughtBy', async ({ caughtBy, create }) => {
    const testCase = splitterSuite.find(({ id }) => id === caughtBy);
    // A mutant that only crashes would prove nothing.
    await expect(runCase(testCase!, { create })).rejects.toMatchObject({ name: 'AssertionError' });
  });

  it('every case of the suite is needed by a mutant', () => {
    const needed = new Set(splitterMutants.map(({ caughtBy }) => caughtBy));
    expect(splitterSuite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
    expect(new Set(splitterMutants.map(({ fault }) => fault)).size).toBe(splitterMutants.length);
  });
});
