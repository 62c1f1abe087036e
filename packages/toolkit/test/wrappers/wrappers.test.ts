import { describe, expect, it } from 'vitest';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import {
  BaseLLM,
  MortiseError,
  subscribe,
  messageText,
  type ChatMessage,
  type ChatReply,
  type LLM,
  type LLMMetadata,
  type MortiseEvent,
  type StreamBatch,
  type Usage,
} from '@mortise/core';
import { createBudget, withBudget, withFallback, withRateLimit } from '@mortise/toolkit';

const usage = { inputTokens: 10, outputTokens: 5 };
const answering = (...replies: ScriptedReply[]) =>
  new ScriptedLLM({ replies, retry: false, usage, model: 'm' });
const down = () => new MortiseError('overloaded', 'busy');

/** The four ways to call, each giving the text. */
const ways: [
  string,
  (llm: LLM, options?: { signal?: AbortSignal; maxOutputTokens?: number }) => Promise<string>,
][] = [
  ['chat', async (llm, options) => (await llm.chat('hi', options)).text],
  ['complete', async (llm, options) => (await llm.complete('hi', options)).text],
  ['streamChat', async (llm, options) => (await llm.streamChat('hi', options).final()).text],
  [
    'textStream',
    async (llm, options) => {
      let text = '';
      for await (const piece of llm.streamChat('hi', options).textStream) text += piece;
      return text;
    },
  ],
  [
    'streamComplete',
    async (llm, options) => {
      let text = '';
      for await (const piece of llm.streamComplete('hi', options)) text += piece;
      return text;
    },
  ],
];

async function eventsOf(name: string, run: () => Promise<unknown>): Promise<MortiseEvent[]> {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void (event.name === name && events.push(event)));
  await run().catch(() => undefined);
  stop();
  return events;
}

/** Streams the texts, then breaks. */
class BreakingLLM extends BaseLLM {
  left = false;
  readonly texts: string[];
  readonly hang: boolean;
  constructor(texts: string[], hang = false) {
    super({ provider: 'breaking', model: 'b', retry: false });
    this.texts = texts;
    this.hang = hang;
  }
  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }
  doGenerate(): Promise<ChatReply> {
    return Promise.reject(down());
  }
  override async *doStream(
    _request: unknown,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<StreamBatch> {
    signal.addEventListener('abort', () => (this.left = true));
    for (const delta of this.texts) yield { type: 'text-delta', index: 0, delta };
    if (this.hang) await new Promise(() => undefined);
    throw down();
  }
}

describe('every wrapper', () => {
  class Extra extends ScriptedLLM {
    readonly #secret = 42;
    get answer() {
      return this.#secret;
    }
    ask() {
      return this.#secret + 1;
    }
  }
  const extra = () => new Extra({ replies: () => 'ok', model: 'm', metadata: { maxOutputTokens: 10 } });
  it.each([
    ['withFallback', (llm: Extra) => withFallback(llm, [answering('x')])],
    ['withRateLimit', (llm: Extra) => withRateLimit(llm, { requestsPerMinute: 100 })],
    ['withBudget', (llm: Extra) => withBudget(llm, { maxTokens: 1000 })],
  ])(
    '%s carries members it does not know through unchanged, private fields included',
    async (_name, wrap) => {
      const wrapped = wrap(extra());
      expect([wrapped.answer, wrapped.ask(), wrapped.model, wrapped.provider]).toEqual([
        42,
        43,
        'm',
        'scripted',
      ]);
      expect(wrapped.metadata.maxOutputTokens).toBe(10);
      for (const [, way] of ways) expect(await way(wrapped)).toBe('ok');
      expect(wrapped.requests.length).toBe(ways.length);
    },
  );

  it.each([
    ['withFallback', (llm: LLM) => withFallback(llm, [answering('x')])],
    ['withRateLimit', (llm: LLM) => withRateLimit(llm, { concurrency: 1 })],
    ['withBudget', (llm: LLM) => withBudget(llm, { maxTokens: 1e6 })],
  ])('%s keeps the rules of streams: single use, break, abort, final()', async (_name, wrap) => {
    const inner = new BreakingLLM(['a', 'b'], true);
    const llm = wrap(inner);
    const stream = llm.streamChat('hi', { maxOutputTokens: 5 });
    for await (const event of stream) if (event.type === 'text-delta') break;
    expect(inner.left).toBe(true);
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/already has a reader/);

    const controller = new AbortController();
    const aborted = wrap(new BreakingLLM(['a'], true)).streamChat('hi', {
      maxOutputTokens: 5,
      signal: controller.signal,
    });
    const reading = (async () => {
      for await (const event of aborted) if (event.type === 'text-delta') controller.abort('stop');
    })();
    await expect(reading).rejects.toBe('stop');
  });

  it.each([
    ['withFallback', (llm: LLM) => withFallback(llm, [answering('x')])],
    ['withRateLimit', (llm: LLM) => withRateLimit(llm, { concurrency: 1 })],
    ['withBudget', (llm: LLM) => withBudget(llm, { maxTokens: 1e6 })],
  ])('%s: L-04 final() equals chat()', async (_name, wrap) => {
    const llm = wrap(new ScriptedLLM({ replies: () => 'Hello there', usage }));
    const options = { maxOutputTokens: 5 };
    expect(await llm.streamChat('hi', options).final()).toEqual(await llm.chat('hi', options));
  });
});

