import { llmSuite, runCase } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { answered } from './mutants/answered.ts';
import { asking } from './mutants/asking.ts';
import { back } from './mutants/back.ts';
import { citing } from './mutants/citing.ts';
import { bytes } from './mutants/bytes.ts';
import { dialects } from './mutants/dialect.ts';
import { failing } from './mutants/failing.ts';
import { otherEnds } from './mutants/other-ends.ts';
import { members } from './mutants/members.ts';
import { reading } from './mutants/reading.ts';
import { streamReading } from './mutants/stream-reading.ts';
import { told } from './mutants/told.ts';
import { stopping } from './mutants/stopping.ts';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const mutants = [
  ...answered,
  ...back,
  ...asking,
  ...reading,
  ...streamReading,
  ...bytes,
  ...failing,
  ...otherEnds,
  ...stopping,
  ...members,
  ...citing,
  ...told,
  ...dialects,
];
const declares = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata.capabilities;

// That the reference itself passes every case is `llm-reference.test.ts`.
describe.concurrent('a broken adapter is caught', () => {
  it.each(mutants)('$fault: $caughtBy', async ({ caughtBy, create, dialect = reference }) => {
    const testCase = llmSuite.find(({ id }) => id === caughtBy);
    if (testCase === undefined) throw new Error(`There is no case ${caughtBy}.`);
    const running = runCase(testCase, { create, dialect, declares });
    // A mutant that only crashes would prove nothing.
    await expect(running).rejects.toMatchObject({
      name: expect.stringMatching(/^(Assertion|Mortise)Error$/),
    });
  });
});

it('every case is needed by a mutant', () => {
  const needed = new Set(mutants.map(({ caughtBy }) => caughtBy));
  expect(llmSuite.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
});

it('faults and cases are named once', () => {
  const faults = mutants.map(({ fault }) => fault);
  expect(new Set(faults).size).toBe(faults.length);
  const ids = llmSuite.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
