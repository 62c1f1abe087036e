import { runCase, vectorStoreConformance, vectorStoreSuite } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { vectorStoreMutants } from './mutants/vector-store.ts';
import { everyFeature, opener, ReferenceVectorStore } from './reference/vector-store.ts';

const open = opener(ReferenceVectorStore);

vectorStoreConformance({ describe, it }, { name: 'reference', declares: everyFeature, open });

describe('a broken vector store is caught', () => {
  it.each(vectorStoreMutants)('it $fault: $caughtBy', async ({ caughtBy, subject }) => {
    const testCase = vectorStoreSuite.find(({ id }) => id === caughtBy)!;
    // A mutant that only crashes would prove nothing.
    await expect(runCase(testCase, subject)).rejects.toMatchObject({ name: 'AssertionError' });
  });

  it('by a mutant for every case', () => {
    const needed = new Set(vectorStoreMutants.map(({ caughtBy }) => caughtBy));
    expect(vectorStoreSuite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
  });
});

it('a store that is slow to settle is waited for', async () => {
  let waited = 0;
  const slow = () => {
    const opened = open();
    return { ...opened, settled: () => Promise.resolve(void waited++) };
  };
  const testCase = vectorStoreSuite.find(({ id }) => id === 'vs-order')!;
  await runCase(testCase, { open: slow, declares: everyFeature });
  expect(waited).toBe(1);
});
