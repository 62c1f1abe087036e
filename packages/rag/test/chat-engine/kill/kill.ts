import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Killing {
  readonly kind: 'sqlite' | 'files';
  readonly folder: string;
  /** Processes at once. */
  readonly writers: number;
  readonly kills: number;
}

/** Kills writers of one conversation at random moments, and starts others: what they said was kept, by the id of its turn. */
export async function killWriters({ kind, folder, writers, kills }: Killing): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  let left = kills;
  async function writer(): Promise<void> {
    while (left > 0) {
      const name = String(left--);
      const lines = await killed('main.ts', [kind, folder, name]);
      for (const line of lines) kept.set(...(line.split(' ') as [id: string, message: string]));
    }
  }
  await Promise.all(Array.from({ length: writers }, writer));
  return kept;
}

/** The longest that a writer goes on after its first line, in lines, so that as much is done on a slow machine. */
const MOST_LINES = 8;

/**
 * What a program printed before it was killed, line by line: at a random moment behind its first line, which is counted in
 * lines, and between two of them in parts of the time that one took.
 */
export async function killed(program: string, args: readonly string[]): Promise<string[]> {
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  const child = spawn(process.execPath, [...conditions, join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
  const closed = once(child, 'close');
  const wanted = Math.floor(Math.random() * MOST_LINES);
  const seen = new Promise<number>((resolve) => {
    let first: number | undefined;
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      first ??= performance.now();
      const lines = output.split('\n').length - 1;
      if (lines > wanted) resolve((performance.now() - first) / lines);
    });
  });
  const aLine = await Promise.race([seen, closed]);
  if (typeof aLine === 'number') await Promise.race([setTimeout(Math.random() * aLine), closed]);
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [unknown, unknown];
  if (signal !== 'SIGKILL') throw new Error(`A writer ended by itself: ${errors}`);
  // The last line may be torn.
  return output.split('\n').slice(0, -1);
}
