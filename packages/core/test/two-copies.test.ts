import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type * as core from '@mortise/core';
import type * as coreTesting from '@mortise/core/testing';

type Core = typeof core;
type Testing = typeof coreTesting;

/** Two packages of one program may each bring their own core. */
describe('two copies of core in one program', () => {
  let mine: Core;
  let theirs: Core;
  let testing: Testing;

  beforeAll(async () => {
    mine = await import('@mortise/core');
    vi.resetModules();
    theirs = await import('@mortise/core');
    testing = await import('@mortise/core/testing');
    expect(theirs.MortiseError).not.toBe(mine.MortiseError);
  });

  const failure = () => new theirs.MortiseError('overloaded', 'busy', { retryAfterMs: 1 });

  it('E-05 an error of the other copy is one of ours: told by its code, retried, passed on as it is', async () => {
    const error = failure();
    expect(error).not.toBeInstanceOf(mine.MortiseError);
    expect([mine.isMortiseError(error), mine.isMortiseError(error, 'overloaded')]).toEqual([true, true]);
    let attempts = 0;
    const call = mine.runCall({ policy: mine.callPolicy({}), options: {}, stream: false, about: {} }, () =>
      ++attempts === 1 ? Promise.reject(error) : Promise.resolve('ok'),
    );
    expect([await call, attempts]).toEqual(['ok', 2]);
    const refused = new theirs.MortiseError('validation', 'no');
    const passed = mine.runCall({ policy: mine.callPolicy({}), options: {}, stream: false, about: {} }, () =>
      Promise.reject(refused),
    );
    expect(await passed.catch((thrown: unknown) => thrown)).toBe(refused);
  });

  it('V-05 a subscriber of one copy sees the calls of both, linked, each once', async () => {
    const seen: string[] = [];
    const stop = mine.subscribe(({ name, phase, parentId }) => {
      seen.push(`${name} ${phase}${parentId === undefined ? '' : ' inside'}`);
    });
    await mine.traced('outer', () => new testing.ScriptedLLM({ replies: () => 'ok' }).chat('hi'));
    stop();
    expect(seen).toEqual(['outer start', 'llm.chat start inside', 'llm.chat end inside', 'outer end']);
  });

  it('C-06 runTools and the wrappers of one copy take a model and a tool of the other', async () => {
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

  it('C-01 L-06 a stream of the other copy is aborted and left through a wrapper of ours', async () => {
    const model = () => new testing.ScriptedLLM({ replies: () => 'a long answer', pieceLength: 1 });
    const wrap = () => mine.withRateLimit(mine.withFallback(model(), [model()]), { concurrency: 1 });
    const left = wrap().streamChat('hi');
    for await (const event of left) if (event.type === 'text-delta') break;
    const error: unknown = await left.final().catch((thrown: unknown) => thrown);
    expect([mine.isMortiseError(error, 'aborted'), error]).toMatchObject([true, { partial: { text: 'a' } }]);
    const controller = new AbortController();
    const aborted = wrap().streamChat('hi', { signal: controller.signal })[Symbol.asyncIterator]();
    await aborted.next();
    controller.abort('stop');
    expect(await aborted.next().catch((thrown: unknown) => thrown)).toBe('stop');
  });
});
