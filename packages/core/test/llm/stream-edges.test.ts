import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import {
  BaseLLM,
  MortiseError,
  setContextStorage,
  subscribe,
  traced,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type MortiseEvent,
  type StreamBatch,
} from '@mortise/core';

type Make = (attempt: Attempt) => AsyncIterable<StreamBatch>;

class StreamLLM extends BaseLLM {
  readonly make: Make;
  attempts = 0;

  constructor(make: Make, options: Partial<ConstructorParameters<typeof BaseLLM>[0]> = {}) {
    super({ provider: 'acme', model: 'a-1', retry: { baseDelayMs: 1 }, ...options });
    this.make = make;
  }

  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }

  doGenerate(_request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    attempt.warn({ type: 'other', message: `attempt ${attempt.number}` });
    if (attempt.number === 1) throw new MortiseError('server', 'down');
    const content = [{ type: 'text' as const, text: 'ok' }];
    return Promise.resolve({ content, finishReason: { unified: 'stop', raw: 'stop' } });
  }

  override doStream(_request: ChatRequest, attempt: Attempt): AsyncIterable<StreamBatch> {
    this.attempts++;
    return this.make(attempt);
  }
}

const text = (delta: string): ChatStreamEvent => ({ type: 'text-delta', index: 0, delta });
const finish: ChatStreamEvent = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} };
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function eventsOf(run: () => Promise<unknown>): Promise<MortiseEvent[]> {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void events.push(event));
  await run();
  stop();
  return events;
}

