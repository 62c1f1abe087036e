import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  BaseLLM,
  MortiseError,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
  type LLMMetadata,
  type StreamBatch,
} from '@mortise/core';

/** An LLM whose stream is whatever a test makes of the attempt. */
class StreamLLM extends BaseLLM {
  readonly attempts: Attempt[] = [];
  readonly #make: (attempt: Attempt) => AsyncIterable<StreamBatch>;

  constructor(
    make: (attempt: Attempt) => AsyncIterable<StreamBatch>,
    options: { timeoutMs?: number; retry?: false } = {},
  ) {
    super({ provider: 'acme', model: 'a-1', retry: { baseDelayMs: 1 }, ...options });
    this.#make = make;
  }

  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }

  doGenerate(): Promise<ChatReply> {
    throw new Error('not used');
  }

  override doStream(_request: ChatRequest, attempt: Attempt): AsyncIterable<StreamBatch> {
    this.attempts.push(attempt);
    return this.#make(attempt);
  }
}

const text = (delta: string, index = 0): ChatStreamEvent => ({ type: 'text-delta', index, delta });
const finish: ChatStreamEvent = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} };

async function* yields(...batches: StreamBatch[]): AsyncGenerator<StreamBatch> {
  yield* batches;
}

/** Yields the batches, then hangs for ever, deaf to its signal. */
async function* stalls(...batches: StreamBatch[]): AsyncGenerator<StreamBatch> {
  yield* batches;
  await new Promise(() => undefined);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('ChatStream', () => {
  it('L-03: interleaved blocks rebuild exactly, in the order of their index', async () => {
    const llm = new StreamLLM(() =>
      yields(
        { type: 'tool-call-start', index: 2, id: 'c2', name: 'b' },
        { type: 'tool-call-start', index: 1, id: 'c1', name: 'a' },
        { type: 'tool-call-delta', index: 1, delta: '{"x":' },
        [{ type: 'tool-call-delta', index: 2, delta: '' }, text('Hel')],
        { type: 'tool-call-delta', index: 1, delta: '1}' },
        text('lo'),
        { type: 'reasoning-delta', index: 3, delta: 'hm' },
        { type: 'citation', index: 0, citation: { type: 'citation', url: 'https://a.example' } },
        finish,
      ),
    );
    const { message, toolCalls, citations } = await llm.streamChat('hi').final();
    expect(message.content).toEqual([
      { type: 'text', text: 'Hello', citations: [{ type: 'citation', url: 'https://a.example' }] },
      { type: 'tool-call', id: 'c1', name: 'a', arguments: { x: 1 } },
      { type: 'tool-call', id: 'c2', name: 'b', arguments: {} },
      { type: 'reasoning', text: 'hm' },
    ]);
    expect(toolCalls.map(({ id }) => id)).toEqual(['c1', 'c2']);
    expect(citations).toHaveLength(1);
  });

  it('L-03: every block has its block event, before finish, which is last', async () => {
    const block: ContentBlock = { type: 'reasoning', text: 'r', signature: 's' };
    const given: ChatStreamEvent = { type: 'block', index: 1, block };
    const events = await collect(
      new StreamLLM(() => yields(text('a'), given, [finish, text('late')])).streamChat('hi'),
    );
    expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'block', 'block', 'finish']);
    expect(events[2]).toEqual({ ...given, block: { ...block, owner: 'acme' } });
    expect(events[3]).toEqual({ type: 'block', index: 0, block: { type: 'text', text: 'a' } });
  });

  it('L-02: usage replaces field by field and never sums', async () => {
    const usage = (fields: object): ChatStreamEvent => ({ type: 'usage', usage: fields });
    const llm = new StreamLLM(() =>
      yields(usage({ inputTokens: 10, outputTokens: 1 }), text('a'), usage({ outputTokens: 2 }), finish),
    );
    expect((await llm.streamChat('hi').final()).usage).toEqual({
      inputTokens: 10,
      outputTokens: 2,
      totalTokens: 12,
    });
  });

  it('L-04: final() deep-equals chat(), for any blocks and any pieces', async () => {
    const block = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text: fc.string({ minLength: 1 }) }),
      fc.record({ type: fc.constant('reasoning' as const), text: fc.string(), signature: fc.string() }),
      fc.record({
        type: fc.constant('tool-call' as const),
        id: fc.string(),
        name: fc.string(),
        arguments: fc.constant({ a: 1 }),
      }),
    );
    const property = fc.asyncProperty(
      fc.array(block),
      fc.integer({ min: 1, max: 5 }),
      async (blocks, pieceLength) => {
        const llm = new ScriptedLLM({
          replies: () => blocks,
          pieceLength,
          usage: { inputTokens: 1, outputTokens: 2 },
        });
        expect(await llm.streamChat('hi').final()).toEqual(await llm.chat('hi'));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('L-05: sends nothing before it is read', async () => {
    const llm = new StreamLLM(() => yields(text('a'), finish));
    const stream = llm.streamChat('hi');
    expect(llm.attempts).toHaveLength(0);
    await stream.final();
    expect(llm.attempts).toHaveLength(1);
  });

  it('L-05: refuses a second reader', async () => {
    const stream = new StreamLLM(() => yields(text('a'), finish)).streamChat('hi');
    await collect(stream);
    expect(() => stream.textStream[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'invalid-request' }) as Error,
    );
    const second = new StreamLLM(() => yields(text('a'), finish)).streamChat('hi');
    await second.final();
    expect(() => second[Symbol.asyncIterator]()).toThrow(/already has a reader/);
  });

  it('L-05: an unread stream does not run ahead of its reader', async () => {
    let produced = 0;
    async function* endless(): AsyncGenerator<StreamBatch> {
      for (;;) yield text(String(produced++));
    }
    const stream = new StreamLLM(endless).streamChat('hi');
    for await (const event of stream) if (event.type === 'text-delta' && event.delta === '3') break;
    expect(produced).toBe(4);
  });

  it('L-05: partial holds what has arrived', async () => {
    const stream = new StreamLLM(() =>
      yields({ type: 'start', id: 'r1' }, text('Hel'), text('lo'), finish),
    ).streamChat('hi');
    expect(stream.partial.text).toBe('');
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    expect(stream.partial).toMatchObject({ text: 'Hel', id: 'r1' });
    await reader.next();
    expect(stream.partial.text).toBe('Hello');
  });

  it('L-05: toReadableStream() gives the events and cancels upstream', async () => {
    const events: ChatStreamEvent[] = [];
    await new StreamLLM(() => yields(text('a'), finish))
      .streamChat('hi')
      .toReadableStream()
      .pipeTo(new WritableStream({ write: (event) => void events.push(event) }));
    expect(events.at(-1)?.type).toBe('finish');

    const llm = new StreamLLM(() => stalls(text('a')));
    const reader = llm.streamChat('hi').toReadableStream().getReader();
    await reader.read();
    await reader.cancel();
    expect(llm.attempts[0]?.signal.aborted).toBe(true);
  });

  it('L-06: break settles at once, aborts the attempt, and final() rejects with aborted and partial', async () => {
    const llm = new StreamLLM(() => stalls(text('a')));
    const stream = llm.streamChat('hi');
    for await (const event of stream) if (event.type === 'text-delta') break;
    expect(llm.attempts[0]?.signal.aborted).toBe(true);
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: 'a' } });
  });

  it('L-06: return() and cancel() settle while next() is pending on a stalled stream', async () => {
    for (const leave of ['return', 'cancel'] as const) {
      const llm = new StreamLLM(() => stalls(text('a')));
      const stream = llm.streamChat('hi');
      const reader = stream[Symbol.asyncIterator]();
      await reader.next();
      await reader.next();
      const pending = reader.next();
      await (leave === 'return' ? reader.return?.() : stream.cancel());
      expect(await pending).toEqual({ done: true, value: undefined });
      expect(llm.attempts[0]?.signal.aborted).toBe(true);
      await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
    }
  });

  it('L-06: a stream left while it is being opened aborts the attempt and makes no other', async () => {
    const llm = new StreamLLM(() => stalls());
    const stream = llm.streamChat('hi');
    const reader = stream[Symbol.asyncIterator]();
    const pending = reader.next();
    await new Promise((resolve) => setImmediate(resolve));
    await stream.cancel();
    expect(await pending).toMatchObject({ done: true });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(llm.attempts).toHaveLength(1);
    expect(llm.attempts[0]?.signal.aborted).toBe(true);
  });

  it('C-01: an abort rejects the pending next() and final() with exactly the reason', async () => {
    const controller = new AbortController();
    const stream = new StreamLLM(() => stalls(text('a'))).streamChat('hi', { signal: controller.signal });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const pending = reader.next().catch((error: unknown) => error);
    const reason = { mine: true };
    controller.abort(reason);
    expect(await pending).toBe(reason);
    await expect(stream.final()).rejects.toBe(reason);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('C-02: an aborted signal opens nothing', async () => {
    const llm = new StreamLLM(() => yields(finish));
    await expect(llm.streamChat('hi', { signal: AbortSignal.abort('early') }).final()).rejects.toBe('early');
    expect(llm.attempts).toHaveLength(0);
  });

  it('L-06: final() beside a reader gives the response, and the reader loses nothing', async () => {
    const stream = new StreamLLM(() => yields(text('a'), text('b'), text('c'), finish)).streamChat('hi');
    const reader = stream.textStream[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 'a' });
    expect((await stream.final()).text).toBe('abc');
    expect(await reader.next()).toEqual({ done: false, value: 'b' });
    expect(await reader.next()).toEqual({ done: false, value: 'c' });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('E-01: a stream that ends without finish is stream-truncated, with partial, and not repeated', async () => {
    const llm = new StreamLLM(() => yields(text('half')));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const piece of llm.streamChat('hi').textStream) seen.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'stream-truncated',
      partial: { text: 'half' },
      provider: 'acme',
    });
    expect(seen).toEqual(['half']);
    expect(llm.attempts).toHaveLength(1);
  });

  it('E-03: a failure before the first content is repeated; start is handed out once', async () => {
    let calls = 0;
    const llm = new StreamLLM(async function* () {
      yield { type: 'start', id: `r${++calls}` };
      if (calls < 3) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      yield [text('ok'), finish];
    });
    const events = await collect(llm.streamChat('hi'));
    expect(events.filter(({ type }) => type === 'start')).toEqual([
      { type: 'start', id: 'r3', model: 'a-1' },
    ]);
    expect(llm.attempts.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('E-03: a failure after the first content is not repeated and carries partial', async () => {
    const llm = new StreamLLM(async function* () {
      yield text('a');
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    });
    await expect(llm.streamChat('hi').final()).rejects.toMatchObject({
      code: 'connection',
      partial: { text: 'a' },
    });
    expect(llm.attempts).toHaveLength(1);
  });

  it('C-04: bounds each silence, and not the length of a healthy stream', async () => {
    // A clock that a busy machine does not make late.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const healthy = new StreamLLM(
      async function* (attempt) {
        for (let n = 0; n < 8; n++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          attempt.touch();
          if (n % 2 === 1) yield text('.');
        }
        yield finish;
      },
      { timeoutMs: 60 },
    );
    const whole = healthy.streamChat('hi').final();
    await vi.runAllTimersAsync();
    expect((await whole).text).toBe('....');
    vi.useRealTimers();

    const silent = new StreamLLM(() => stalls(text('a')), { timeoutMs: 30 });
    await expect(silent.streamChat('hi').final()).rejects.toMatchObject({
      code: 'timeout',
      partial: { text: 'a' },
    });
    const mute = new StreamLLM(() => stalls(), { timeoutMs: 30, retry: false });
    await expect(mute.streamChat('hi').final()).rejects.toMatchObject({ code: 'timeout' });
  });

  it('C-04: a slow reader is not a silent provider', async () => {
    const stream = new StreamLLM(() => yields(text('a'), text('b'), finish), { timeoutMs: 30 }).streamChat(
      'hi',
    );
    const pieces: string[] = [];
    for await (const piece of stream.textStream) {
      pieces.push(piece);
      await new Promise((resolve) => setTimeout(resolve, 70));
    }
    expect(pieces).toEqual(['a', 'b']);
  });

  it('L-06: an unread rejection of final() is not unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', listen);
    const stream = new StreamLLM(() => yields(text('a'))).streamChat('hi');
    void stream.final();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('W-02: events of a later version pass through and change nothing', async () => {
    const llm = new StreamLLM(() =>
      yields({ type: 'v2:audio-delta', index: 0, delta: 'x' }, text('a'), finish),
    );
    const stream = llm.streamChat('hi');
    const events = await collect(stream);
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'v2:audio-delta',
      'text-delta',
      'block',
      'finish',
    ]);
    expect((await stream.final()).text).toBe('a');
  });

  it('a completion stream yields text and gives a completion', async () => {
    const llm = new ScriptedLLM({ replies: () => 'Hello' });
    const stream = llm.streamComplete('hi');
    expect((await collect(stream)).join('')).toBe('Hello');
    expect(stream.partial).toBe('Hello');
    expect(await stream.final()).toEqual(await llm.complete('hi'));
  });
});

