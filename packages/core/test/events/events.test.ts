import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import { MortiseError, subscribe, traced, type Around, type MortiseEvent } from '@mortise/core';

async function record<T>(
  run: () => Promise<T>,
  options?: Parameters<typeof subscribe>[1],
): Promise<{ events: MortiseEvent[]; result: T | undefined }> {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void events.push(event), options);
  try {
    return { events, result: await run().catch(() => undefined) };
  } finally {
    stop();
  }
}

const phases = (events: readonly MortiseEvent[]) => events.map(({ name, phase }) => `${name} ${phase}`);

describe('events', () => {
  it('V-01: one start and one end for a call, one start and one error for a failed one', async () => {
    const llm = new ScriptedLLM({ replies: ['ok', new MortiseError('authentication', 'no')], retry: false });
    const { events } = await record(async () => {
      await llm.chat('a');
      await llm.chat('b');
    });
    expect(phases(events)).toEqual(['llm.chat start', 'llm.chat end', 'llm.chat start', 'llm.chat error']);
    expect(events[1]?.spanId).toBe(events[0]?.spanId);
    expect(events[1]?.attributes).toMatchObject({
      provider: 'scripted',
      model: 'script',
      finishReason: 'stop',
    });
    expect(events[3]).toMatchObject({ error: { code: 'authentication' } });
  });

  it('V-01: complete is one span, not two', async () => {
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    const { events } = await record(async () => {
      await llm.complete('a');
      for await (const _piece of llm.streamComplete('b'));
    });
    expect(phases(events)).toEqual([
      'llm.complete start',
      'llm.complete end',
      'llm.complete start',
      'first-token point',
      'llm.complete end',
    ]);
  });

  it('V-01: a stream ends its span once: read out, left early, aborted, failed', async () => {
    const llm = new ScriptedLLM({ replies: () => 'a long enough answer' });
    const read = await record(() => llm.streamChat('a').final());
    expect(phases(read.events)).toEqual(['llm.chat start', 'first-token point', 'llm.chat end']);

    const abandoned = await record(async () => {
      for await (const event of llm.streamChat('a')) if (event.type === 'text-delta') break;
    });
    expect(phases(abandoned.events)).toEqual(['llm.chat start', 'first-token point', 'llm.chat error']);
    expect(abandoned.events[2]).toMatchObject({ error: { code: 'aborted' }, attributes: { left: true } });

    const controller = new AbortController();
    const aborted = await record(async () => {
      for await (const event of llm.streamChat('a', { signal: controller.signal })) {
        if (event.type === 'text-delta') controller.abort('mine');
      }
    });
    expect(phases(aborted.events)).toEqual(['llm.chat start', 'first-token point', 'llm.chat error']);
    expect(aborted.events[2]).toMatchObject({ error: 'mine' });
    expect(aborted.events[2]?.attributes).not.toHaveProperty('left');
  });

  it('V-01: a stream that nobody reads has no span', async () => {
    const llm = new ScriptedLLM({ replies: () => 'x' });
    const { events } = await record(async () => void llm.streamChat('a'));
    expect(events).toEqual([]);
    expect(llm.requests).toEqual([]);
  });

  it('V-02: links parents across awaits, iterators and concurrent calls', async () => {
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    const { events } = await record(() => {
      return traced('outer', async () => {
        await Promise.all([llm.chat('a'), traced('inner', () => llm.chat('b'))]);
        for await (const _event of llm.streamChat('c'));
      });
    });
    const starts = events.filter(({ phase }) => phase === 'start');
    const [outer, first, inner, second, third] = starts;
    expect(starts.map(({ name }) => name)).toEqual(['outer', 'llm.chat', 'inner', 'llm.chat', 'llm.chat']);
    expect(outer?.parentId).toBeUndefined();
    expect([first?.parentId, inner?.parentId, third?.parentId]).toEqual([
      outer?.spanId,
      outer?.spanId,
      outer?.spanId,
    ]);
    expect(second?.parentId).toBe(inner?.spanId);
  });

  it("V-02: what an integration does while a stream is read belongs to the stream's span", async () => {
    const llm = new ScriptedLLM({ replies: [async () => traced('upstream', () => 'text')] });
    const { events } = await record(() => llm.streamChat('a').final());
    const [chat, upstream] = events;
    expect(upstream).toMatchObject({ name: 'upstream', parentId: chat?.spanId });
  });

  it('V-02: takes a parent by option where the runtime cannot tell', async () => {
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    const { events } = await record(() => llm.chat('a', { parent: 'span-7' }));
    expect(events[0]?.parentId).toBe('span-7');
  });

  it('V-03: a throwing subscriber breaks nothing and is reported', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const stop = subscribe(() => {
      throw new Error('subscriber bug');
    });
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    const { events, result } = await record(() => llm.chat('a'));
    stop();
    expect(result?.text).toBe('ok');
    expect(events).toHaveLength(2);
    expect(report).toHaveBeenCalledTimes(2);
    report.mockRestore();
  });

  it('V-04: content is there only when a subscriber captures it', async () => {
    const llm = new ScriptedLLM({ replies: () => 'private answer' });
    const both = await Promise.all([
      record(() => llm.chat('private question')),
      record(() => llm.chat('private question'), { captureContent: true }),
    ]);
    // Both subscribers saw both calls; only the second may see what was said.
    expect(JSON.stringify(both[0].events)).not.toContain('private');
    expect(JSON.stringify(both[1].events)).toContain('private question');
    expect(JSON.stringify(both[1].events)).toContain('private answer');
  });

  it('V-05: two copies of core share one hub', async () => {
    const hub = (globalThis as Record<symbol, { subscriptions: Set<unknown> }>)[
      Symbol.for('mortise.events.v1')
    ];
    const before = hub?.subscriptions.size ?? 0;
    const stop = subscribe(() => undefined);
    expect(hub?.subscriptions.size).toBe(before + 1);
    stop();
    expect(hub?.subscriptions.size).toBe(before);
  });

  it('V-05: computes nothing for events without subscribers', async () => {
    const clock = vi.spyOn(Date, 'now');
    await new ScriptedLLM({ replies: () => 'ok' }).chat('a');
    expect(clock).not.toHaveBeenCalled();
    clock.mockRestore();
  });

  it('traced passes results and errors through', async () => {
    expect(await traced('x', () => 3)).toBe(3);
    await expect(traced('x', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    await expect(
      traced('x', () => {
        throw new Error('sync');
      }),
    ).rejects.toThrow('sync');
  });
});

it('V-03: a subscriber that rejects breaks nothing and is reported', async () => {
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listener);
  const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const stop = subscribe(() => Promise.reject(new Error('mine')));
  expect((await new ScriptedLLM({ replies: () => 'ok' }).chat('a')).text).toBe('ok');
  await new Promise((resolve) => setTimeout(resolve, 10));
  stop();
  process.off('unhandledRejection', listener);
  expect([unhandled, reported.mock.calls.length]).toEqual([[], 2]);
  reported.mockRestore();
});

