import { runTests, type CaseStatus, type TestFunctions } from '@mortise/conformance';
import { wireSuites } from './suites.ts';

/** What came of one test. */
export interface Tested {
  readonly title: string;
  readonly status: CaseStatus;
  /** Why it was left out, or what it failed with. */
  readonly why?: string | undefined;
  readonly ms?: number | undefined;
}

/** What came of one suite, such as `llm openai-responses`. */
export interface SuiteOutcome {
  readonly name: string;
  readonly tests: readonly Tested[];
}

export type Outcome = readonly SuiteOutcome[];

const post = globalThis.fetch.bind(globalThis);

/** Reasons by the id of a case, or by the beginning of several ids that ends in `*`. */
export type LeftOut = Readonly<Record<string, string>>;

/** Runs everything but what the relay at `url` says is left out, one test after another, and posts what came of it there. */
export async function runProgram(url: string): Promise<void> {
  const asJson = (path: string, body: unknown): Promise<Response> =>
    post(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const leftOut = (await (await post(`${url}/left-out.json`)).json()) as LeftOut;
  const { results, other } = await runTests((test) => wireSuites(without(test, leftOut)), {
    onProgress: ({ title }) => void asJson('/commands', [{ do: 'progress', title }]),
  });
  const outcome: SuiteOutcome[] = results.map(({ contract, name, cases }) => ({
    name: `${contract} ${name}`,
    tests: cases.map(({ id, rule, title, status, reason, error, durationMs }) => ({
      title: `${rule}: ${title} (${id})`,
      status: status === 'not-run' ? 'skipped' : status,
      why: reason ?? error ?? reasonOf(id, leftOut),
      ms: durationMs,
    })),
  }));
  const undeclared = other.map(({ title, error }) => ({ title, status: 'failed' as const, why: error }));
  await asJson('/outcome', [...outcome, { name: 'declarations', tests: undeclared }]);
}

/** The same functions, which do not run what is left out. */
function without({ describe, it }: TestFunctions, leftOut: LeftOut): TestFunctions {
  const run: TestFunctions['it'] = Object.assign(
    (title: string, body: () => Promise<void>, timeoutMs?: number): unknown => {
      const id = /\(([\w.-]+)\)$/.exec(title)?.[1];
      return id !== undefined && reasonOf(id, leftOut) !== undefined
        ? it.skip(title, body)
        : it(title, body, timeoutMs);
    },
    { skip: it.skip.bind(it) },
  );
  return { describe, it: run };
}

function reasonOf(id: string, leftOut: LeftOut): string | undefined {
  const found = Object.entries(leftOut).find(([key]) =>
    key.endsWith('*') ? id.startsWith(key.slice(0, -1)) : id === key,
  );
  return found?.[1];
}
