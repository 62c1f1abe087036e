import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { leftError } from '@mortise/core/call';
import { inSpan, startSpan, subscribe, traced, type MortiseEvent } from '@mortise/core/events';
import { BaseEmbedding } from '@mortise/core/embedding';
import { BaseReranker } from '@mortise/core/reranker';
import { BaseOutputParser } from '@mortise/core/parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

class Chunks extends BaseOutputParser<string> {
  async doParse(text: string): Promise<string> {
    return text;
  }
  override async *doStream(chunks: AsyncIterable<string>): AsyncIterable<string> {
    yield* chunks;
  }
}

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

describe('subscribe', () => {
  it.each([
    ['no function', [undefined]],
    ['an object', [{}]],
    ['an around that is no function', [() => undefined, { around: {} }]],
  ])('refuses %s at once', (_, args) => {
    expect(() => subscribe(...(args as Parameters<typeof subscribe>))).toThrow(/function/);
  });

  it.each(['false', 'no', 1, {}])('takes %j for no consent to content', async (captureContent) => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event), { captureContent: captureContent as never });
    await inSpan('step', { content: () => ({ private: 1 }) }, async () => 1);
    stop();
    expect(events.map(({ content }) => content)).toEqual([undefined, undefined]);
  });

  it('sends nothing more after it was ended, also by another subscriber of the same event', async () => {
    const events: MortiseEvent[] = [];
    const stopFirst = subscribe(() => stopSecond());
    const stopSecond = subscribe((event) => void events.push(event));
    await traced('step', () => 1);
    stopFirst();
    expect(events).toEqual([]);
  });
});

describe('a call', () => {
  it('goes on, and its end is told, where its content cannot be read', async () => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event), { captureContent: true });
    const content = (): never => {
      throw new Error('no');
    };
    try {
      expect(
        await inSpan(
          'step',
          { content },
          async () => 7,
          () => ({ content }),
        ),
      ).toBe(7);
    } finally {
      stop();
    }
    expect(events.map(({ phase }) => phase)).toEqual(['start', 'end']);
  });

  it('goes on where what a subscriber throws cannot even be shown', async () => {
    vi.mocked(console.error).mockImplementation(() => {
      throw new Error('closed');
    });
    const stop = subscribe(() => {
      throw new Error('mine');
    });
    try {
      expect(await traced('step', () => 7)).toBe(7);
    } finally {
      stop();
    }
  });
});

describe('what its reader left', () => {
  it('says so by its error, whoever passes that on', async () => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    const controller = new AbortController();
    controller.abort(leftError());
    await traced('inside', () => controller.signal.throwIfAborted()).catch(() => undefined);
    startSpan('other').fail(new Error('a failure'));
    stop();
    expect(events[1]).toMatchObject({ error: { code: 'aborted' }, attributes: { left: true } });
    expect(events[3]?.attributes).toEqual({});
  });

  it.each(['break', 'forgotten'])('is told of the stream of a parser: %s', async (how) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    const begin = async (): Promise<void> => {
      const chunks = (async function* () {
        yield '{"a":1';
        yield ',"b":2}';
      })();
      const values = new Chunks().stream(chunks)[Symbol.asyncIterator]();
      await values.next();
      if (how === 'break') await values.return?.();
    };
    await begin();
    await vi.waitFor(
      () => {
        collect();
        expect(events.at(-1)).toMatchObject({ phase: 'error', attributes: { left: true } });
      },
      { timeout: 5_000, interval: 10 },
    );
    stop();
  });
});

describe('a model behind a server', () => {
  const about = {
    provider: 'house',
    model: 'm',
    baseURL: 'https://user:secret@eu.example.com:8443/token/v1?key=secret',
  };
  class Vectors extends BaseEmbedding {
    readonly metadata = { maxBatchSize: 8, asymmetric: false };
    async doEmbed() {
      return { embeddings: [[1, 0]] };
    }
  }
  class Ranks extends BaseReranker {
    readonly metadata = { comparableScores: true };
    async doRerank() {
      return { results: [{ index: 0, score: 1 }] };
    }
  }

  it.each([
    ['embedding.batch', () => new Vectors(about).embedQuery('a')],
    ['reranker.rerank', () => new Ranks(about).rerank('a', ['b'])],
  ])('says its host and port, and no more of its address: %s', async (name, run) => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    await run();
    stop();
    expect(events[0]).toMatchObject({ name, attributes: { address: 'eu.example.com', port: 8443 } });
    expect(JSON.stringify(events)).not.toMatch(/secret|token/);
  });
});