it('V-04: a subscriber without capture sees no content, whoever subscribed before it', async () => {
  const seen: MortiseEvent[] = [];
  const stopCapture = subscribe(() => undefined, { captureContent: true });
  const stop = subscribe((event) => void seen.push(event));
  await new ScriptedLLM({ replies: () => 'private' }).chat('private');
  stop();
  stopCapture();
  expect([seen.length, JSON.stringify(seen).includes('private')]).toEqual([2, false]);
});

it('V-02: a parent given by option goes before the one that is running', async () => {
  const { events } = await record(() =>
    traced('outer', () => new ScriptedLLM({ replies: () => 'ok' }).chat('a', { parent: 'mine' })),
  );
  expect(events[1]).toMatchObject({ name: 'llm.chat', parentId: 'mine' });
});

it('tells of a call whom it asks, and with which numbers; never with which words', async () => {
  // As integrations hand it to the base.
  const address = { baseURL: 'https://user:secret@llm.example.com:8443/token-in-path/v1?key=secret' };
  const llm = new ScriptedLLM({ replies: () => 'ok', name: 'eu-gateway', ...address });
  const options = {
    temperature: 0.5,
    maxOutputTokens: 9,
    stop: ['private'],
    responseFormat: { type: 'json' as const },
    tools: [{ name: 'pay', description: 'private', parameters: { type: 'object' } }],
  };
  const { events } = await record(() => llm.chat('private', options));
  expect(events[0]?.attributes).toEqual({
    provider: 'scripted',
    server: 'eu-gateway',
    model: 'script',
    address: 'llm.example.com',
    port: 8443,
    streamed: false,
    temperature: 0.5,
    maxOutputTokens: 9,
    tools: 1,
    responseFormat: 'json',
  });
  expect(JSON.stringify(events)).not.toMatch(/private|secret|token-in/);
  const captured = await record(() => llm.chat('private', options), { captureContent: true });
  expect(captured.events[0]?.content).toMatchObject({
    tools: [{ name: 'pay', description: 'private' }],
    stop: ['private'],
  });
});

