import { writeFile } from 'node:fs/promises';
import { HELP, parseArguments } from './arguments.ts';
import { plot, type Point } from './plot.ts';
import { keepsVectors, measure, type Servers } from './scale.ts';

/** Measures, and prints a line for each number of workers. */
export async function run(servers: Servers, args: readonly string[]): Promise<void> {
  const settings = parseArguments(args);
  if (settings === undefined) return void process.stdout.write(HELP);
  if (!(await keepsVectors(servers.databaseUrl)))
    process.stdout.write('This server has no pgvector: vectors are in a plain table, and not searched.\n\n');
  process.stdout.write('| workers | documents | seconds | documents a second | of the first | requests |\n');
  process.stdout.write('| ------: | --------: | ------: | -----------------: | -----------: | -------: |\n');
  const points: Point[] = [];
  for await (const { workers, rate, seconds, requests, report } of measure(servers, settings)) {
    points.push({ workers, rate });
    const share = rate / (points[0] as Point).rate;
    const cells = [workers, report.added, seconds.toFixed(1), rate.toFixed(0), share.toFixed(2), requests];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
    if (report.failed.length > 0)
      throw new Error(`${report.failed.length} documents were set aside: ${report.failed[0]?.message}`);
  }
  if (settings.plot !== undefined) await writeFile(settings.plot, plot(points));
}
