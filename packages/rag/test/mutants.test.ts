import {
  chatEngineSuite,
  postprocessorSuite,
  queryEngineSuite,
  runCase,
  synthesizerSuite,
  type Suite,
} from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { chatEngineMutants } from './mutants/chat-engine.ts';
import { postprocessorMutants } from './mutants/postprocessor.ts';
import { queryEngineMutants } from './mutants/query-engine.ts';
import { synthesizerMutants } from './mutants/synthesizer.ts';

interface Mutant<S> {
  readonly fault: string;
  readonly caughtBy: string;
  readonly create: S;
}

tried('synthesizer', synthesizerSuite, synthesizerMutants);
tried('query engine', queryEngineSuite, queryEngineMutants);
tried('chat engine', chatEngineSuite, chatEngineMutants);
tried('postprocessor', postprocessorSuite, postprocessorMutants);

/** Every mutant is caught by its case, and every case catches one. */
function tried<C>(name: string, suite: Suite<{ create: C }>, mutants: readonly Mutant<C>[]): void {
  describe.concurrent(`a broken ${name} is caught`, () => {
    it.each(mutants)('$fault: $caughtBy', async ({ caughtBy, create }) => {
      const testCase = suite.find(({ id }) => id === caughtBy);
      if (testCase === undefined) throw new Error(`There is no case ${caughtBy}.`);
      // A mutant that only crashes would prove nothing.
      await expect(runCase(testCase, { create })).rejects.toMatchObject({
        name: expect.stringMatching(/^(Assertion|Mortise)Error$/),
      });
    });
  });

  it(`every case of the ${name} suite is needed by a mutant, and named once`, () => {
    const needed = new Set(mutants.map(({ caughtBy }) => caughtBy));
    const ids = suite.map(({ id }) => id);
    expect(ids.filter((id) => !needed.has(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
}
