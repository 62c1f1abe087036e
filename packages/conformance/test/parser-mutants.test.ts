import { parserSuite, runCase } from '@mortise/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import { formMutants } from './mutants/parser-forms.ts';
import { partMutants } from './mutants/parser-parts.ts';
import { readingMutants } from './mutants/parser-reading.ts';

const mutants = [...readingMutants, ...formMutants, ...partMutants];

// One of them reaches the prototype of everything.
afterAll(() => void Reflect.deleteProperty(Object.prototype, 'polluted'));

describe('a broken parser is caught', () => {
  it.each(mutants)('$fault: $caughtBy', async ({ caughtBy, also, subject }) => {
    const declared = new Set<string>(subject.declares);
    // The long text takes most of the time, and only this case needs it.
    if (caughtBy !== 'stream.linear') declared.delete('long');
    const failed = new Map<string, unknown>();
    for (const testCase of parserSuite) {
      if (!testCase.requires.every((feature) => declared.has(feature))) continue;
      await runCase(testCase, subject).catch((error: unknown) => failed.set(testCase.id, error));
    }
    expect([...failed.keys()].toSorted()).toEqual([caughtBy, ...also].toSorted());
    // A mutant that only crashes would prove nothing.
    expect(failed.get(caughtBy)).toMatchObject({ name: 'AssertionError' });
  });
});

it('every case of the parser suite is needed by a mutant, and named once', () => {
  const ids = parserSuite.map(({ id }) => id);
  expect(mutants.map(({ caughtBy }) => caughtBy).toSorted()).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
