import { linkedController } from '@mortise/core/call';
import {
  BaseLLM,
  type Attempt,
  type LLMSettings,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type StreamBatch,
} from '@mortise/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

abstract class Streamed extends BaseLLM {
  constructor(options: Partial<LLMSettings> = {}) {
    super({ provider: 'acme', model: 'a-1', retry: false, ...options });
  }

  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }

  doGenerate(): Promise<ChatReply> {
    return Promise.reject(new Error('It streams.'));
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const MINUTE = 60_000;

/** Thinks for ten minutes before its first word, with a sign of life in each, or without. */
class Thinking extends Streamed {
  readonly isHeard: boolean;

  constructor(isHeard = true, options?: Partial<LLMSettings>) {
    super(options);
    this.isHeard = isHeard;
  }

  override async *doStream(_request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    for (let minute = 0; minute < 10; minute++) {
      await wait(MINUTE);
      if (this.isHeard) attempt.touch();
    }
    yield { type: 'text-delta', index: 0, delta: 'ok' };
    yield { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: {} };
  }
}

/** Hands each request on to another model. */
class Outer extends Streamed {
  readonly #inner: BaseLLM;
  readonly #signalOf: (attempt: Attempt) => AbortSignal;

  constructor(inner: BaseLLM, signalOf = ({ signal }: Attempt) => signal) {
    super({ timeoutMs: 2 * MINUTE, deadlineMs: 60 * MINUTE });
    this.#inner = inner;
    this.#signalOf = signalOf;
  }

  override doStream({ messages }: ChatRequest, attempt: Attempt): AsyncIterable<StreamBatch> {
    return this.#inner.streamChat(messages, { signal: this.#signalOf(attempt), timeoutMs: 20 * MINUTE });
  }
}

async function outcomeOf(llm: BaseLLM): Promise<unknown> {
  const outcome = llm
    .streamChat('x')
    .final()
    .then(
      ({ text }) => text,
      ({ code }: { code: string }) => code,
    );
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  return outcome;
}

describe('a model within the attempt of another', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('C-04: what the inner one hears before its first content ends a silence of the outer one', async () => {
    expect(await outcomeOf(new Outer(new Thinking()))).toBe('ok');
    expect(await outcomeOf(new Outer(new Outer(new Thinking())))).toBe('ok');
  });

  it('C-04: an inner one that hears nothing is a silence', async () => {
    expect(await outcomeOf(new Outer(new Thinking(false)))).toBe('timeout');
  });

  it('C-04: it is heard through a signal that is linked to the attempt', async () => {
    expect(await outcomeOf(new Outer(new Thinking(), ({ signal }) => linkedController(signal).signal))).toBe(
      'ok',
    );
  });

  it('C-04: a call without the signal of the attempt is none of its own', async () => {
    const apart = new Outer(new Thinking(), () => new AbortController().signal);
    expect(await outcomeOf(apart)).toBe('timeout');
  });

  it('C-04: it is heard through another copy of core', async () => {
    vi.resetModules();
    const { BaseLLM: Theirs } = await import('@mortise/core');
    expect(Theirs).not.toBe(BaseLLM);
    const { provider, model, metadata } = new Thinking();
    class TheirThinking extends Theirs {
      readonly metadata = metadata;
      doGenerate = () => Promise.reject(new Error('It streams.'));
      override doStream = (request: ChatRequest, attempt: Attempt) =>
        new Thinking().doStream(request, attempt);
    }
    const inner = new TheirThinking({ provider, model, retry: false }) as unknown as BaseLLM;
    expect(await outcomeOf(new Outer(inner))).toBe('ok');
  });

  it('C-04: an attempt that is over is not heard', async () => {
    let late: Attempt | undefined;
    class Failing extends Thinking {
      override async *doStream(_request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
        late = attempt;
        yield { type: 'text-delta', index: 0, delta: 'o' };
        throw new Error('Gone.');
      }
    }
    const silent = new Thinking(false);
    class FailingFirst extends Outer {
      override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<StreamBatch> {
        const { signal } = attempt;
        await new Failing()
          .streamChat('x', { signal })
          .final()
          .catch(() => undefined);
        const timer = setInterval(() => late?.touch(), MINUTE);
        try {
          yield* super.doStream(request, attempt);
        } finally {
          clearInterval(timer);
        }
      }
    }
    expect(await outcomeOf(new FailingFirst(silent))).toBe('timeout');
  });
});
