import { isHostileThrow } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { mutated, randomOf, type Story } from './places.ts';

/** A call of a public method, with arguments that are made anew for each case, one place of which is then spoilt. */
export interface Target {
  readonly name: string;
  readonly args: () => unknown[];
  readonly run: (...args: never[]) => unknown;
  /** The contract says so: what a callback throws reaches the caller as it is. */
  readonly passes: boolean;
}

export function call<A extends unknown[]>(
  name: string,
  args: () => [...A],
  run: (...args: A) => unknown,
  passes = false,
): Target {
  return { name, args, run, passes };
}

/** `pnpm test:thorough` makes them all, `pnpm test` the first eighth. */
const isThorough = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;

const SEED = 20_261_128;
/** Milliseconds of a case, of the processor where it computes: a machine does other things too, and may stand still. */
const LONGEST = 10_000;
/** A wait of {@link LONGEST} is made of so many, of which a machine that stands still takes one. */
const WAITS = 10;
/** A case that never gives the event loop back can be told of by another thread alone. */
const STUCK = 60_000;
const MB = 2 ** 20;
/** Of memory, above what there was before the case. */
const MOST_MEMORY = 256 * MB;
/** What is garbage is collected beyond it, so that it is not taken for what a case needs. */
const GARBAGE = 16 * MB;

/**
 * Runs the package's cases over the calls, and fails for what is untyped, what hangs, and what takes more memory than
 * it may. How many there are stands in `cases.ts`, whose sum is asserted.
 */
export function fuzz(folder: keyof typeof CASES, targets: readonly Target[]): void {
  const cases = isThorough ? CASES[folder] : Math.ceil(CASES[folder] / 8);
  it(`${folder} lets no untyped error out, hangs nowhere and stays within 256 MB in ${cases} hostile calls`, async () => {
    const problems = new Map<string, number>();
    // Everything is loaded, and works when it is given what it asks for.
    const broken: string[] = [];
    for (const target of targets) {
      let how = '';
      // The first call may load an SDK, for longer than it may take: nothing hostile is in it.
      for (let tries = 0; how !== 'works' && tries < 5; tries++) how = await works(target);
      if (how !== 'works') broken.push(`${target.name}: ${how}`);
    }
    expect(broken).toEqual([]);
    collectGarbage();
    let most = 0;
    let floor = heap();
    const watch = startWatch();
    const strays = strayRejections();
    // Events of hostile subscribers are reported there.
    const { error: say } = console;
    if (process.env['FUZZ_SLOW'] === undefined) console.error = () => undefined;
    let ran = 0;
    try {
      for (; ran < cases; ran++) {
        const target = targets[ran % targets.length]!;
        watch.next(`${target.name}, case ${ran}, after ${last[0]}`);
        const before = process.memoryUsage.rss();
        const known = peak();
        const problem = await hostileCase(target, ran);
        // Of the process, so that it tells too much where what is garbage lies about, and never too little.
        if (peak() > known) most = Math.max(most, peak() - before);
        // What nobody waits for is told of before the next turn.
        await new Promise((resolve) => void setImmediate(resolve));
        for (const found of [problem, ...strays.take()])
          if (found !== undefined) problems.set(found, (problems.get(found) ?? 0) + 1);
        if (heap() > floor + GARBAGE) {
          collectGarbage();
          // What is loaded or kept meanwhile is no garbage: collected after each case, it would be minutes.
          floor = heap();
        }
      }
    } finally {
      watch.end();
      strays.end();
      console.error = say;
    }
    expect([...problems].map(([problem, times]) => `${times}x ${problem}`)).toEqual([]);
    expect(ran).toBe(cases);
    expect(most, `${Math.round(most / MB)} MB more in one case`).toBeLessThan(MOST_MEMORY);
  }, 600_000);
}

async function works({ args, run }: Target): Promise<string> {
  try {
    await settled(() => run(...(args() as never[])));
    return 'works';
  } catch (error) {
    return shown(error);
  }
}

