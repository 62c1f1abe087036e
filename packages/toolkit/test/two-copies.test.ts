import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type * as core from '@mortise/core';
import type * as coreTesting from '@mortise/core/testing';
import type * as toolkit from '@mortise/toolkit';

type Copy = typeof core & typeof toolkit;
type Testing = typeof coreTesting;

/** Two packages of one program may each bring their own core and toolkit. */
describe('two copies of core and toolkit in one program', () => {
  let mine: Copy;
  let theirs: Copy;
  let testing: Testing;

  beforeAll(async () => {
    mine = { ...(await import('@mortise/core')), ...(await import('@mortise/toolkit')) };
    vi.resetModules();
    theirs = { ...(await import('@mortise/core')), ...(await import('@mortise/toolkit')) };
    testing = await import('@mortise/core/testing');
    expect(theirs.MortiseError).not.toBe(mine.MortiseError);
    expect(theirs.runTools).not.toBe(mine.runTools);
  });

  const failure = () => new theirs.MortiseError('overloaded', 'busy', { retryAfterMs: 1 });

  it('C-06: runTools and the wrappers of one copy take a model and a tool of the other', async () => {
    const call = { type: 'tool-call' as const, id: '1', name: 'shot', arguments: {} };
    const shot = theirs.tool({
      name: 'shot',
      description: 'x',
      parameters: z.object({}),
      execute: () => theirs.toolBlocks([{ type: 'text', text: 'seen' }]),
    });
    const down = new testing.ScriptedLLM({ replies: () => failure(), retry: false });
    const up = new testing.ScriptedLLM({ replies: [[call], 'done', 'streamed'], usage: { totalTokens: 3 } });
    const budget = theirs.createBudget({ maxTokens: 1000 });
    const llm = mine.withRateLimit(mine.withBudget(mine.withFallback(down, [up]), budget), {
      concurrency: 1,
    });
    const { text, steps } = await mine.runTools(llm, 'hi', { tools: [shot], maxOutputTokens: 5 });
    expect([text, steps[0]?.results[0]?.content]).toEqual(['done', [{ type: 'text', text: 'seen' }]]);
    let streamed = '';
    for await (const piece of llm.streamChat('hi', { maxOutputTokens: 5 }).textStream) streamed += piece;
    expect([streamed, budget.spent]).toEqual(['streamed', 9]);
  });

  it('C-01: L-06 a stream of the other copy is aborted and left through a wrapper of ours', async () => {
    const model = () => new testing.ScriptedLLM({ replies: () => 'a long answer', pieceLength: 1 });
    const wrap = () => mine.withRateLimit(mine.withFallback(model(), [model()]), { concurrency: 1 });
    const abandoned = wrap().streamChat('hi');
    for await (const event of abandoned) if (event.type === 'text-delta') break;
    const error: unknown = await abandoned.final().catch((thrown: unknown) => thrown);
    expect([mine.isMortiseError(error, 'aborted'), error]).toMatchObject([true, { partial: { text: 'a' } }]);
    const controller = new AbortController();
    const aborted = wrap().streamChat('hi', { signal: controller.signal })[Symbol.asyncIterator]();
    await aborted.next();
    controller.abort('stop');
    expect(await aborted.next().catch((thrown: unknown) => thrown)).toBe('stop');
  });
});
