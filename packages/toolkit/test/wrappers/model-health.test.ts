import { describe, expect, it, vi } from 'vitest';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import {
  BaseLLM,
  MortiseError,
  subscribe,
  type ChatReply,
  type KnownErrorCode,
  type LLM,
  type LLMMetadata,
  type MortiseEvent,
  type StreamBatch,
} from '@mortise/core';
import { modelHealth, withFallback, type ModelHealthOptions } from '@mortise/toolkit';

const down = (code: KnownErrorCode = 'overloaded', retryAfterMs?: number) =>
  new MortiseError(code, 'not now', { retryAfterMs });

/** A model that says what `reply` gives at that moment. */
function model(name: string, reply: () => ScriptedReply | Promise<ScriptedReply>): ScriptedLLM {
  return new ScriptedLLM({ replies: reply, retry: false, model: name });
}

/** Two models and a clock; `first.reply` is what the first one says from now on. */
function pair(options: ModelHealthOptions = {}) {
  const clock = { ms: 0 };
  const says: { reply: ScriptedReply } = { reply: down() };
  const first = model('first', () => says.reply);
  const second = model('second', () => 'from the second');
  const health = modelHealth({ now: () => clock.ms, ...options });
  const llm = withFallback(first, [second], { health });
  return { clock, says, first, second, health, llm };
}

async function times(n: number, run: () => Promise<unknown>): Promise<void> {
  for (let at = 0; at < n; at++) await run().catch(() => undefined);
}

async function eventsOf(name: string, run: () => Promise<unknown>): Promise<unknown[]> {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void (event.name === name && events.push(event)));
  await run().finally(stop);
  return events.map(({ attributes }) => attributes);
}

/** Streams a text and then ends as it is told to. */
class CuttingLLM extends BaseLLM {
  calls = 0;
  end: MortiseError | undefined = down('stream-truncated');
  constructor() {
    super({ provider: 'cutting', model: 'c', retry: false });
  }
  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }
  doGenerate(): Promise<ChatReply> {
    return Promise.reject(down());
  }
  override async *doStream(): AsyncGenerator<StreamBatch> {
    this.calls++;
    yield { type: 'text-delta', index: 0, delta: 'half' };
    if (this.end !== undefined) throw this.end;
    yield { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} };
  }
}

const ways: [string, (llm: LLM) => Promise<string>][] = [
  ['chat', async (llm) => (await llm.chat('hi')).text],
  ['complete', async (llm) => (await llm.complete('hi')).text],
  ['streamChat', async (llm) => (await llm.streamChat('hi').final()).text],
  ['streamComplete', async (llm) => (await llm.streamComplete('hi').final()).text],
];

