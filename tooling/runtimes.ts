/**
 * Runs what is published of core, the toolkit and two integrations on every runtime that is installed, and says what
 * came of it. `--only "Bun,Deno"` runs some of them, `--slow` names the slowest tests. What failed is named
 * with its runtime, and the exit code is 1. Those that passed have their row in docs/runtimes.md filled in.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Outcome } from './runtimes/program.ts';
import { startRelay } from './runtimes/relay.ts';
import { runtimes, servedFiles, type Runtime } from './runtimes/runtimes.ts';
import { withSecondTry } from './runtimes/second-try.ts';
import { embedRuntimes, runtimesPage } from './runtimes/table.ts';
import { root } from './workspace.ts';
import { buildPrograms, installTarballs, type Programs } from './runtimes/stage.ts';

const LONGEST_MS = 600_000;

// A runtime must not outlive the program that started it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: { only: { type: 'string' }, keep: { type: 'string' }, slow: { type: 'boolean' } },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'mortise-runtimes-'));
try {
  if (values.keep === undefined) installTarballs(folder);
  const programs = await buildPrograms(folder);
  const chosen = runtimes.filter(
    ({ name }) => values.only === undefined || values.only.split(',').includes(name),
  );
  const passed: string[] = [];
  // The last of the table take longest. More at once than there are processors, and cases run into their time bounds.
  const waiting = [...chosen];
  async function lane(): Promise<void> {
    for (let runtime = waiting.pop(); runtime !== undefined; runtime = waiting.pop())
      if (await report(runtime, programs)) passed.push(runtime.name);
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
  const page = join(root, runtimesPage);
  const text = readFileSync(page, 'utf8');
  const filled = embedRuntimes(text, runtimes, passed);
  const cells = (table: string): string => table.replaceAll(/[ -]+/g, ' ');
  if (cells(filled) !== cells(text)) writeFileSync(page, filled);
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

async function report(runtime: Runtime, programs: Programs): Promise<boolean> {
  const { name, binary, remedy } = runtime;
  if (binary === undefined) {
    console.warn(`${name}: skipped, ${remedy}`);
    return false;
  }
  const start = performance.now();
  const outcome = await withSecondTry(() => runOn(runtime, binary, programs)).catch((error: unknown) => {
    console.error(`${name}: ${String(error)}`);
    process.exitCode = 1;
  });
  if (outcome === undefined) return false;
  const tests = outcome.flatMap((suite) => suite.tests);
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const [line = ''] = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.split('\n');
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${name} (${line}): ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped, ${seconds} s`,
  );
  if (values.slow === true)
    for (const { title, ms = 0 } of tests.toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0)).slice(0, 40))
      console.log(`    ${ms} ms: ${title}`);
  for (const suite of outcome)
    for (const test of suite.tests) {
      if (test.status !== 'failed') continue;
      process.exitCode = 1;
      console.error(`${name}: ${suite.name}: ${test.title}\n    ${test.why ?? ''}`);
    }
  return count('failed') === 0;
}

async function runOn(runtime: Runtime, binary: string, programs: Programs): Promise<Outcome> {
  const relay = await startRelay(servedFiles(programs, runtime));
  const child = runtime.start(binary, programs, relay.url);
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-4_000)));
  child.stderr?.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-4_000)));
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<never>((_resolve, reject) => {
    const fail = (what: string): void =>
      reject(new Error(`${what}; the last test was ${relay.last}\n${output}`));
    child.once('error', (error) => fail(error.message));
    // What was posted before it ended is read first.
    child.once('exit', (code) => setTimeout(() => fail(`it ended with ${code} and no outcome`), 1_000));
    timer = setTimeout(() => fail(`nothing came of it in ${LONGEST_MS / 1000} s`), LONGEST_MS);
  });
  try {
    return await Promise.race([relay.outcome, gone]);
  } finally {
    clearTimeout(timer);
    end();
    process.off('exit', end);
    relay.close();
  }
}
