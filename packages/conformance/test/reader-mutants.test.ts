import { readerConformance, readerSuite, runCase } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { readerMutants } from './mutants/reader.ts';
import { openReader, ReferenceReader } from './reference/reader.ts';

readerConformance(
  { describe, it },
  {
    name: 'reference',
    open: (items) => openReader(new ReferenceReader(items)),
    missing: () => openReader(new ReferenceReader(undefined)),
    declares: ['blank', 'failure', 'missing', 'opened', 'several', 'skip', 'version'],
  },
);

describe('a broken reader is caught', () => {
  it.each(readerMutants)('$fault: $caughtBy', async ({ caughtBy, ...subject }) => {
    const testCase = readerSuite.find(({ id }) => id === caughtBy);
    // A mutant that only crashes would prove nothing.
    await expect(runCase(testCase!, subject)).rejects.toMatchObject({ name: 'AssertionError' });
  });

  it('every case of the suite is needed by a mutant', () => {
    const needed = new Set(readerMutants.map(({ caughtBy }) => caughtBy));
    expect(readerSuite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
    expect(new Set(readerMutants.map(({ fault }) => fault)).size).toBe(readerMutants.length);
  });
});
