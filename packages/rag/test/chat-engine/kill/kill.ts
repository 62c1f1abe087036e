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

/** What a program printed before it was killed, line by line. */
export async function killed(program: string, args: readonly string[]): Promise<string[]> {
  const conditions = process.env['MORTISE_TARBALLS'] === '1' ? [] : ['--conditions=mortise-source'];
  const child = spawn(process.execPath, [...conditions, join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
  const closed = once(child, 'close');
  const begun = once(
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece)),
    'data',
  );
  await Promise.race([begun, closed]);
  await Promise.race([setTimeout(Math.random() * 80), closed]);
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [unknown, unknown];
  if (signal !== 'SIGKILL') throw new Error(`A writer ended by itself: ${errors}`);
  // The last line may be torn.
  return output.split('\n').slice(0, -1);
}