describe('a model that fails', () => {
  it.each(ways)(
    '%s: is gone past after three failures in a row, and tried again after its rest',
    async (_way, ask) => {
      const { clock, says, first, llm } = pair();
      await times(10, async () => expect(await ask(llm)).toBe('from the second'));
      expect(first.requests).toHaveLength(3);

      says.reply = 'well again';
      clock.ms = 2_499;
      expect(await ask(llm)).toBe('from the second');
      clock.ms = 5_000;
      expect(await ask(llm)).toBe('well again');
      expect(await ask(llm)).toBe('well again');
    },
  );

  it('rests twice as long each time, in the upper half of the range, up to the longest rest', async () => {
    const { clock, health, first, llm } = pair({ failures: 1, baseRestMs: 100, maxRestMs: 1_000 });
    const rests: number[] = [];
    for (let at = 0; at < 6; at++) {
      await llm.chat('hi');
      rests.push(health.stateOf(first).restMs ?? Number.NaN);
      clock.ms += rests.at(-1) ?? 0;
    }
    for (const [at, most] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
      expect(rests[at]).toBeGreaterThanOrEqual(most / 2);
      expect(rests[at]).toBeLessThanOrEqual(most);
    }
    expect(first.requests).toHaveLength(6);
  });

  it('begins with a short rest again after a whole reply', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const { clock, says, health, first, llm } = pair({ failures: 1, baseRestMs: 100 });
    for (const ms of [100, 200]) {
      await llm.chat('hi');
      expect(health.stateOf(first).restMs).toBe(ms);
      clock.ms += ms;
    }
    says.reply = 'ok';
    await llm.chat('hi');
    says.reply = down();
    await llm.chat('hi');
    expect(health.stateOf(first).restMs).toBe(100);
    random.mockRestore();
  });

  it('rests as long as the provider asked, up to the longest rest', async () => {
    const { says, health, first, llm } = pair({ failures: 1, maxRestMs: 60_000 });
    says.reply = down('rate-limit', 30_000);
    await llm.chat('hi');
    expect(health.stateOf(first)).toEqual({
      state: 'resting',
      failures: 0,
      restMs: 30_000,
      code: 'rate-limit',
    });
    const other = pair({ failures: 1, maxRestMs: 60_000 });
    other.says.reply = down('rate-limit', 3_600_000);
    await other.llm.chat('hi');
    expect(other.health.stateOf(other.first).restMs).toBe(60_000);
  });

  it('does not rest for a wait that is no number', async () => {
    const { says, health, first, llm } = pair({ failures: 1 });
    says.reply = down('rate-limit', Number.NaN);
    await llm.chat('hi');
    expect(health.stateOf(first).restMs).toBeLessThanOrEqual(5_000);
  });

  it('counts failures in a row only: a success begins anew', async () => {
    const { says, first, llm } = pair();
    for (let at = 0; at < 5; at++) {
      says.reply = down();
      await times(2, () => llm.chat('hi'));
      says.reply = 'ok';
      expect((await llm.chat('hi')).text).toBe('ok');
    }
    expect(first.requests).toHaveLength(15);
  });

  it.each([
    'rate-limit',
    'quota',
    'overloaded',
    'server',
    'connection',
    'timeout',
    'not-found',
    'malformed-response',
  ] as const)('counts %s', async (code) => {
    const { says, first, llm } = pair();
    says.reply = down(code);
    await times(5, () => llm.chat('hi'));
    expect(first.requests).toHaveLength(3);
  });

  it.each(['invalid-request', 'context-length', 'content-filter', 'unsupported', 'validation'] as const)(
    'does not count %s, whatever moves on',
    async (code) => {
      const { says, first, second, health } = pair();
      says.reply = down(code);
      const llm = withFallback(first, [second], { health, when: () => true });
      await times(5, () => llm.chat('hi'));
      expect(first.requests).toHaveLength(5);
      expect(health.stateOf(first)).toEqual({ state: 'well', failures: 0 });
    },
  );

  it('does not count what a limiter of the application refuses', async () => {
    const { says, first, llm } = pair();
    says.reply = new MortiseError('rate-limit', 'never fits', { retryable: false });
    await times(5, () => llm.chat('hi'));
    expect(first.requests).toHaveLength(5);
  });

  it('counts only what moves on by the rule it is given', async () => {
    const { says, first, second, health } = pair();
    const llm = withFallback(first, [second], {
      health,
      when: (error) => (error as MortiseError).code === 'authentication',
    });
    await times(5, () => llm.chat('hi'));
    expect(first.requests).toHaveLength(5);
    says.reply = down('authentication');
    await times(5, () => llm.chat('hi'));
    expect(first.requests).toHaveLength(8);
  });

  it('C-01: does not count an abort, before a reply and while others wait for it', async () => {
    const { clock, says, first, health, llm } = pair({ failures: 1 });
    await llm.chat('hi');
    clock.ms = 5_000;
    const controller = new AbortController();
    says.reply = () => (controller.abort('stop'), 'late');
    await expect(llm.chat('hi', { signal: controller.signal })).rejects.toBe('stop');
    expect(health.stateOf(first)).toMatchObject({ state: 'resting', restMs: 0 });
    says.reply = 'well again';
    expect((await llm.chat('hi')).text).toBe('well again');
  });

  it('is not held to a deadline that another model had used up', async () => {
    const slow = model('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return down();
    });
    const late = model('late', () => new Promise<string>(() => undefined));
    const health = modelHealth({ failures: 1 });
    const failure = withFallback(slow, [late], { health }).chat('hi', { deadlineMs: 100 });
    await expect(failure).rejects.toMatchObject({ code: 'timeout' });
    expect([health.stateOf(slow).state, health.stateOf(late).state]).toEqual(['resting', 'well']);
  });

  it('is asked each time with `health: false`', async () => {
    const { first, second } = pair();
    const llm = withFallback(first, [second], { health: false });
    await times(10, () => llm.chat('hi'));
    expect(first.requests).toHaveLength(10);
  });
});

