import { retrieverConformance, retrieverSuite, runCase } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { retrieverMutants } from './mutants/retriever.ts';
import { reference } from './reference/retriever.ts';

retrieverConformance({ describe, it }, { ...reference, name: 'reference' });

describe.concurrent('a broken retriever is caught', () => {
  it.each(retrieverMutants)('$fault: $caughtBy', async ({ caughtBy, subject }) => {
    const testCase = retrieverSuite.find(({ id }) => id === caughtBy);
    if (testCase === undefined) throw new Error(`There is no case ${caughtBy}.`);
    // A mutant that only crashes would prove nothing.
    await expect(runCase(testCase, subject)).rejects.toMatchObject({ name: 'AssertionError' });
  });
});

it('every case of the suite is needed by a mutant, and named once', () => {
  const needed = new Set(retrieverMutants.map(({ caughtBy }) => caughtBy));
  const cases = retrieverSuite.map(({ id }) => id);
  expect(cases.filter((id) => !needed.has(id))).toEqual([]);
  expect(new Set(cases).size).toBe(cases.length);
  const faults = retrieverMutants.map(({ fault, caughtBy }) => `${fault}: ${caughtBy}`);
  expect(new Set(faults).size).toBe(faults.length);
});
