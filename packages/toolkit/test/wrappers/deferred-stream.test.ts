import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import { createBudget, withBudget, withCache, withFallback, withRateLimit } from '@mortise/toolkit';
import {
  BaseLLM,
  CustomLLM,
  MortiseError,
  type Attempt,
  type ChatInput,
  type ChatMessage,
  type ChatOptions,
  type ChatReply,
  type ChatRequest,
  type ChatStream,
  type ChatStreamEvent,
  type LLM,
  type LLMMetadata,
  type StreamBatch,
} from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';

/** Streams the batches, then hangs for ever, deaf to its signal. */
class StallingLLM extends BaseLLM {
  attempts = 0;
  readonly signals: AbortSignal[] = [];
  readonly batches: StreamBatch[];

  constructor(...batches: StreamBatch[]) {
    super({ provider: 'stalling', model: 's-1', retry: false });
    this.batches = batches;
  }

  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }

  doGenerate(): Promise<ChatReply> {
    return new Promise(() => undefined);
  }

  override async *doStream(_request: ChatRequest, attempt: Attempt): AsyncGenerator<StreamBatch> {
    this.attempts++;
    this.signals.push(attempt.signal);
    yield* this.batches;
    await new Promise(() => undefined);
  }
}

class TwoPieces extends CustomLLM {
  constructor() {
    super({ provider: 'custom', model: 'c-1' });
  }
  get metadata(): LLMMetadata {
    return { isChatModel: false, capabilities: {} };
  }
  doComplete(): Promise<string> {
    return Promise.resolve('Hello world');
  }
  override async *doStreamComplete(): AsyncGenerator<string> {
    yield 'Hello ';
    yield 'world';
  }
}

const piece = (delta: string): ChatStreamEvent => ({ type: 'text-delta', index: 0, delta });
const other = () => new ScriptedLLM({ replies: () => 'other' });
const options = { maxOutputTokens: 5 };

const wrappers: [string, (llm: LLM) => LLM][] = [
  ['no wrapper', (llm) => llm],
  ['withFallback', (llm) => withFallback(llm, [other()])],
  ['withRateLimit', (llm) => withRateLimit(llm, { concurrency: 1 })],
  ['withBudget', (llm) => withBudget(llm, { maxTokens: 1e6 })],
  ['withCache', (llm) => withCache(llm, new MemoryKeyValueStore())],
  [
    'three of them',
    (llm) => withRateLimit(withFallback(withBudget(llm, { maxTokens: 1e6 }), [other()]), { concurrency: 1 }),
  ],
];

const within = <T>(promise: Promise<T>): Promise<T | 'hangs'> =>
  Promise.race([promise, new Promise<'hangs'>((resolve) => setTimeout(resolve, 10_000, 'hangs'))]);

