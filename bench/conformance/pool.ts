import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const CHILD = join(import.meta.dirname, 'child.ts');
const HEAP_MB = 1024;
/** Cases at once, which mostly wait, and the milliseconds that one may take. Those of `@mortise/openai` take a few seconds. */
const FIRST = { workers: 4, caseMs: 10_000 };
/** What was late beside others is tried again with less beside it, and as long as the suite gives everyone. */
const AGAIN = { workers: 2, caseMs: 30_000 };
const START_MS = 60_000;

/** The exit code of a child that took too much memory outside its heap. */
export const OUT_OF_MEMORY = 137;

/** What a child says of a case: `why` is absent where it passed. */
export interface Outcome {
  readonly id: string;
  readonly why?: string;
}

/** Why each case that did not pass did not. */
export type Failures = ReadonlyMap<string, string>;

/**
 * Runs cases of one contender in processes of its own, each with a bounded heap and each case with a bounded time: a peer
 * that fills the memory, or never ends, fails the case it was in and no other. A process that failed a case is not used
 * again, so that what the case left running cannot fail the next one.
 */
export async function failuresOf(name: string, ids: readonly string[]): Promise<Failures> {
  const failures = await runAll(name, ids, FIRST);
  const late = ids.filter((id) => failures.get(id) === lateAfter(FIRST.caseMs));
  const again = await runAll(name, late, AGAIN);
  for (const id of late) failures.delete(id);
  return new Map([...failures, ...again]);
}

async function runAll(
  name: string,
  ids: readonly string[],
  { workers, caseMs }: typeof FIRST,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  const queue = [...ids];
  const work = async (): Promise<void> => {
    let child: Child | undefined;
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      if (child === undefined || child.isOver()) child = await startChild(name);
      const why = await child.run(id, caseMs);
      if (why === undefined) continue;
      failures.set(id, why);
      child.end();
      child = undefined;
    }
    child?.end();
  };
  await Promise.all(Array.from({ length: Math.min(workers, ids.length) }, work));
  return failures;
}

interface Child {
  /** Gives why the case did not pass, or nothing where it did. */
  run(id: string, caseMs: number): Promise<string | undefined>;
  /** What an earlier case left behind may have ended it. */
  isOver(): boolean;
  end(): void;
}

async function startChild(name: string): Promise<Child> {
  const child = fork(CHILD, [name], {
    execArgv: [...process.execArgv, `--max-old-space-size=${HEAP_MB}`],
    // Peers write to the console. What the runtime says at the end of a process is kept.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let last = '';
  child.stderr?.on('data', (bytes: Buffer) => (last = `${last}${bytes.toString()}`.slice(-4_000)));
  const death = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(reasonOf(code, signal, last)));
  });
  const ready = await Promise.race([told<string>(child), death, after(START_MS, 'it did not start')]);
  if (ready !== 'ready') throw new Error(`A process for ${name} did not start: ${ready}\n${last}`);
  return {
    async run(id, caseMs) {
      child.send(id, () => undefined);
      const late = after(caseMs, lateAfter(caseMs));
      const outcome = await Promise.race([told<Outcome>(child), death, late]);
      return typeof outcome === 'string' ? outcome : outcome.why;
    },
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    end: () => void child.kill('SIGKILL'),
  };
}

function lateAfter(ms: number): string {
  return `it was not over after ${ms / 1_000} s`;
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

function after(ms: number, what: string): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(what), ms).unref());
}

function reasonOf(code: number | null, signal: string | null, last: string): string {
  if (code === OUT_OF_MEMORY || /heap out of memory|allocation failed/i.test(last))
    return 'the process ran out of memory';
  const words = /^\w*Error.*$/m.exec(last)?.[0] ?? '';
  return `the process ended with ${signal ?? `code ${code}`}: ${words}`;
}
