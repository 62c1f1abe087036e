// The kill test of runs of tools in full: `node --conditions=mortise-source packages/toolkit/test/tools/kill/main.ts [kills] [seed]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killTest } from './kill.ts';
import { EFFECTS } from './world.ts';

const [kills = 100, seed = 1] = process.argv.slice(2, 4).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'mortise-kill-tools-'));
try {
  const begin = performance.now();
  const outcome = await killTest({ folder, kills, seed });
  const { effects, again, needless, different, runs, effectsUninterrupted } = outcome;
  const wrong = effects.filter((found) => found.join('\n') !== effectsUninterrupted.join('\n'));
  const right =
    effectsUninterrupted.length === EFFECTS && wrong.length + needless.length + different.length === 0;
  const lines = [
    `${outcome.kills} kills in ${runs} runs of ${EFFECTS} side effects, ${Math.round((performance.now() - begin) / 1000)} s`,
    `runs with other side effects than one without kills: ${wrong.length}`,
    `calls run although their result was kept: ${needless.length}`,
    `calls run again with the same key, since their result was not kept: ${again}`,
    `final states and messages other than without kills: ${different.length}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!right) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
