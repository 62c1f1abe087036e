import { beforeAll, describe, expect, it, vi } from 'vitest';
import type * as core from '@mortise/core';
import type * as coreCalls from '@mortise/core/call';
import type * as coreTesting from '@mortise/core/testing';

type Core = typeof core;
type Calls = typeof coreCalls;
type Testing = typeof coreTesting;

/** Two packages of one program may each bring their own core. */
describe('two copies of core in one program', () => {
  let mine: Core;
  let theirs: Core;
  let calls: Calls;
  let testing: Testing;

  beforeAll(async () => {
    mine = await import('@mortise/core');
    calls = await import('@mortise/core/call');
    vi.resetModules();
    theirs = await import('@mortise/core');
    testing = await import('@mortise/core/testing');
    expect(theirs.MortiseError).not.toBe(mine.MortiseError);
  });

  const failure = () => new theirs.MortiseError('overloaded', 'busy', { retryAfterMs: 1 });

  it('E-05: an error of the other copy is one of ours: told by its code, retried, passed on as it is', async () => {
    const error = failure();
    expect(error).not.toBeInstanceOf(mine.MortiseError);
    expect([mine.isMortiseError(error), mine.isMortiseError(error, 'overloaded')]).toEqual([true, true]);
    let attempts = 0;
    const call = calls.runCall({ policy: calls.callPolicy({}), options: {}, stream: false, about: {} }, () =>
      ++attempts === 1 ? Promise.reject(error) : Promise.resolve('ok'),
    );
    expect([await call, attempts]).toEqual(['ok', 2]);
    const refused = new theirs.MortiseError('validation', 'no');
    const passed = calls.runCall(
      { policy: calls.callPolicy({}), options: {}, stream: false, about: {} },
      () => Promise.reject(refused),
    );
    expect(await passed.catch((thrown: unknown) => thrown)).toBe(refused);
  });

  it('V-05: a subscriber of one copy sees the calls of both, linked, each once', async () => {
    const seen: string[] = [];
    const stop = mine.subscribe(({ name, phase, parentId }) => {
      seen.push(`${name} ${phase}${parentId === undefined ? '' : ' inside'}`);
    });
    await mine.traced('outer', () => new testing.ScriptedLLM({ replies: () => 'ok' }).chat('hi'));
    stop();
    expect(seen).toEqual(['outer start', 'llm.chat start inside', 'llm.chat end inside', 'outer end']);
  });
});
