import type { CaseResult, ConformanceCase, ConformanceResults, Suite } from './case.ts';
import { CASE_TIMEOUT_MS, runCase } from './run-case.ts';
import { saveResults } from './results.ts';

/** Features of the wire and not of the implementation are named so. */
export const WIRE = 'wire:';

/** The clock of the runner does not stretch on a busy machine, so it has much more than the case's own. */
const RUNNER_TIMEOUT_MS = 5 * CASE_TIMEOUT_MS;

/**
 * The two functions of a test runner that are used. Those of vitest, `node:test` and `bun:test` fit. A time limit is
 * the last argument for the runners that have a short one of their own.
 */
export interface TestFunctions {
  describe: (name: string, body: () => void) => unknown;
  it: {
    (name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
    skip(name: string, body: () => Promise<void>): unknown;
  };
}

/** An implementation and what is asked of it. Each contract has a function that makes one of its own options. */
export interface ConformanceOptions<S> {
  /** `llm`, `embedding`, `reranker`. */
  readonly contract: string;
  /** The implementation, in titles and reports. */
  readonly name: string;
  readonly suite: Suite<S>;
  readonly subject: S;
  /** Features that the implementation says it has: cases that require only these must pass. */
  readonly declared: Iterable<string>;
  /** For each feature that some case requires and that is not declared: why not. */
  readonly reasons: Readonly<Record<string, string | undefined>>;
  /** Features that are not reported as working though their cases pass, since a refusal passes them too. Default: none. */
  readonly unreported?: readonly string[] | undefined;
  /** Whether what is not declared is tried by the last test. Default: true. */
  readonly tryUndeclared?: boolean | undefined;
}

/**
 * Declares one test for each case, and gives the results, which fill as the tests run. Declare or fail: a declared
 * feature must work; one that is not declared needs a reason, and its cases show as skipped with it; without a reason
 * a test fails. What is not declared and works is found by the last test, which also saves the results where
 * `MORTISE_CONFORMANCE` names a folder.
 */
export function conformance<S>(
  { describe, it }: TestFunctions,
  options: ConformanceOptions<S>,
): ConformanceResults {
  const declared = new Set(options.declared);
  const cases: CaseResult[] = options.suite.map((testCase) => ({ ...about(testCase), status: 'not-run' }));
  const lacking = (testCase: ConformanceCase<S>): string[] =>
    testCase.requires.filter((feature) => !declared.has(feature));
  const results: ConformanceResults = {
    contract: options.contract,
    name: options.name,
    declared: [...declared],
    reasons: givenReasons(options, declared),
    cases,
  };

  describe(`${options.name} conforms to the ${options.contract} contract`, () => {
    for (const [feature, title] of undeclared(options, declared)) {
      const message =
        `${title} Declare ${feature}, or say in \`reasons\` why the implementation does not have it; ` +
        'what is neither declared nor explained does not pass.';
      it(`declares ${feature}, or gives a reason`, () => Promise.reject(new Error(message)));
    }
    options.suite.forEach((testCase, at) => {
      const title = `${testCase.rule}: ${testCase.title} (${testCase.id})`;
      const missing = lacking(testCase);
      if (missing.length === 0) {
        it(title, () => runRecorded(testCase, at), RUNNER_TIMEOUT_MS);
        return;
      }
      const reason = missing
        .map((feature) => `${feature}: ${options.reasons[feature] ?? 'no reason given'}`)
        .join('; ');
      cases[at] = { ...about(testCase), status: 'skipped', reason };
      it.skip(`${title} [${reason}]`, () => runCase(testCase, options.subject));
    });
    it('reports what works and is not declared', () => reportUndeclared(), RUNNER_TIMEOUT_MS);
  });
  return results;

  async function runRecorded(testCase: ConformanceCase<S>, at: number): Promise<void> {
    const begin = performance.now();
    const record = (outcome: Pick<CaseResult, 'status' | 'error'>): void => {
      cases[at] = { ...about(testCase), ...outcome, durationMs: Math.round(performance.now() - begin) };
    };
    try {
      await runCase(testCase, options.subject);
      record({ status: 'passed' });
    } catch (error) {
      record({ status: 'failed', error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  async function reportUndeclared(): Promise<void> {
    const outcomes = new Map<string, boolean>();
    await Promise.all(
      options.suite.map(async (testCase, at) => {
        const missing = lacking(testCase);
        // What the wire cannot say cannot be tried.
        if (missing.length === 0 || missing.some((feature) => feature.startsWith(WIRE))) return;
        if (options.tryUndeclared === false) return;
        const passed = await runCase(testCase, options.subject).then(
          () => true,
          () => false,
        );
        cases[at] = { ...(cases[at] as CaseResult), works: passed };
        for (const feature of missing) outcomes.set(feature, passed && outcomes.get(feature) !== false);
      }),
    );
    const works = [...outcomes].flatMap(([feature, passed]) =>
      passed && options.unreported?.includes(feature) !== true ? [feature] : [],
    );
    if (works.length > 0) {
      // Not a failure: what is true of the wire need not be true of every model behind it.
      console.warn(
        `${options.name}: not declared, and works: ${works.join(', ')}. Declare it if it is meant to.`,
      );
    }
    saveResults(results);
  }
}

function about<S>({ id, rule, title, requires }: ConformanceCase<S>): Omit<CaseResult, 'status'> {
  return { id, rule, title, requires };
}

function givenReasons<S>(
  options: ConformanceOptions<S>,
  declared: ReadonlySet<string>,
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const { requires } of options.suite) {
    for (const feature of requires) {
      const reason = options.reasons[feature];
      if (!declared.has(feature) && reason !== undefined) given[feature] = reason;
    }
  }
  return given;
}

/** Features that some case requires, that are not declared, and for which nobody said why. */
function undeclared<S>(options: ConformanceOptions<S>, declared: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const { requires, rule, title } of options.suite) {
    for (const feature of requires) {
      const reason = options.reasons[feature]?.trim();
      if (!declared.has(feature) && (reason === undefined || reason === ''))
        found.set(feature, `${rule} (${title}) asks for ${feature}.`);
    }
  }
  return found;
}
