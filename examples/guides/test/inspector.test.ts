import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedLLM } from '@mortise/core/testing';
import { traced } from '@mortise/core/events';
import { expect, it } from 'vitest';
import { recorded, slowest } from '../inspector.ts';

it('a recording says what took longest, in your own code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-guide-'));
  try {
    const llm = new ScriptedLLM({ replies: ['Yes.'], usage: { inputTokens: 12, outputTokens: 2 } });
    await recorded(folder, async () => {
      await traced('job', async () => {
        await traced('short', () => undefined);
        await llm.chat('Is ash a hardwood?');
        await traced('long', () => new Promise((done) => setTimeout(done, 80)));
      });
    });
    const [name] = readdirSync(folder);
    expect(await slowest(join(folder, name!))).toEqual([
      expect.stringMatching(/^job: long \d+ ms, 12 tokens in$/),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