it('tells when the first content of a stream came, as a point and at the end', async () => {
  const llm = new ScriptedLLM({ replies: () => 'some text' });
  const { events } = await record(() => llm.streamChat('a').final());
  const [start, first, end] = events;
  expect(first).toMatchObject({ name: 'first-token', phase: 'point', spanId: start?.spanId });
  const { firstTokenMs } = first!.attributes as { firstTokenMs: number };
  expect(firstTokenMs).toBeGreaterThanOrEqual(0);
  expect(end?.attributes).toMatchObject({ firstTokenMs });
});

it('V-01: a stream that was begun and forgotten ends its span, once it is collected as garbage', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void events.push(event));
  const begin = async (signal?: AbortSignal): Promise<void> => {
    const llm = new ScriptedLLM({ replies: () => 'a longer text' });
    await llm.streamChat('a', { signal, timeoutMs: 20 })[Symbol.asyncIterator]().next();
  };
  await begin();
  await begin(new AbortController().signal);
  const kept = new ScriptedLLM({ replies: () => 'a longer text' }).streamChat('a');
  const iterator = kept[Symbol.asyncIterator]();
  await iterator.next();
  await vi.waitFor(
    () => {
      collect();
      expect(events.filter(({ phase }) => phase === 'error')).toHaveLength(2);
    },
    { timeout: 5_000, interval: 10 },
  );
  expect(events.at(-1)).toMatchObject({
    name: 'llm.chat',
    error: { code: 'aborted' },
    attributes: { left: true },
  });
  // One that is held is read on.
  while ((await iterator.next()).done !== true);
  expect(events.at(-1)).toMatchObject({ phase: 'end' });
  stop();
});

describe('around', () => {
  const context = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  class Looks extends ScriptedLLM {
    override async *doStream(...args: Parameters<ScriptedLLM['doStream']>) {
      for await (const event of super.doStream(...args)) {
        seen.push(context.getStore());
        yield event;
      }
    }
  }
  const within = async (around: Around, run: () => Promise<unknown>): Promise<MortiseEvent[]> => {
    seen.length = 0;
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event), { around });
    try {
      await run();
    } finally {
      stop();
    }
    return events;
  };

  it('V-02: a context of a subscriber is the current one in every pull of a stream, and not in its reader', async () => {
    const outside: (string | undefined)[] = [];
    const events = await within(
      (spanId, work) => context.run(spanId, work),
      async () => {
        for await (const _event of new Looks({ replies: () => 'a longer text' }).streamChat('a'))
          outside.push(context.getStore());
      },
    );
    expect(new Set(seen)).toEqual(new Set([events[0]?.spanId]));
    expect(seen.length).toBeGreaterThan(2);
    expect(new Set(outside)).toEqual(new Set([undefined]));
  });

  it('V-03: one that throws, does nothing, or calls twice changes nothing', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let runs = 0;
    const call = () => traced('x', () => ++runs);
    const arounds: Around[] = [
      () => {
        throw new Error('mine');
      },
      () => undefined,
      (_id, work) => [work(), work()],
      (_id, work) => {
        work();
        throw new Error('mine');
      },
    ];
    for (const [at, around] of arounds.entries()) {
      await within(around, async () => expect(await call()).toBe(at + 1));
    }
    expect(report).toHaveBeenCalledTimes(2);
    report.mockClear();
    const fails = () => traced('x', () => Promise.reject(new Error('theirs')));
    await within(
      (_id, work) => work(),
      () => expect(fails()).rejects.toThrow('theirs'),
    );
    expect(report).not.toHaveBeenCalled();
    report.mockRestore();
  });
});
