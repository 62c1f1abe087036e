import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';

/** Declares suites for a runner, and returns their results, which fill as the tests run: what `llmConformance` and its like return. */
export type Wiring = (test: TestFunctions) => ConformanceResults | readonly ConformanceResults[];

/** How far a run is. `title` is of the test that has just ended. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly title: string;
}

/** What is run, and who hears of it. */
export interface RunOptions {
  /** Ids of the cases that are run; the others are as if they were not there. Default: all. */
  readonly cases?: readonly string[] | undefined;
  /** Called after each test. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Between two tests. */
  readonly signal?: AbortSignal | undefined;
}

interface Declared {
  readonly title: string;
  readonly body: () => Promise<void>;
}

/** What came of a run. */
export interface RunOutcome {
  readonly results: readonly ConformanceResults[];
  /** Tests that failed and are no case: a feature that is neither declared nor explained. */
  readonly other: readonly { readonly title: string; readonly error: string }[];
}

/**
 * Runs suites without a test runner, one test after another, since some cases watch the process. Throws `TypeError` where
 * nothing was declared, or where `cases` names one that there is not, and the reason of an aborted signal.
 */
export async function runTests(wiring: Wiring, options: RunOptions = {}): Promise<RunOutcome> {
  const { cases, onProgress, signal } = options;
  const tests: Declared[] = [];
  const ids = new Set<string>();
  const idOf = (title: string): string | undefined => /\(([\w.-]+)\)(?: \[[^]*\])?$/.exec(title)?.[1];
  const it = (title: string, body: () => Promise<void>): void => {
    const id = idOf(title);
    if (id !== undefined) ids.add(id);
    if (cases === undefined || (id !== undefined && cases.includes(id))) tests.push({ title, body });
  };
  const skip = (title: string): void => void ids.add(idOf(title) ?? '');
  const returned = wiring({ describe: (_name, body) => body(), it: Object.assign(it, { skip }) });
  const unknown = cases?.filter((id) => !ids.has(id)) ?? [];
  if (unknown.length > 0) throw new TypeError(`There is no case ${unknown.join(', ')}.`);
  const results = [returned].flat();
  if (results.some((each) => !Array.isArray(each?.cases)))
    throw new TypeError('A wiring returns what llmConformance, or another of the suites, returned.');

  const other: { title: string; error: string }[] = [];
  let failed = 0;
  for (const [at, { title, body }] of tests.entries()) {
    signal?.throwIfAborted();
    try {
      await body();
    } catch (error) {
      failed += 1;
      if (idOf(title) === undefined) other.push({ title, error: messageOf(error) });
    }
    onProgress?.({ done: at + 1, total: tests.length, failed, title });
  }
  if (cases === undefined) return { results, other };
  const chosen = results.map((each) => ({
    ...each,
    cases: each.cases.filter(({ id }) => cases.includes(id)),
  }));
  return { results: chosen, other };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
