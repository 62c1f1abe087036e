import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One way of doing the work; it gives what came out, which must be the same for all. */
export interface Contender {
  readonly name: string;
  run(): Promise<string>;
}

export interface Row {
  readonly name: string;
  /** Median of the rounds, in milliseconds. */
  readonly ms: number;
  /** Median CPU of this process, in milliseconds. */
  readonly cpuMs: number;
}

/**
 * Every contender in turn, round after round, so that whatever the machine does meanwhile hits all alike. The first
 * round warms up and is not counted. Throws when two contenders disagree about the result.
 */
export async function compare(contenders: readonly Contender[], rounds = 7): Promise<Row[]> {
  const ms = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  let expected: string | undefined;
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      globalThis.gc?.();
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      const output = await run();
      const took = performance.now() - before;
      const used = process.cpuUsage(cpuBefore);
      expected ??= output;
      if (output !== expected) throw new Error(`${name} gave another result: ${output.slice(0, 80)}`);
      if (round === 0) continue;
      ms.set(name, [...(ms.get(name) ?? []), took]);
      cpu.set(name, [...(cpu.get(name) ?? []), (used.user + used.system) / 1000]);
    }
  }
  return contenders.map(({ name }) => ({
    name,
    ms: median(ms.get(name) ?? []),
    cpuMs: median(cpu.get(name) ?? []),
  }));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A Markdown table with ratios to the first row. */
export function table(title: string, rows: readonly Row[]): string {
  const [base] = rows;
  const lines = rows.map(({ name, ms, cpuMs }) => {
    const ratio = (value: number, to: number | undefined) => (value / (to ?? value)).toFixed(2);
    return `| ${name} | ${ms.toFixed(1)} | ${ratio(ms, base?.ms)} | ${cpuMs.toFixed(1)} | ${ratio(cpuMs, base?.cpuMs)} |`;
  });
  return [
    `\n### ${title}\n`,
    '| | ms | ratio | CPU ms | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** Starts a server of this folder and gives its URL. */
export async function startServer(file = 'server.ts'): Promise<{ url: string; stop(): void }> {
  const server = spawn(process.execPath, [new URL(file, import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  return { url: line.toString().trim(), stop: () => void server.kill() };
}
