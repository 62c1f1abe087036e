import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '../measure.ts';
import { medians, type Row } from './work.ts';

export interface Programs {
  /** JavaScript of a whole program, which is given the address of the server and writes what comes out. */
  readonly programs: Readonly<Record<string, string>>;
  readonly server?: string;
  /** Default: 15. */
  readonly rounds?: number;
}

/** What each program leaves behind about itself, as the last line of its errors. */
const FIGURES = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error(JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMB: maxRSS / 1024 }));
});
`;

/** Whole programs from the start of their process to its end, in turn. The first round, which finds no file in memory, is not counted. */
export async function cold(
  { programs, server, rounds: usual = 15 }: Programs,
  rounds = usual,
): Promise<readonly Row[]> {
  const served = server === undefined ? undefined : await startServer(server);
  // Inside this folder, from which the names of packages resolve.
  const folder = await mkdtemp(join(import.meta.dirname, '../.program-'));
  const names = Object.keys(programs);
  const all = new Map<string, { ms: number; cpuMs: number; peakMB: number }[]>(
    names.map((name) => [name, []]),
  );
  let expected: string | undefined;
  try {
    for (const [at, name] of names.entries())
      await writeFile(join(folder, `${at}.mjs`), FIGURES + programs[name]!);
    for (let round = 0; round <= rounds; round++)
      for (const step of names.keys()) {
        const at = (step + round) % names.length;
        const begin = performance.now();
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [
          join(folder, `${at}.mjs`),
          served?.url ?? '',
        ]);
        const ms = performance.now() - begin;
        expected ??= stdout;
        if (stdout !== expected)
          throw new Error(
            `${names[at]} gave another result: ${stdout.slice(0, 80)}, and not ${expected.slice(0, 80)}`,
          );
        const figures = JSON.parse(stderr.trim().split('\n').at(-1)!) as { cpuMs: number; peakMB: number };
        if (round > 0) all.get(names[at]!)!.push({ ms, ...figures });
      }
  } finally {
    served?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return names.map((name) => ({ name, ...medians(all.get(name)!) }));
}
