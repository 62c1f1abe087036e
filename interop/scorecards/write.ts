/**
 * `pnpm scorecard NAME ...` runs `mortise-conformance` for these scorecards, without a name for all, and writes what came of
 * it; `--pages` writes the pages alone, from the reports that are there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cardPage, cards, folder, indexPage, interop, readCard } from './cards.ts';

const command = join(interop, '../packages/conformance/src/cli.ts');
const names = process.argv.slice(2);
const unknown = names.filter((name) => name !== '--pages' && !cards.some(({ file }) => file === name));
if (unknown.length > 0)
  throw new Error(`There is no card ${unknown.join(', ')}: ${cards.map(({ file }) => file).join(', ')}.`);

mkdirSync(folder, { recursive: true });
for (const { file, args } of names.includes('--pages') ? [] : cards) {
  if (names.length > 0 && !names.includes(file)) continue;
  const asked = [...process.execArgv, command, ...args, '--json', join(folder, `${file}.json`)];
  const { status } = spawnSync(process.execPath, asked, { cwd: interop, stdio: 'inherit' });
  // 1: a case failed, as many do.
  if (status !== 0 && status !== 1) throw new Error(`${file} could not be run.`);
}
const reports = new Map(cards.map((card) => [card, readCard(card)]));
for (const [card, report] of reports) writeFileSync(join(folder, `${card.file}.md`), cardPage(card, report));
writeFileSync(join(folder, 'README.md'), indexPage(reports));
execFileSync(join(interop, '../node_modules/.bin/oxfmt'), ['docs/scorecards'], { cwd: join(interop, '..') });
