// The kill test in full, on each kind of index: `pnpm test:kill [documents] [kills] [seed]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTest, MOST_TEXTS_AGAIN } from './kill.ts';
import { KINDS, type Kind } from './kinds.ts';
import { BATCH, CONCURRENCY } from './settings.ts';

const [documents = 2000, kills = 50, seed = 1] = process.argv.slice(2, 5).map(Number);
const only = process.argv[5];
for (const kind of KINDS)
  if ((only === undefined || kind === only) && !(await passes(kind))) process.exitCode = 1;

async function passes(kind: Kind): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-kill-'));
  try {
    const begin = performance.now();
    const outcome = await killTest({ folder, kind, documents, kills, seed });
    const { flaws, killed, uninterrupted, fresh, mostTextsAgain, textsAgain } = outcome;
    const equal = killed.sha256 === uninterrupted.sha256 && killed.sha256 === fresh.sha256;
    const lines = [
      `${kind}: ${documents} documents, ${outcome.kills} kills, ${outcome.finished} runs to the end, ${outcome.generations} generations, ${Math.round((performance.now() - begin) / 1000)} s`,
      `index: ${killed.records} documents, ${killed.nodes} nodes; equal to an uninterrupted one: ${equal ? 'yes' : 'NO'}`,
      `batches of ${BATCH}: ${outcome.batches}; embedded twice after a kill: ${mostTextsAgain / BATCH} at most, ${textsAgain / BATCH} in all (allowed: ${CONCURRENCY} a kill)`,
      `found wrong between a kill and the restart: ${flaws.length === 0 ? 'nothing' : flaws.slice(0, 10).join('; ')}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return equal && flaws.length === 0 && mostTextsAgain <= MOST_TEXTS_AGAIN;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