async function hostileCase({ name, args, run, passes }: Target, at: number): Promise<string | undefined> {
  const random = randomOf(SEED + at * 7919);
  const story: Story = { told: [], thrown: new Set(), reasons: new Set(), errors: [] };
  const given = args();
  mutated(given, random, story);
  last.unshift(`${name} [${at}]: ${story.told.join('; ')}`);
  last.length = Math.min(last.length, 3);
  if (process.env['FUZZ_SLOW'] === 'all') console.error(last[0]);
  const begun = process.cpuUsage();
  const over = new AbortController();
  let problem: string | undefined;
  try {
    const running = settled(() => run(...(given as never[])));
    if ((await Promise.race([running, tooLong(over.signal)])) === HUNG) problem = 'nothing came of it';
  } catch (error) {
    const isOurs = isMortiseError(error) || story.reasons.has(error);
    const isTheirs = story.thrown.has(error) || isHostileThrow(error);
    if (!isOurs && !(passes && isTheirs)) problem = `untyped: ${shown(error)}`;
  } finally {
    over.abort();
  }
  const { user, system } = process.cpuUsage(begun);
  const took = (user + system) / 1000;
  if (process.env['FUZZ_SLOW'] !== undefined && took > 150)
    console.error(`${Math.round(took)} ms: ${name} [${at}]: ${story.told.join('; ')}`);
  if (took > LONGEST) problem ??= `it took ${Math.round(took)} ms`;
  return problem === undefined ? undefined : `${name} [${at}]: ${story.told.join('; ')}: ${problem}`;
}

const HUNG = Symbol('hung');

async function tooLong(signal: AbortSignal): Promise<typeof HUNG | undefined> {
  try {
    for (let waits = 0; waits < WAITS; waits++) await wait(LONGEST / WAITS, undefined, { signal });
    return HUNG;
  } catch {
    return undefined;
  }
}

/** The most that the process ever had. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function heap(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** To its end: a promise, a stream of at most 200 items, the `final()` that a stream has. Values of others are left alone. */
async function settled(run: () => unknown): Promise<void> {
  const given = run();
  // What is no promise may have a `then` that throws.
  const value = given instanceof Promise ? [await (given as Promise<unknown>)][0] : given;
  if (!isOpen(value)) return;
  if (typeof value.final === 'function') {
    let seen = 0;
    for await (const _event of value) if (++seen === 200) break;
    await value.final();
  } else if (typeof value[Symbol.asyncIterator] === 'function') {
    let seen = 0;
    for await (const _item of value) if (++seen === 200) break;
  }
}

type Open = AsyncIterable<unknown> & { final?: () => Promise<unknown> };

function isOpen(value: unknown): value is Open {
  try {
    return (
      typeof value === 'object' && value !== null && !Array.isArray(value) && Symbol.asyncIterator in value
    );
  } catch {
    return false;
  }
}

function shown(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `a thrown ${typeof error}`;
    const from =
      error.stack?.split('\n').filter((line) => /packages\/(?!conf)|integrations\//.test(line)) ?? [];
    const places = from
      .slice(0, 3)
      .map((line) => line.replace(/^.*?((packages|integrations)\/.*?)\)?$/, '$1'));
    return `${error.name}: ${error.message.slice(0, 120)} (${places.join(' < ')})`;
  } catch {
    return 'an error that cannot be read';
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The latest cases, the latest first: a stray rejection may come of one that is over. */
const last: string[] = [];

/** What is rejected and nobody waits for: it would end an application. Vitest knows of no case to name. */
function strayRejections(): { take(): string[]; end(): void } {
  const found: string[] = [];
  const others = process.listeners('unhandledRejection');
  const note = (reason: unknown): void =>
    void found.push(`${last.join(' OR ')}: a stray rejection, ${shown(reason)}`);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  return {
    take: () => found.splice(0),
    end: () => {
      process.off('unhandledRejection', note);
      for (const other of others) process.on('unhandledRejection', other);
    },
  };
}

/** Ends the process, and says in which case, when the event loop is not given back. */
function startWatch(): { next(what: string): void; end(): void } {
  const source = `
    const { parentPort } = require('node:worker_threads');
    let timer;
    parentPort.on('message', (what) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        require('node:fs').writeSync(2, 'Stuck: ' + what + '\\n');
        process.kill(process.pid, 'SIGKILL');
      }, ${STUCK});
    });`;
  const worker = new Worker(source, { eval: true });
  worker.unref();
  return { next: (what) => worker.postMessage(what), end: () => void worker.terminate() };
}
