/** `node --conditions=mortise-source ai-sdk/measure.ts [name]`: what each provider of theirs passes, and what not. */
import { llmConformance, type WireTarget } from '@mortise/conformance';
import { bridged, peers } from './providers.ts';

const [, , only = '', skip = '^$', pick = ''] = process.argv;
for (const peer of peers.filter(({ name }) => name.includes(only))) {
  const jobs: { name: string; body: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const it = Object.assign((name: string, body: () => Promise<void>) => void jobs.push({ name, body }), {
    skip: (name: string) => void skipped.push(name),
  });
  const create = (target: WireTarget) => bridged(peer, target);
  const declares = create({ url: 'http://127.0.0.1:1', settings: {} }).metadata.capabilities;
  llmConformance(
    { describe: (_name, body) => body(), it },
    { create, dialect: peer.dialect, declares, reasons: peer.reasons ?? {}, name: peer.name },
  );
  const failures: string[] = [];
  let passed = 0;
  const queue = jobs.filter(({ name }) => !new RegExp(skip).test(name) && new RegExp(pick).test(name));
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        try {
          const began = Date.now();
          await job.body();
          if (Date.now() - began > 5000) console.log('slow', job.name, Date.now() - began);
          passed++;
        } catch (error) {
          console.log('FAIL', job.name);
          failures.push(
            `  ${job.name}\n      ${String(error instanceof Error ? error.message : error)
              .split('\n')
              .slice(0, 3)
              .join(' ')
              .slice(0, 400)}`,
          );
        }
      }
    }),
  );
  console.log(`${peer.name}: ${passed} of ${jobs.length}, ${skipped.length} skipped`);
  console.log(failures.sort().join('\n'));
  if (process.env['SKIPPED']) console.log(skipped.join('\n'));
}
