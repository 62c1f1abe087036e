/** The process of one contender: `child.ts FILE NAME URL`. Opens it, says so, and runs it once each time it is told to. */
import { pathToFileURL } from 'node:url';
import type { Contender } from './work.ts';

const [file = '', name = '', url = ''] = process.argv.slice(2);
const { contenders } = (await import(pathToFileURL(file).href)) as {
  contenders: Readonly<Record<string, Contender>>;
};
const run = await contenders[name]!(url);
process.on('message', async () => {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const given = await run();
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  // The system counts in kilobytes.
  const peakMB = process.resourceUsage().maxRSS / 1024;
  const { output, kB } = typeof given === 'object' ? given : { output: outputOf(given), kB: undefined };
  process.send!({ ms, cpuMs: (user + system) / 1000, peakMB, kB, output });
});
process.send!('open');

function outputOf(given: string | (() => string)): string {
  return typeof given === 'string' ? given : given();
}
