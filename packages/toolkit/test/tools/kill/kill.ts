import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ToolsState } from '@mortise/toolkit';

export interface KillTest {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
}

export interface KillOutcome {
  readonly kills: number;
  /** Runs that came to their answer, with and without kills on the way. */
  readonly runs: number;
  /** Side effects of each run, in the order of their keys. */
  readonly effects: readonly (readonly string[])[];
  /** Executions that had to be repeated, since a kill fell between a side effect and the keeping of its result. */
  readonly again: number;
  /** Executions of calls whose result was in the state: none. */
  readonly needless: readonly string[];
  /** Final states that differ from that of a run without kills. */
  readonly different: readonly string[];
  readonly uninterrupted: ToolsState;
  readonly effectsUninterrupted: readonly string[];
}

/** Kills processes of one run after another at random moments, until there were as many kills. */
export async function killTest({ folder, kills, seed }: KillTest): Promise<KillOutcome> {
  const random = seeded(seed);
  const whole = fresh(folder, 'whole');
  const { ms } = await runOnce(whole);
  const uninterrupted = stateOf(whole);
  const effects: string[][] = [];
  const needless: string[] = [];
  const different: string[] = [];
  let [done, again, runs] = [0, 0, 0];
  while (done < kills) {
    const place = fresh(folder, `run-${runs++}`);
    for (let over = false; !over;) {
      const before = linesOf(place, 'runs.txt').length;
      const answered = resultsIn(place);
      const ended = await runOnce(place, done < kills ? random() * ms : undefined);
      if (ended.killed) done++;
      over = !ended.killed;
      const ran = linesOf(place, 'runs.txt').slice(before);
      needless.push(...ran.filter((line) => answered.has(line.split(' ')[0] ?? '')));
    }
    effects.push(effectsOf(place));
    again += linesOf(place, 'runs.txt').length - new Set(linesOf(place, 'runs.txt')).size;
    if (JSON.stringify(stateOf(place)) !== JSON.stringify(uninterrupted)) different.push(place);
  }
  return {
    ...{ kills: done, runs, effects, again, needless, different, uninterrupted },
    effectsUninterrupted: effectsOf(whole),
  };
}

function fresh(folder: string, name: string): string {
  const place = join(folder, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  return place;
}

/** Keys of the calls of the pending reply that are answered in the state, those of agents too. */
function resultsIn(place: string): Set<string> {
  return new Set(existsSync(join(place, 'state.json')) ? answeredIn(stateOf(place)) : []);
}

function answeredIn({ id, steps, reply }: ToolsState): string[] {
  const calls = reply?.calls ?? [];
  return calls.flatMap(({ result, run }, at) => {
    if (result !== undefined) return [`${id}/${steps}/${at}`];
    return run === undefined ? [] : answeredIn(run);
  });
}

const stateOf = (place: string): ToolsState =>
  JSON.parse(readFileSync(join(place, 'state.json'), 'utf8')) as ToolsState;

function linesOf(place: string, name: string): string[] {
  const file = join(place, name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

function effectsOf(place: string): string[] {
  return readdirSync(place)
    .filter((name) => name.startsWith('effect-'))
    .sort()
    .map((name) => `${name} ${readFileSync(join(place, name), 'utf8')}`);
}

async function runOnce(
  folder: string,
  killAfterMs?: number,
): Promise<{ readonly killed: boolean; readonly ms: number }> {
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  const program = join(import.meta.dirname, 'program.ts');
  const args = ['--disable-warning=ExperimentalWarning', ...conditions, program, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), ended]);
  const begin = performance.now();
  if (killAfterMs !== undefined) {
    await Promise.race([setTimeout(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  child.stdout.resume();
  const [code, signal] = await ended;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`The run failed with ${code ?? signal}.`);
  return { killed: signal === 'SIGKILL', ms: performance.now() - begin };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