describe('what is remembered', () => {
  it('is shared between wrappers by a value that the application holds, and is not global', async () => {
    const { first, second, health, llm } = pair();
    await times(3, () => llm.chat('hi'));
    await withFallback(first, [second], { health }).chat('hi');
    expect(first.requests).toHaveLength(3);
    await withFallback(first, [second]).chat('hi');
    expect(first.requests).toHaveLength(4);
  });

  it('is kept by the key that the application gives: models that are made for each request', async () => {
    const health = modelHealth({ key: ({ provider, model: name }) => `${provider}/${name}` });
    let asked = 0;
    await times(5, () =>
      withFallback(
        model('a', () => (asked++, down())),
        [model('b', () => 'ok')],
        { health },
      ).chat('hi'),
    );
    expect(asked).toBe(3);
  });

  it('is told in events, with who answered', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const { clock, says, llm } = pair({ failures: 2 });
    const about = { provider: 'scripted', model: 'first' };
    expect(await eventsOf('health', () => times(3, () => llm.chat('hi')))).toEqual([
      { ...about, state: 'resting', restMs: 5_000, failures: 2, code: 'overloaded' },
    ]);
    const responses: { model: string }[] = [];
    expect(await eventsOf('fallback', async () => responses.push(await llm.chat('hi')))).toEqual([
      { from: 'first', to: 'second', provider: 'scripted', resting: true },
    ]);
    expect(responses[0]?.model).toBe('second');
    clock.ms = 5_000;
    says.reply = 'ok';
    expect(await eventsOf('health', () => llm.chat('hi'))).toEqual([
      { ...about, state: 'trying' },
      { ...about, state: 'well' },
    ]);
    random.mockRestore();
  });

  it('does not hold against a model what began before it was well again', async () => {
    const { clock, says, first, health, llm } = pair({ failures: 1 });
    const gate = Promise.withResolvers<ScriptedReply>();
    says.reply = () => gate.promise;
    const old = [llm.chat('1'), llm.chat('2'), llm.chat('3')];
    await vi.waitFor(() => expect(first.requests).toHaveLength(3));
    says.reply = down();
    await llm.chat('4');
    clock.ms = 5_000;
    says.reply = 'well again';
    await llm.chat('5');
    gate.resolve(down());
    await Promise.all(old);
    expect(health.stateOf(first)).toEqual({ state: 'well', failures: 0 });
  });
});

describe('calls at once', () => {
  it.each(ways)('%s: exactly one of 100 tries a model whose rest is over', async (_way, ask) => {
    const { clock, says, first, health, llm } = pair();
    await times(3, () => llm.chat('hi'));
    clock.ms = 5_000;
    const gate = Promise.withResolvers<ScriptedReply>();
    says.reply = () => gate.promise;
    const calls = Array.from({ length: 100 }, () => ask(llm));
    await vi.waitFor(() => expect(first.requests).toHaveLength(4));
    expect(health.stateOf(first).state).toBe('trying');
    gate.resolve('well again');
    const texts = await Promise.all(calls);
    expect(texts.filter((text) => text === 'well again')).toHaveLength(1);
    expect(texts.filter((text) => text === 'from the second')).toHaveLength(99);
    expect(first.requests).toHaveLength(4);
    expect(await ask(llm)).toBe('well again');
  });

  it('100 that fail at once make one rest, not a hundred', async () => {
    const { clock, says, first, health, llm } = pair();
    const gate = Promise.withResolvers<ScriptedReply>();
    says.reply = () => gate.promise;
    const calls = Array.from({ length: 100 }, () => llm.chat('hi'));
    await vi.waitFor(() => expect(first.requests).toHaveLength(100));
    gate.resolve(down());
    await Promise.all(calls);
    expect(health.stateOf(first).restMs).toBeLessThanOrEqual(5_000);
    clock.ms = 5_000;
    says.reply = down();
    await llm.chat('hi');
    expect(health.stateOf(first).restMs).toBeLessThanOrEqual(10_000);
  });

  it('one that hangs while it tries holds up the others no longer than the longest rest', async () => {
    const { clock, says, first, llm } = pair({ failures: 1, maxRestMs: 10_000 });
    await llm.chat('hi');
    clock.ms = 5_000;
    const controller = new AbortController();
    says.reply = () => new Promise<string>(() => undefined);
    const hanging = llm.chat('hi', { signal: controller.signal });
    await vi.waitFor(() => expect(first.requests).toHaveLength(2));
    says.reply = 'well again';
    clock.ms = 14_999;
    expect((await llm.chat('hi')).text).toBe('from the second');
    clock.ms = 15_000;
    expect((await llm.chat('hi')).text).toBe('well again');
    controller.abort('stop');
    await expect(hanging).rejects.toBe('stop');
  });
});

