import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { seeded } from './corpus.ts';
import type { Dump } from './index-on-disk.ts';
import { dumpOf, flawsOf, type Kind } from './kinds.ts';
import { BATCH, CONCURRENCY } from './settings.ts';

export interface KillTest {
  /** Two folders are made in it. */
  readonly folder: string;
  readonly kind: Kind;
  readonly documents: number;
  readonly kills: number;
  readonly seed: number;
}

export interface KillOutcome {
  readonly kills: number;
  /** Runs that came to their end, of which the last one had the last generation. */
  readonly finished: number;
  /** The last one, and how many there were. */
  readonly generation: number;
  readonly generations: number;
  /** After a kill, before the restart. */
  readonly flaws: readonly string[];
  /** Texts that were asked for once more after one kill, at most, and after all of them. */
  readonly mostTextsAgain: number;
  readonly textsAgain: number;
  readonly batches: number;
  readonly killed: Dump;
  readonly uninterrupted: Dump;
  /** The last generation alone, into empty stores. */
  readonly fresh: Dump;
}

export const MOST_TEXTS_AGAIN = BATCH * CONCURRENCY;

/** The same generations twice: with kills, and without. */
export async function killTest({ folder, kind, documents, kills, seed }: KillTest): Promise<KillOutcome> {
  const random = seeded(seed);
  const places = ['killed', 'uninterrupted', 'fresh'].map((name) => join(folder, name));
  for (const place of places) mkdirSync(place, { recursive: true });
  const [killedPlace, uninterruptedPlace, freshPlace] = places as [string, string, string];

  const run = (place: string, generation: number, killAfterMs?: number): Promise<Ended> =>
    runOnce([place, kind, documents, generation].map(String), killAfterMs);

  // The first one tells how long a run takes here, and the kills are spread over that.
  const firstMs = (await run(uninterruptedPlace, 0)).ms;
  const found: string[] = [];
  let [done, finished, generation, latest, batches] = [0, 0, 0, 0, 0];
  const killedRuns: Set<string>[] = [];
  const askedIn = new Map<string, Set<string> | undefined>();
  for (let last = false; !last;) {
    last = done === kills;
    // An index in a folder reads everything first, and is saved at the end too.
    const share = kind === 'index in a folder' ? 1 : generation === 0 ? 0.3 : 0.15;
    const ended = await run(killedPlace, generation, last ? undefined : random() * firstMs * share);
    const again: Set<string> = new Set();
    const texts = newlyAsked(killedPlace, batches);
    batches += texts.length;
    for (const text of new Set(texts.flat())) {
      // What is asked for once more was under way when the last run that asked for it was killed.
      if (askedIn.has(text)) {
        const before = askedIn.get(text);
        if (before === undefined)
          found.push('A text was asked for again that a run had asked for which came to its end');
        before?.add(text);
      }
      askedIn.set(text, ended.killed ? again : undefined);
    }
    if (ended.killed) killedRuns.push(again);
    if (ended.killed) {
      done += 1;
      found.push(...(await flawsOf(kind, killedPlace)));
      // What is restarted need not be what was killed: documents change meanwhile, or go back to an older text.
      const chance = random();
      if (chance < 0.25) generation = await to(generation + 1);
      else if (chance < 0.4 && generation > 0) generation = await to(generation - 1);
    } else {
      finished += 1;
      if (!last) generation = await to(generation + 1);
    }
  }
  await run(freshPlace, generation);

  return {
    kills: done,
    finished,
    generation,
    generations: latest + 1,
    flaws: found,
    mostTextsAgain: Math.max(0, ...killedRuns.map(({ size }) => size)),
    textsAgain: killedRuns.reduce((sum, { size }) => sum + size, 0),
    batches,
    killed: await dumpOf(kind, killedPlace),
    uninterrupted: await dumpOf(kind, uninterruptedPlace),
    fresh: await dumpOf(kind, freshPlace),
  };

  async function to(next: number): Promise<number> {
    await run(uninterruptedPlace, next);
    latest = Math.max(latest, next);
    return next;
  }
}

interface Ended {
  readonly killed: boolean;
  /** From its beginning, without the start of the process. */
  readonly ms: number;
}

async function runOnce(args: readonly string[], killAfterMs: number | undefined): Promise<Ended> {
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  const program = join(import.meta.dirname, 'program.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...conditions, program, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
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

/** The batches after the first `known` ones. */
function newlyAsked(folder: string, known: number): string[][] {
  const file = join(folder, 'asked.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.slice(known).map((line) => JSON.parse(line) as string[]);
}
