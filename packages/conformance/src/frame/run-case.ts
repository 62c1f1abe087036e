import { AssertionError } from 'node:assert';
import { startWire, type WireRequest } from '../wire.ts';
import type { ConformanceCase, CaseContext } from './case.ts';
import { createCheck } from './check.ts';
import { within } from './turns.ts';

/** The longest a case may take where nothing else runs, in milliseconds: a hang must fail, and say where. */
export const CASE_TIMEOUT_MS = 30_000;

/** Runs one case on its own, and rejects when the rule is broken. */
export async function runCase<S>(testCase: ConformanceCase<S>, subject: S): Promise<void> {
  const check = createCheck();
  const cleanups: (() => unknown)[] = [];
  let fail: (error: unknown) => void = () => undefined;
  const threw = new Promise<never>((_resolve, reject) => (fail = reject));
  const context: CaseContext<S> = {
    subject,
    check,
    async wire(handler) {
      const wire = await startWire(async (request, reply, n) => {
        try {
          await handler(request, reply, n);
        } catch (error) {
          fail(ofHandler(request, error));
          throw error;
        }
      });
      cleanups.push(() => wire.close());
      return wire;
    },
    after: (cleanup) => void cleanups.push(cleanup),
  };
  try {
    await bounded(Promise.race([testCase.run(context), threw]), testCase.id);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
  // An early return is not a pass.
  if (check.count === 0) throw new Error(`The case ${testCase.id} checked nothing.`);
}

/** A mistake of the dialect's must not be read as a failure of the provider. What a case checks while it answers stays its own. */
function ofHandler({ method, path, text }: WireRequest, cause: unknown): unknown {
  if (cause instanceof AssertionError) return cause;
  const what = `${method} ${path} ${text.slice(0, 500)}`;
  const message = `The dialect, or the case's handler, threw on this request: ${what}\n${String(cause)}`;
  return new Error(message, { cause });
}

async function bounded(running: Promise<void>, id: string): Promise<void> {
  const late = (): Error => new Error(`The case ${id} was not over after ${CASE_TIMEOUT_MS} ms.`);
  await within(CASE_TIMEOUT_MS, running, late);
}