it('L-04: a total that the provider gave stands until it gives other counts', async () => {
  const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 20 };
  const llm = new StreamLLM(() => yields([text('a'), { type: 'usage', usage }, finish]));
  expect((await llm.streamChat('x').final()).usage).toEqual(usage);
  const later = { outputTokens: 7, totalTokens: null as never };
  const counted = new StreamLLM(() =>
    yields([text('a'), { type: 'usage', usage }, { type: 'usage', usage: later }, finish]),
  );
  expect((await counted.streamChat('x').final()).usage.totalTokens).toBe(17);
});

it('C-01: a stream of ours rejects with exactly the reason, an error of ours too', async () => {
  const reason = new MortiseError('timeout', 'mine');
  const signal = AbortSignal.abort(reason);
  const stream = new StreamLLM(() => yields(text('a'))).streamChat('x', { signal });
  expect(await stream.final().catch((error: unknown) => error)).toBe(reason);
});

it('C-04: bytes that arrive while the reader pauses do not start the clock', async () => {
  let attempt: Attempt | undefined;
  const llm = new StreamLLM(
    (given) => {
      attempt = given;
      return yields(text('a'), text('b'), finish);
    },
    { timeoutMs: 30 },
  );
  const reader = llm.streamChat('x')[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  attempt?.touch();
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect((await reader.next()).value).toMatchObject({ delta: 'b' });
});

it('an error keeps what more it says, and its class, when partial is added', async () => {
  class MyError extends MortiseError {
    readonly detail = 42;
  }
  const failing = (async function* () {
    yield text('a');
    throw new MyError('parse', 'mine');
  })();
  const error: unknown = await new StreamLLM(() => failing)
    .streamChat('x')
    .final()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MyError);
  expect(error).toMatchObject({ detail: 42, code: 'parse', partial: { text: 'a' } });
});