/** What a call rejects with, and after how many milliseconds of a clock that nothing slows down. */
async function onFakeClock(call: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const began = performance.now();
  let outcome: { error: unknown; ms: number } | undefined;
  const end = (error?: unknown): void => void (outcome = { error, ms: performance.now() - began });
  call().then(() => end(), end);
  while (outcome === undefined) {
    await vi.runAllTimersAsync();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcome;
}

describe.each(wrappers)('a stream through %s', (_name, wrap) => {
  it('L-06: after break, final() rejects with aborted and what had arrived', async () => {
    const stream = wrap(new StallingLLM(piece('half'))).streamChat('hi', options);
    for await (const event of stream) if (event.type === 'text-delta') break;
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: 'half' } });
  });

  it('L-06: cancelled before it was read, it sends nothing, and final() rejects with an empty partial', async () => {
    const inner = new StallingLLM();
    const stream = wrap(inner).streamChat('hi', options);
    await stream.cancel();
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: '' } });
    expect(inner.attempts).toBe(0);
  });

  it('L-06: cancelled while it is being opened, it settles, and final() rejects with a partial', async () => {
    const stream = wrap(new StallingLLM()).streamChat('hi', options);
    const pending = stream[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stream.cancel();
    expect(await within(pending)).toMatchObject({ done: true });
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: '' } });
  });

  it('L-05: a reader loses nothing to a final() that was called before its first read', async () => {
    const stream = wrap(new TwoPieces()).streamChat('hi', options);
    const readable = stream.toReadableStream();
    expect((await stream.final()).text).toBe('Hello world');
    let text = '';
    for await (const event of readable) if (event.type === 'text-delta') text += event.delta;
    expect(text).toBe('Hello world');
  });

  it('L-05: answers concurrent reads in order', async () => {
    const chat = wrap(new TwoPieces()).streamChat('hi', options)[Symbol.asyncIterator]();
    const events = await Promise.all([1, 2, 3, 4, 5, 6].map(() => chat.next()));
    // Through a cache, too: it sees the first asker only.
    expect(events.map(({ done, value }) => (done === true ? 'done' : value.type))).toEqual([
      'start',
      'text-delta',
      'text-delta',
      'block',
      'finish',
      'done',
    ]);
    const text = wrap(new TwoPieces()).streamComplete('hi', options)[Symbol.asyncIterator]();
    const pieces = await Promise.all([1, 2, 3, 4].map(() => text.next()));
    expect(pieces.map(({ value }) => value as unknown)).toEqual(['Hello ', 'world', undefined, undefined]);
  });

  it('L-06: gives nothing after it was left, though the rest had arrived', async () => {
    const stream = wrap(new TwoPieces()).streamChat('hi', options);
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await stream.final();
    await reader.return?.();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect((await stream.final()).text).toBe('Hello world');
  });

  it('L-06: tells its reader of a failure once', async () => {
    const reader = wrap(new ScriptedLLM({ replies: [new MortiseError('validation', 'no')], retry: false }))
      .streamChat('hi', options)
      [Symbol.asyncIterator]();
    await expect(reader.next()).rejects.toMatchObject({ code: 'validation' });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('L-06: a final() that nobody awaits is no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    const failing = () => wrap(new ScriptedLLM({ replies: [new MortiseError('validation', 'no')] }));
    void failing().streamChat('hi', options).final();
    void failing().streamComplete('hi', options).final();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  it('C-01: an abort while nobody reads is what the next read and final() reject with', async () => {
    const controller = new AbortController();
    const stream = wrap(new StallingLLM(piece('a'))).streamChat('hi', {
      ...options,
      signal: controller.signal,
    });
    const reader = stream[Symbol.asyncIterator]();
    while ((await reader.next()).value?.type !== 'text-delta');
    const reason = new MortiseError('timeout', 'mine');
    controller.abort(reason);
    expect(await reader.next().catch((error: unknown) => error)).toBe(reason);
    expect(await stream.final().catch((error: unknown) => error)).toBe(reason);
  });

  it('C-01: an abort does not wait behind what has arrived', async () => {
    const controller = new AbortController();
    const reader = wrap(new TwoPieces())
      .streamChat('hi', { ...options, signal: controller.signal })
      [Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject({ type: 'start' });
    controller.abort('stop');
    expect(await reader.next().catch((error: unknown) => error)).toBe('stop');
  });

  it('C-05: a list that grows after the call does not change it', async () => {
    const inner = new ScriptedLLM({ replies: () => 'ok' });
    const llm = wrap(inner);
    const messages: ChatMessage[] = [{ role: 'user', content: 'one' }];
    const whole = llm.chat(messages, options);
    const stream = llm.streamChat(messages, { ...options, seed: 1 });
    messages.push({ role: 'user', content: 'two' });
    await Promise.all([whole, stream.final()]);
    expect(inner.requests.map((request) => request.messages.length)).toEqual([1, 1]);
  });
});

describe('a wrapper that waits before the call', () => {
  const deaf = () => withRateLimit(other(), { acquire: () => new Promise(() => undefined) });

  it('C-01: gives a place back at the abort of a stream that nobody reads any more', async () => {
    const controller = new AbortController();
    const llm = withRateLimit(new StallingLLM(piece('a')), { concurrency: 1 });
    await llm.streamChat('hi', { signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort();
    expect(await within(llm.streamChat('hi')[Symbol.asyncIterator]().next())).toMatchObject({ done: false });
  });

  it('C-01: ends a wait that does not listen, with the reason, whole and streamed', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      deaf().chat('hi', { signal }),
      deaf().complete('hi', { signal }),
      deaf().streamChat('hi', { signal }).final(),
      deaf().streamComplete('hi', { signal })[Symbol.asyncIterator]().next(),
    ].map((call) => within(call as Promise<unknown>).catch((error: unknown) => error));
    controller.abort('stop');
    expect(await Promise.all(calls)).toEqual(['stop', 'stop', 'stop', 'stop']);
  });

  it('C-01: gives back what was granted after the abort', async () => {
    const granted = Promise.withResolvers<() => void>();
    const exits: unknown[] = [];
    const llm = withRateLimit(other(), {
      acquire: async () => {
        await granted.promise;
        return { release: (outcome) => void exits.push(outcome?.error) };
      },
    });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [llm.chat('a', { signal }), llm.streamChat('a', { signal }).final()];
    await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort('stop');
    expect(await Promise.allSettled(calls)).toEqual([
      { status: 'rejected', reason: 'stop' },
      { status: 'rejected', reason: 'stop' },
    ]);
    granted.resolve(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(exits).toEqual(['stop', 'stop']);
  });

  it('C-02: an aborted signal does not even ask, and the reason goes before any refusal', async () => {
    const signal = AbortSignal.abort('stop');
    const spent = withBudget(other(), { maxTokens: 1 });
    await expect(spent.chat('hi', { maxOutputTokens: 9, signal })).rejects.toBe('stop');
    await expect(spent.streamChat('hi', { maxOutputTokens: 9, signal }).final()).rejects.toBe('stop');
  });

  it('C-03: leaves no listener on a signal, whole, streamed, failed or left', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
    const llm = withRateLimit(withFallback(new TwoPieces(), [other()]), { concurrency: 2 });
    await llm.chat('hi', { signal });
    await llm.streamChat('hi', { signal }).final();
    for await (const _piece of llm.streamComplete('hi', { signal })) break;
    await llm
      .streamChat('hi', { signal, temperature: -1 })
      .final()
      .catch(() => undefined);
    // An abort listener may be taken off twice, never left.
    expect(listeners).toBeLessThanOrEqual(0);
  });

  it('C-04: deadlineMs bounds the wait for a turn, and the call gets what is left of it', async () => {
    await expect(within(deaf().chat('hi', { deadlineMs: 20 }))).rejects.toMatchObject({
      code: 'timeout',
      retryable: false,
    });
    await expect(within(deaf().streamChat('hi', { deadlineMs: 20 }).final())).rejects.toMatchObject({
      code: 'timeout',
    });
    const slow = withRateLimit(new StallingLLM(), {
      acquire: async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return { release: () => undefined };
      },
    });
    const { error, ms } = await onFakeClock(() => slow.chat('hi', { deadlineMs: 80 }));
    expect(error).toMatchObject({ code: 'timeout' });
    expect(ms).toBe(80);
  });

  it('C-04: deadlineMs bounds the models of a fallback together', async () => {
    const models = [new StallingLLM(), new StallingLLM(), new StallingLLM()] as const;
    const llm = withFallback(models[0], models.slice(1));
    const { error, ms } = await onFakeClock(() => llm.streamChat('hi', { deadlineMs: 60 }).final());
    expect(error).toMatchObject({ code: 'timeout' });
    expect(ms).toBe(60);
    expect(models.map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
  });

  it('books what a stream had reserved when it was left after reasoning or a tool call alone', async () => {
    const budget = createBudget({ maxTokens: 1000 });
    const thinking: ChatStreamEvent = { type: 'reasoning-delta', index: 0, delta: 'hm' };
    const llm = withBudget(new StallingLLM(thinking), budget);
    for await (const event of llm.streamChat('hi', { maxOutputTokens: 50 })) {
      if (event.type === 'reasoning-delta') break;
    }
    expect(budget.spent).toBeGreaterThanOrEqual(50);
  });

  it('C-01: a fallback does not wrap the reason of an abort, be it an error of ours', async () => {
    const reason = new MortiseError('timeout', 'mine');
    const controller = new AbortController();
    const down = new ScriptedLLM({ replies: [new MortiseError('server', 'down')], retry: false });
    const second = new ScriptedLLM({ replies: () => (controller.abort(reason), 'late') });
    const call = withFallback(down, [second]).chat('hi', { signal: controller.signal });
    expect(await call.catch((error: unknown) => error)).toBe(reason);
  });
});

describe('withFallback, while it opens a stream', () => {
  it('L-06: leaving it aborts the model that is being asked', async () => {
    const inner = new StallingLLM();
    const stream = withFallback(inner, [other()]).streamChat('hi');
    const pending = stream[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stream.cancel();
    await pending;
    expect(inner.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('moves on after a start: a model of somebody else may tell it before it fails', async () => {
    class Early extends ScriptedLLM {
      override streamChat(input: ChatInput, asked?: ChatOptions) {
        const stream = super.streamChat(input, asked);
        return {
          ...stream,
          textStream: stream.textStream,
          async *[Symbol.asyncIterator](): AsyncGenerator<ChatStreamEvent> {
            yield { type: 'start' };
            throw new MortiseError('overloaded', 'busy');
          },
        } as ChatStream;
      }
    }
    const early = new Early({ replies: () => 'ok' });
    const second = new ScriptedLLM({ replies: () => 'second' });
    expect((await withFallback(early, [second]).streamChat('hi').final()).text).toBe('second');
  });
});
