import { startWire } from '../wire.ts';
import type { ConformanceCase, Trial } from './case.ts';
import { createCheck } from './check.ts';
import { within } from './turns.ts';

/** The longest a case may take where nothing else runs, in milliseconds: a hang must fail, and say where. */
export const CASE_TIMEOUT_MS = 30_000;

/** Runs one case on its own, and rejects when the rule is broken. */
export async function runCase<S>(testCase: ConformanceCase<S>, subject: S): Promise<void> {
  const check = createCheck();
  const cleanups: (() => unknown)[] = [];
  const trial: Trial<S> = {
    subject,
    check,
    async wire(handler) {
      const wire = await startWire(handler);
      cleanups.push(() => wire.close());
      return wire;
    },
    after: (cleanup) => void cleanups.push(cleanup),
  };
  try {
    await bounded(testCase.run(trial), testCase.id);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
  // An early return is not a pass.
  if (check.count === 0) throw new Error(`The case ${testCase.id} checked nothing.`);
}

async function bounded(running: Promise<void>, id: string): Promise<void> {
  const late = (): Error => new Error(`The case ${id} was not over after ${CASE_TIMEOUT_MS} ms.`);
  await within(CASE_TIMEOUT_MS, running, late);
}
