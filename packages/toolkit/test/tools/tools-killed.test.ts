import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killTest } from './kill/kill.ts';
import { EFFECTS } from './kill/world.ts';

/** `pnpm test:thorough` kills three times as often. */
const kills = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000 ? 30 : 10;

it(`of a run that is killed ${kills} times each side effect is there once, and its messages are those of one that is not`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-kill-tools-'));
  try {
    const outcome = await killTest({ folder, kills, seed: 7 });
    expect(outcome.effectsUninterrupted).toHaveLength(EFFECTS);
    for (const effects of outcome.effects) expect(effects).toEqual(outcome.effectsUninterrupted);
    expect(outcome.needless).toEqual([]);
    expect(outcome.different).toEqual([]);
    expect(outcome.kills).toBe(kills);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