describe('a stream, at its edges', () => {
  it('C-04: bounds the silence after a long pause of the reader, too', async () => {
    const llm = new StreamLLM(
      async function* () {
        yield text('a');
        await new Promise(() => undefined);
      },
      { timeoutMs: 30 },
    );
    const reader = llm.streamChat('x')[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    await wait(80);
    await expect(reader.next()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('C-04: deadlineMs does not bound what comes after the first content', async () => {
    const llm = new StreamLLM(async function* () {
      yield text('a');
      await wait(60);
      yield [text('b'), finish];
    });
    expect((await llm.streamChat('x', { deadlineMs: 30 }).final()).text).toBe('ab');
  });

  it('E-03: a warning is no content: what fails after it is repeated', async () => {
    const llm = new StreamLLM(async function* ({ number }) {
      yield { type: 'warning', warning: { type: 'other', message: 'w' } };
      if (number === 1) throw new MortiseError('server', 'down');
      yield [text('ok'), finish];
    });
    const response = await llm.streamChat('x').final();
    expect([response.text, response.warnings.length, llm.attempts]).toEqual(['ok', 1, 2]);
  });

  it('C-08: the warnings are those of the attempt that answered, whole and streamed', async () => {
    const llm = new StreamLLM(async function* (attempt) {
      attempt.warn({ type: 'other', message: `attempt ${attempt.number}` });
      if (attempt.number === 1) throw new MortiseError('server', 'down');
      yield [text('ok'), finish];
    });
    const expected = [{ type: 'other', message: 'attempt 2' }];
    expect((await llm.streamChat('x').final()).warnings).toEqual(expected);
    expect((await llm.chat('x')).warnings).toEqual(expected);
  });

  it('C-08: a warning that comes late is an event of the call, and in the response', async () => {
    const llm = new StreamLLM(async function* (attempt) {
      yield text('a');
      attempt.warn({ type: 'other', message: 'late' });
      yield finish;
    });
    const stream = llm.streamChat('x');
    const events = await eventsOf(() => stream.final());
    const warned = events.filter(({ name }) => name === 'warning');
    expect(warned).toMatchObject([{ spanId: events[0]?.spanId, attributes: { message: 'late' } }]);
    expect((await stream.final()).warnings).toEqual([{ type: 'other', message: 'late' }]);
  });

  it("V-02: what runs between two reads belongs to the stream's span, whoever reads", async () => {
    const llm = new StreamLLM(async function* () {
      yield text('a');
      await traced('upstream', () => wait(1));
      yield finish;
    });
    const events = await eventsOf(async () => {
      const reader = llm.streamChat('x')[Symbol.asyncIterator]();
      while ((await traced('reader', () => reader.next())).done !== true);
    });
    const chat = events.find(({ name }) => name === 'llm.chat');
    const upstream = events.filter(({ name, phase }) => name === 'upstream' && phase === 'start');
    expect(upstream.map(({ parentId }) => parentId)).toEqual([chat?.spanId]);
  });

  it('V-04: tells the counts of the usage and not the raw object, and who failed', async () => {
    const usage = { inputTokens: 1, outputTokens: 2, raw: { prompt: 'private' } };
    const events = await eventsOf(() =>
      new StreamLLM(async function* () {
        yield [text('a'), { type: 'usage', usage }, finish];
      })
        .streamChat('x')
        .final(),
    );
    expect(events.at(-1)?.attributes['usage']).toEqual({ inputTokens: 1, outputTokens: 2, totalTokens: 3 });
    const failed = await eventsOf(() =>
      new StreamLLM(() => {
        throw new MortiseError('validation', 'no');
      })
        .streamChat('x')
        .final()
        .catch(() => undefined),
    );
    expect(failed.at(-1)).toMatchObject({ phase: 'error', attributes: { provider: 'acme', model: 'a-1' } });
  });

  it('L-02: finish tells all that is known of the usage, and nulls hide nothing', async () => {
    const llm = new StreamLLM(async function* () {
      yield [text('a'), { type: 'usage', usage: { inputTokens: 4 } }];
      yield { ...finish, usage: { outputTokens: 2 } };
    });
    const events: ChatStreamEvent[] = [];
    for await (const event of llm.streamChat('x')) events.push(event);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 } });
    const nulls = { inputTokens: null as never, outputTokens: 5 };
    const nulled = new StreamLLM(async function* () {
      yield [text('a'), { type: 'usage', usage: { inputTokens: 4 } }];
      yield { ...finish, usage: nulls };
    });
    const { usage } = await nulled.streamChat('x').final();
    expect(usage).toEqual({ inputTokens: 4, outputTokens: 5, totalTokens: 9 });
  });

  it('L-05: a ReadableStream that nobody reads sends nothing', async () => {
    const llm = new StreamLLM(async function* () {
      yield [text('a'), finish];
    });
    const readable = llm.streamChat('x').toReadableStream();
    await wait(5);
    expect(llm.attempts).toBe(0);
    await readable.cancel();
  });

  it("L-06: leaves the integration's iterator: after a break, and when an attempt ran out of time", async () => {
    const left: string[] = [];
    const llm = new StreamLLM(async function* () {
      try {
        yield text('a');
        yield text('b');
      } finally {
        left.push('generator');
      }
    });
    for await (const event of llm.streamChat('x')) if (event.type === 'text-delta') break;
    const hanging = {
      next: () => new Promise<never>(() => undefined),
      return: () => (left.push('iterator'), Promise.resolve({ done: true as const, value: undefined })),
    };
    const slow = new StreamLLM(() => ({ [Symbol.asyncIterator]: () => hanging }), {
      timeoutMs: 10,
      retry: false,
    });
    await expect(slow.streamChat('x').final()).rejects.toMatchObject({ code: 'timeout' });
    await wait(1);
    expect(left).toEqual(['generator', 'iterator']);
  });

  it('L-06: left in whatever moment of its opening, it gives its place back, once', async () => {
    for (let turns = 0; turns < 30; turns++) {
      const release = vi.fn();
      const limiter = { acquire: () => Promise.resolve({ release }) };
      const signals: AbortSignal[] = [];
      const llm = new StreamLLM(
        async function* ({ signal }) {
          signals.push(signal);
          yield text('a');
          await new Promise(() => undefined);
        },
        { limiter },
      );
      const stream = llm.streamChat('x');
      const pending = stream[Symbol.asyncIterator]().next();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await stream.cancel();
      await pending;
      await wait(1);
      expect([turns, release.mock.calls.length]).toEqual([turns, 1]);
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
    }
  });
});

it('V-02: a warning of a stream names its call where the runtime cannot tell', async () => {
  const llm = new StreamLLM(async function* (attempt) {
    yield text('a');
    attempt.warn({ type: 'other', message: 'late' });
    yield finish;
  });
  setContextStorage(undefined);
  const events = await eventsOf(() => llm.streamChat('x').final());
  setContextStorage(new AsyncLocalStorage());
  expect(events.find(({ name }) => name === 'warning')?.spanId).toBe(events[0]?.spanId);
});