describe('when no model is well', () => {
  it('asks the one whose rest ends first, rather than none, and says how many were not asked', async () => {
    const clock = { ms: 0 };
    const health = modelHealth({ failures: 1, now: () => clock.ms });
    const waits: Record<string, number> = { a: 30_000, b: 10_000, c: 20_000 };
    const chain = ['a', 'b', 'c'].map((name) => model(name, () => down('server', waits[name])));
    const [a, ...others] = chain as [ScriptedLLM, ...ScriptedLLM[]];
    const llm = withFallback(a, others, { health });
    await times(1, () => llm.chat('hi'));
    const counts = () => chain.map(({ requests }) => requests.length);
    expect(counts()).toEqual([1, 1, 1]);
    await expect(llm.chat('hi')).rejects.toMatchObject({
      code: 'server',
      model: 'b',
      message: 'not now (2 other models failed lately and were not asked.)',
    });
    expect(counts()).toEqual([1, 2, 1]);
    // A failure that was expected does not lengthen the rest.
    expect(health.stateOf(others[0] as LLM).restMs).toBe(10_000);
  });

  it('asks a model at rest when those that were well have failed', async () => {
    const { clock, says, first, second, health } = pair({ failures: 1 });
    await withFallback(first, [second], { health }).chat('hi');
    says.reply = 'well after all';
    clock.ms = 1;
    const failing = model('third', () => down());
    expect((await withFallback(first, [failing], { health }).chat('hi')).text).toBe('well after all');
    expect(health.stateOf(first)).toEqual({ state: 'well', failures: 0 });
  });
});

describe('streams', () => {
  it('make a model well with their first content', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const clock = { ms: 0 };
    const cutting = new CuttingLLM();
    cutting.end = undefined;
    const health = modelHealth({ failures: 1, now: () => clock.ms });
    const llm = withFallback(cutting, [model('b', () => 'ok')], { health });
    await llm.chat('hi');
    expect(health.stateOf(cutting).state).toBe('resting');
    clock.ms = 5_000;
    const stream = llm.streamChat('hi')[Symbol.asyncIterator]();
    await stream.next();
    expect(health.stateOf(cutting).state).toBe('well');
    await stream.return?.();
    expect(health.stateOf(cutting)).toEqual({ state: 'well', failures: 0 });
    random.mockRestore();
  });

  it('that are cut after their first content count too', async () => {
    const cutting = new CuttingLLM();
    const health = modelHealth();
    const llm = withFallback(cutting, [model('b', () => 'ok')], { health });
    for (let at = 0; at < 3; at++)
      await expect(llm.streamChat('hi').final()).rejects.toMatchObject({ code: 'stream-truncated' });
    expect((await llm.streamChat('hi').final()).text).toBe('ok');
    expect(cutting.calls).toBe(3);
  });

  it('that are left do not count, nor do those that nobody reads', async () => {
    const { says, first, health, llm } = pair();
    says.reply = 'a long answer';
    for (let at = 0; at < 5; at++)
      for await (const event of llm.streamChat('hi')) if (event.type === 'text-delta') break;
    for (let at = 0; at < 5; at++) await llm.streamChat('hi').cancel();
    llm.streamChat('hi');
    expect([first.requests.length, health.stateOf(first).failures]).toEqual([5, 0]);
  });

  it('left before their first content let the next call try', async () => {
    const { clock, says, first, health, llm } = pair({ failures: 1 });
    await llm.chat('hi');
    clock.ms = 5_000;
    says.reply = () => new Promise<string>(() => undefined);
    const stream = llm.streamChat('hi');
    const pending = stream[Symbol.asyncIterator]().next();
    await vi.waitFor(() => expect(first.requests).toHaveLength(2));
    await stream.cancel();
    await pending;
    await vi.waitFor(() => expect(health.stateOf(first)).toMatchObject({ state: 'resting', restMs: 0 }));
    says.reply = 'well again';
    expect((await llm.chat('hi')).text).toBe('well again');
  });
});

describe('modelHealth', () => {
  it.each([
    { failures: 0 },
    { failures: 1.5 },
    { baseRestMs: 0 },
    { maxRestMs: Number.NaN },
    { baseRestMs: Infinity },
  ])('refuses %o', (options) => {
    expect(() => modelHealth(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('refuses a key that names nothing', async () => {
    const { first, second } = pair();
    const health = modelHealth({ key: () => undefined as never });
    await expect(withFallback(first, [second], { health }).chat('hi')).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  it('is what withFallback asks for', () => {
    const { first, second } = pair();
    expect(() => withFallback(first, [second], { health: {} as never })).toThrow(/not a ModelHealth/);
  });
});