describe('withFallback', () => {
  it.each(ways)('%s moves on when the provider fails, and says so', async (_way, ask) => {
    const first = answering(down());
    const second = answering('from the second');
    const llm = withFallback(first, [second]);
    const events = await eventsOf('fallback', async () => expect(await ask(llm)).toBe('from the second'));
    expect(events.map(({ attributes }) => attributes)).toEqual([
      { from: 'm', to: 'm', provider: 'scripted', code: 'overloaded' },
    ]);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it.each(['invalid-request', 'authentication', 'unsupported', 'content-filter'] as const)(
    'does not hide %s behind another model',
    async (code) => {
      const second = answering('x');
      await expect(
        withFallback(answering(new MortiseError(code, 'no')), [second]).chat('hi'),
      ).rejects.toMatchObject({ code });
      expect(second.requests).toHaveLength(0);
    },
  );

  it('moves on by the rule it is given', async () => {
    const llm = withFallback(answering(new MortiseError('authentication', 'no')), [answering('ok')], {
      when: () => true,
    });
    expect((await llm.chat('hi')).text).toBe('ok');
  });

  it('gives the last failure, with the others as its cause', async () => {
    const failure = withFallback(answering(down()), [answering(new MortiseError('server', 'broken'))]).chat(
      'hi',
    );
    await expect(failure).rejects.toMatchObject({
      code: 'server',
      cause: { errors: [{ code: 'overloaded' }, { code: 'server' }] },
    });
  });

  it('never switches a stream after its first token', async () => {
    const second = answering('x');
    const stream = withFallback(new BreakingLLM(['half ']), [second]).streamChat('hi');
    const seen: string[] = [];
    const reading = (async () => {
      for await (const piece of stream.textStream) seen.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'overloaded', partial: { text: 'half ' } });
    expect([seen, second.requests.length]).toEqual([['half '], 0]);
  });

  it('C-01: an abort does not move on', async () => {
    const second = answering('x');
    const controller = new AbortController();
    const first = answering(() => (controller.abort('stop'), 'late'));
    await expect(
      withFallback(first, [second], { when: () => true }).chat('hi', { signal: controller.signal }),
    ).rejects.toBe('stop');
    expect(second.requests).toHaveLength(0);
  });
});

describe('withRateLimit', () => {
  it('S-02: holds the concurrency, first come first served', async () => {
    let running = 0;
    let peak = 0;
    const order: string[] = [];
    const inner = new ScriptedLLM({
      replies: async ({ messages }) => {
        peak = Math.max(peak, ++running);
        order.push(messageText(messages[0] as ChatMessage));
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return 'ok';
      },
    });
    const llm = withRateLimit(inner, { concurrency: 2 });
    await Promise.all(
      ['1', '2', '3', '4', '5'].map((text, at) =>
        at % 2 === 0 ? llm.chat(text) : llm.streamChat(text).final(),
      ),
    );
    expect([peak, order]).toEqual([2, ['1', '2', '3', '4', '5']]);
  });

  it('S-02: refuses at once what can never fit, before anything is sent', async () => {
    const inner = answering('x');
    const llm = withRateLimit(inner, { tokensPerMinute: 100 });
    await expect(llm.chat('hi', { maxOutputTokens: 101 })).rejects.toMatchObject({
      code: 'rate-limit',
      retryable: false,
    });
    expect(inner.requests).toHaveLength(0);
  });

  it('C-01: ends a wait with the reason, and those behind it are served', async () => {
    const gate = Promise.withResolvers<string>();
    const inner = new ScriptedLLM({
      replies: ({ messages }) => (messages[0]?.content === 'first' ? gate.promise : 'ok'),
    });
    const llm = withRateLimit(inner, { concurrency: 1 });
    const first = llm.chat('first');
    const controller = new AbortController();
    const second = llm.streamChat('second', { signal: controller.signal }).final();
    const third = llm.chat('third');
    controller.abort('stop');
    await expect(second).rejects.toBe('stop');
    gate.resolve('done');
    expect([(await first).text, (await third).text]).toEqual(['done', 'ok']);
    expect(inner.requests).toHaveLength(2);
  });

  it('gives its place back when a stream is left, while waiting or reading', async () => {
    const inner = new ScriptedLLM({ replies: () => 'a long answer' });
    const llm = withRateLimit(inner, { concurrency: 1 });
    for await (const event of llm.streamChat('a')) if (event.type === 'text-delta') break;
    const holder = llm.streamChat('b');
    const reader = holder[Symbol.asyncIterator]();
    await reader.next();
    const waiting = llm.streamChat('c');
    const pending = waiting[Symbol.asyncIterator]().next();
    await waiting.cancel();
    expect(await pending).toMatchObject({ done: true });
    await reader.return?.();
    expect((await llm.chat('d')).text).toBe('a long answer');
  });
});

describe('withBudget', () => {
  it.each(ways)('%s refuses before spending and books what was used', async (_way, ask) => {
    const inner = answering('one', 'two', 'three');
    const budget = createBudget({ maxTokens: 60 });
    const llm = withBudget(inner, budget);
    expect(await ask(llm, { maxOutputTokens: 20 })).toBe('one');
    expect([budget.spent, budget.reserved, budget.remaining]).toEqual([15, 0, 45]);
    await expect(ask(llm, { maxOutputTokens: 45 })).rejects.toMatchObject({ code: 'budget' });
    expect(inner.requests).toHaveLength(1);
    expect(await ask(llm, { maxOutputTokens: 30 })).toBe('two');
    expect(budget.spent).toBe(30);
  });

  it('reserves for calls that are running', async () => {
    const gate = Promise.withResolvers<string>();
    const budget = createBudget({ maxTokens: 60 });
    const llm = withBudget(new ScriptedLLM({ replies: () => gate.promise }), budget);
    const first = llm.chat('hi', { maxOutputTokens: 30 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(budget.reserved).toBeGreaterThanOrEqual(30);
    await expect(llm.chat('hi', { maxOutputTokens: 30 })).rejects.toMatchObject({ code: 'budget' });
    gate.resolve('x');
    await first;
    expect(budget.reserved).toBe(0);
  });

  it("counts money at the caller's prices, cached tokens at theirs", () => {
    const prices = { input: 2, output: 10, cachedInput: 0.5 };
    const budget = createBudget({ maxCost: 1, prices });
    const cost = budget.costOf({ inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 100_000 });
    expect(cost).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10, 10);
  });

  it('costs nothing when the provider refused, and the reservation when nobody told', async () => {
    const budget = createBudget({ maxTokens: 1000 });
    const llm = withBudget(new ScriptedLLM({ replies: [down(), 'no usage told'], retry: false }), budget);
    await expect(llm.chat('hi', { maxOutputTokens: 50 })).rejects.toMatchObject({ code: 'overloaded' });
    expect(budget.spent).toBe(0);
    await llm.chat('hi', { maxOutputTokens: 50 });
    expect(budget.spent).toBeGreaterThanOrEqual(50);
  });

  it('asks for maxOutputTokens when nothing bounds the reply', async () => {
    await expect(withBudget(answering('x'), { maxTokens: 100 }).chat('hi')).rejects.toMatchObject({
      code: 'configuration',
    });
  });
});

describe('the limiter option of a model', () => {
  it('S-02: reserves an estimate before each attempt and is corrected by actual usage, whole and streamed', async () => {
    const log: [string, number | undefined][] = [];
    const limiter = {
      async acquire({ tokens }: { tokens?: number | undefined }) {
        log.push(['acquire', tokens]);
        return {
          release: (outcome?: { tokens?: number | undefined }) => void log.push(['release', outcome?.tokens]),
        };
      },
    };
    const llm = new ScriptedLLM({ replies: () => 'ok', usage, limiter });
    await llm.chat('four', { maxOutputTokens: 100 });
    await llm.streamChat('four', { maxOutputTokens: 100 }).final();
    expect(log).toEqual([
      ['acquire', 105],
      ['release', 15],
      ['acquire', 105],
      ['release', 15],
    ]);
  });
});

describe('a budget of money', () => {
  const prices = { input: 1e6, output: 2e6 };
  it.each<[string, Usage, number]>([
    ['both counts', { inputTokens: 1, outputTokens: 3 }, 7],
    ['the total alone: what is above the estimated input is output', { totalTokens: 7 }, 5 + 2 * 2],
    ['the output alone: the estimated input is paid too', { outputTokens: 3 }, 5 + 2 * 3],
    ['the output and the total', { outputTokens: 3, totalTokens: 7 }, 4 + 2 * 3],
    ['nothing: all that was reserved', {}, 5 + 2 * 10],
  ])('books %s', async (_name, told, cost) => {
    const budget = createBudget({ maxCost: 100, prices });
    const llm = withBudget(new ScriptedLLM({ replies: () => 'ok', usage: told }), budget);
    await llm.chat('four', { maxOutputTokens: 10 });
    expect(budget.spent).toBe(cost);
  });

  it('refuses prices and estimates that are no numbers: they would switch it off', async () => {
    expect(() => createBudget({ maxCost: 1, prices: { input: Number.NaN, output: 1 } })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    const llm = withBudget(answering('x'), { maxTokens: 100 }, { estimateTokens: () => Number.NaN });
    await expect(llm.chat('hi', { maxOutputTokens: 5 })).rejects.toMatchObject({ code: 'configuration' });
  });
});

it('wraps a model that is frozen', async () => {
  const inner = answering('x');
  const frozen: LLM = Object.freeze({
    provider: 'frozen',
    model: 'f',
    metadata: inner.metadata,
    chat: inner.chat.bind(inner),
    streamChat: inner.streamChat.bind(inner),
    complete: inner.complete.bind(inner),
    streamComplete: inner.streamComplete.bind(inner),
  });
  const llm = withRateLimit(frozen, { concurrency: 1 });
  expect([(await llm.chat('x')).text, llm.provider, 'chat' in llm]).toEqual(['x', 'frozen', true]);
});

describe('wrappers, at their edges', () => {
  it('moves on when a stream was cut before its first content', async () => {
    class Cut extends BreakingLLM {
      override async *doStream(): AsyncGenerator<StreamBatch> {
        yield { type: 'start' };
      }
    }
    expect(
      await withFallback(new Cut([]), [answering('ok')])
        .streamChat('hi')
        .final(),
    ).toMatchObject({
      text: 'ok',
    });
  });

  it('S-02: corrects a shared limiter by what a call really used, and tells it of a failure', async () => {
    const outcomes: unknown[] = [];
    const limiter = {
      acquire: () => Promise.resolve({ release: (outcome: unknown) => void outcomes.push(outcome) }),
    };
    const llm = withRateLimit(answering('ok', down(), 'streamed'), limiter);
    await llm.chat('hi');
    await llm.chat('hi').catch(() => undefined);
    await llm.streamChat('hi').final();
    expect(outcomes).toMatchObject([{ tokens: 15 }, { error: { code: 'overloaded' } }, { tokens: 15 }]);
  });

  it('C-03: leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const llm = withRateLimit(answering('ok', 'streamed'), { concurrency: 1 });
    await llm.chat('hi');
    await llm.streamChat('hi').final();
    expect(timers()).toBe(before);
  });

  it('hands out one and the same method each time', () => {
    class Extra extends ScriptedLLM {
      ask(): string {
        return 'asked';
      }
    }
    const llm = withRateLimit(new Extra({ replies: () => 'ok' }), { concurrency: 1 });
    expect(Reflect.get(llm, 'ask')).toBe(Reflect.get(llm, 'ask'));
    expect(llm.ask()).toBe('asked');
  });
});
