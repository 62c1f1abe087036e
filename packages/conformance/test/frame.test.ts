import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { conformance, runCase, saveResults, type ConformanceCase, type Suite } from '@mortise/conformance';

type Subject = { readonly value: number };

const base = { rule: 'X-01', title: 'is one', requires: [] } as const;
const isOne: ConformanceCase<Subject> = {
  ...base,
  id: 'one',
  run: async ({ subject, check }) => check.equal(subject.value, 1, 'value'),
};
const needsTools: ConformanceCase<Subject> = { ...isOne, id: 'tools', requires: ['tools'] };

/** A test runner that only remembers. */
function collector() {
  const tests: { title: string; skipped: boolean; body: () => Promise<void> }[] = [];
  const it = (title: string, body: () => Promise<void>) => tests.push({ title, skipped: false, body });
  it.skip = (title: string, body: () => Promise<void>) => tests.push({ title, skipped: true, body });
  return { tests, functions: { describe: (_name: string, body: () => void) => body(), it } };
}

function options(
  suite: Suite<Subject>,
  more: { declared?: string[]; reasons?: Record<string, string>; value?: number } = {},
) {
  const { declared = [], reasons = {}, value = 1 } = more;
  return { contract: 'demo', name: 'one', suite, subject: { value }, declared, reasons };
}

test('a declared feature is tested, and the results tell', async () => {
  const { tests, functions } = collector();
  const results = conformance(functions, options([isOne, needsTools], { declared: ['tools'] }));
  expect(results.cases.map(({ status }) => status)).toEqual(['not-run', 'not-run']);
  for (const { body } of tests) await body();
  expect(results.cases).toMatchObject([
    { id: 'one', rule: 'X-01', status: 'passed' },
    { id: 'tools', status: 'passed' },
  ]);
});

test('a case that fails is recorded with what it says, and the test fails', async () => {
  const { tests, functions } = collector();
  const results = conformance(functions, options([isOne], { value: 2 }));
  await expect(tests[0]?.body()).rejects.toThrow('value: got 2, expected 1');
  expect(results.cases[0]).toMatchObject({ status: 'failed', error: 'value: got 2, expected 1' });
});

test('a feature that is not declared is skipped with its reason', () => {
  const { tests, functions } = collector();
  const results = conformance(functions, options([needsTools], { reasons: { tools: 'It has none.' } }));
  expect(tests[0]).toMatchObject({ skipped: true, title: 'X-01: is one (tools) [tools: It has none.]' });
  expect(results).toMatchObject({
    reasons: { tools: 'It has none.' },
    cases: [{ status: 'skipped', reason: 'tools: It has none.' }],
  });
});

test.each([[{}], [{ tools: ' ' }]])('a feature without declaration and reason fails: %j', async (reasons) => {
  const { tests, functions } = collector();
  conformance(functions, options([needsTools], { reasons }));
  expect(tests[0]).toMatchObject({ skipped: false, title: 'declares tools, or gives a reason' });
  await expect(tests[0]?.body()).rejects.toThrow('Declare tools');
});

test('what works and is not declared is reported', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { tests, functions } = collector();
  const results = conformance(functions, options([needsTools], { reasons: { tools: 'It has none.' } }));
  await tests.at(-1)?.body();
  expect(results.cases[0]).toMatchObject({ status: 'skipped', works: true });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('not declared, and works: tools')]]);
  warn.mockRestore();
});

test('an early return is not a pass', async () => {
  const early: ConformanceCase<Subject> = { ...isOne, run: async () => undefined };
  await expect(runCase(early, { value: 1 })).rejects.toThrow('checked nothing');
});

test('what a case opens is closed after it', async () => {
  let url = '';
  const opens: ConformanceCase<Subject> = {
    ...isOne,
    run: async ({ check, wire }) => {
      url = (await wire((_request, reply) => void reply.end('ok'))).url;
      check.equal(await (await fetch(url)).text(), 'ok', 'reply');
    },
  };
  await runCase(opens, { value: 1 });
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('results are saved as data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-results-'));
  const { functions } = collector();
  const results = conformance(functions, options([isOne]));
  saveResults(results, folder);
  expect(JSON.parse(readFileSync(join(folder, 'demo.one.json'), 'utf8'))).toEqual(results);
  rmSync(folder, { recursive: true });
});

test('a bound is not used up by a busy process, and a hang ends at it', async () => {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const busy = async (): Promise<void> => {
    await pause(1);
    for (const until = performance.now() + 300; performance.now() < until;);
    await pause(20);
  };
  const waits = (promise: () => Promise<unknown>): ConformanceCase<Subject> => ({
    ...isOne,
    run: ({ check }) => check.within(200, promise(), 'it').then(() => undefined),
  });
  await runCase(waits(busy), { value: 1 });
  const hangs = waits(() => new Promise(() => undefined));
  await expect(runCase(hangs, { value: 1 })).rejects.toThrow('it: nothing happened for 200 ms');
});

test('waits of a case go by the clock of the runtime, also while a test has faked it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const hangs: ConformanceCase<Subject> = {
    ...isOne,
    run: ({ check }) => check.within(50, new Promise(() => undefined), 'it').then(() => undefined),
  };
  await expect(runCase(hangs, { value: 1 })).rejects.toThrow('it: nothing happened for 50 ms');
});

test('a dialect that throws fails its case with what it threw, whatever is made of its 500', async () => {
  const asks = (handler: () => void): ConformanceCase<Subject> => ({
    ...isOne,
    async run({ check, wire }) {
      const { url } = await wire(handler);
      const { status } = await fetch(`${url}/v1/chat`, { method: 'POST', body: '{"model":"m"}' });
      check.equal(status, 500, 'the status');
    },
  });
  const bug = new TypeError('no map here');
  const thrown = asks(() => {
    throw bug;
  });
  await expect(runCase(thrown, { value: 1 })).rejects.toMatchObject({
    message: `The dialect, or the case's handler, threw on this request: POST /v1/chat {"model":"m"}\nTypeError: no map here`,
    cause: bug,
  });
});
