import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { corpus } from './kill/corpus.ts';
import { killTest, MOST_TEXTS_AGAIN } from './kill/kill.ts';
import { KINDS } from './kill/kinds.ts';

it.each(KINDS)(
  'I-01: ingestion, %s, killed at random moments, ends where an undisturbed one does, and pays for few batches twice',
  { timeout: 120_000 },
  async (kind) => {
    const folder = await temporaryFolder();
    const outcome = await killTest({ folder, kind, documents: 60, kills: 3, seed: 3 });
    expect(outcome.flaws).toEqual([]);
    expect(outcome.killed).toEqual(outcome.uninterrupted);
    expect(outcome.killed).toEqual(outcome.fresh);
    expect(outcome.killed.records).toBe(corpus(60, outcome.generation).length);
    expect(outcome.mostTextsAgain).toBeLessThanOrEqual(MOST_TEXTS_AGAIN);
  },
);
