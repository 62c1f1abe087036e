import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MortiseError } from '@mortise/core';
import type { EmbeddedText, PartialEmbeddingResult } from '@mortise/core/embedding';
import { FakeEmbedding, hangs, replyTo, settle, vectorOf } from './fake.ts';

/** Counts what was taken, and knows when it was left. */
function source(count: number) {
  const state = { taken: 0, left: false };
  function* texts() {
    try {
      for (; state.taken < count;) yield `text ${state.taken++}`;
    } finally {
      state.left = true;
    }
  }
  return { state, texts: texts() };
}

async function* later(texts: Iterable<string>) {
  for (const text of texts) {
    await Promise.resolve();
    yield text;
  }
}

const iteratorOf = <T>(stream: AsyncIterable<T>): AsyncIterator<T> => stream[Symbol.asyncIterator]();

describe('embedStream', () => {
  it('M-07: yields every text in input order, for any source, batches and replies', async () => {
    const scenario = fc.record({
      list: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), {
        maxLength: 60,
      }),
      maxBatchSize: fc.integer({ min: 1, max: 6 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      delays: fc.infiniteStream(fc.nat(3)),
      async: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ list, maxBatchSize, concurrency, delays, async }) => {
        const model = new FakeEmbedding({
          concurrency,
          metadata: { maxBatchSize },
          embed: async (inputs, request) => {
            const ticks = delays.next().value ?? 0;
            for (let tick = 0; tick < ticks * 3; tick++) await Promise.resolve();
            return replyTo(inputs, request);
          },
        });
        const yielded: EmbeddedText[] = [];
        for await (const item of model.embedStream(async ? later(list) : list)) yielded.push(item);
        expect(yielded.map(({ index, input }) => [index, input])).toEqual([...list.entries()]);
        for (const { input, embedding } of yielded) expect([...embedding]).toEqual(vectorOf(input as string));
        expect(model.peak).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 200 },
    );
  });

  it('M-07: sends nothing and takes nothing before it is read', async () => {
    const model = new FakeEmbedding();
    const { state, texts } = source(10);
    const stream = model.embedStream(texts);
    await settle(5);
    expect([state.taken, model.requests.length]).toEqual([0, 0]);
    expect((await iteratorOf(stream).next()).value).toMatchObject({ index: 0, input: 'text 0' });
  });

  it('M-07: reads ahead by a bounded number of texts when its reader is slow', async () => {
    const model = new FakeEmbedding({ concurrency: 3, metadata: { maxBatchSize: 4 } });
    const { state, texts } = source(10_000);
    const iterator = iteratorOf(model.embedStream(texts));
    for (let read = 1; read <= 50; read++) {
      await iterator.next();
      await settle();
      expect(state.taken).toBeLessThanOrEqual(read + 3 * 4 + 4);
    }
    expect(state.taken).toBeGreaterThan(50);
    await iterator.return?.();
  });

  it('M-01: sends full batches however slowly its reader takes them', async () => {
    const scenario = fc.record({
      count: fc.integer({ min: 1, max: 80 }),
      maxBatchSize: fc.integer({ min: 1, max: 7 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      ticks: fc.infiniteStream(fc.nat(40)),
      pauses: fc.infiniteStream(fc.nat(12)),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ count, maxBatchSize, concurrency, ticks, pauses }) => {
        const model = new FakeEmbedding({
          concurrency,
          metadata: { maxBatchSize },
          embed: async (inputs, request) => {
            for (let tick = ticks.next().value as number; tick > 0; tick--) await Promise.resolve();
            return replyTo(inputs, request);
          },
        });
        for await (const { input, embedding } of model.embedStream(source(count).texts)) {
          expect([...embedding]).toEqual(vectorOf(input as string));
          const pause = pauses.next().value as number;
          if (pause > 8) await settle();
          else for (let tick = 0; tick < pause; tick++) await Promise.resolve();
        }
        expect(model.requests).toHaveLength(Math.ceil(count / maxBatchSize));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['short vectors', { maxBatchSize: 10, dimensions: 4 }, {}, {}, 5],
    ['vectors of unknown length', { maxBatchSize: 2048 }, {}, {}, 5],
    ['vectors of 1 MiB a request', { maxBatchSize: 2048, dimensions: 128 }, {}, {}, 4],
    ['vectors of 16 MiB a request', { maxBatchSize: 2048, dimensions: 2048 }, {}, {}, 2],
    ['a model that was told', { maxBatchSize: 2048, dimensions: 2048 }, { concurrency: 3 }, {}, 3],
    ['a call that was told', { maxBatchSize: 2048, dimensions: 2048 }, {}, { concurrency: 6 }, 6],
    ['shorter vectors that were asked for', { maxBatchSize: 2048 }, {}, { dimensions: 256 }, 2],
  ])(
    'M-07: keeps requests under way by the bytes of their vectors: %s',
    async (_what, metadata, own, asked, expected) => {
      const model = new FakeEmbedding({ metadata, ...own, embed: hangs });
      const iterator = iteratorOf(model.embedStream(source(50_000).texts, asked));
      void iterator.next();
      await settle(20);
      expect(model.requests).toHaveLength(expected);
      await iterator.return?.();
    },
  );

  it('M-07: reads ahead by a bounded number when the first batch is slow and the others are not', async () => {
    let release!: () => void;
    const first = new Promise<void>((resolve) => (release = resolve));
    const model = new FakeEmbedding({
      concurrency: 3,
      metadata: { maxBatchSize: 4 },
      embed: async (inputs, request) => {
        if (inputs.includes('text 0')) await first;
        return replyTo(inputs, request);
      },
    });
    const { state, texts } = source(1_000);
    const iterator = iteratorOf(model.embedStream(texts));
    const head = iterator.next();
    await settle(10);
    expect(state.taken).toBe(16);
    release();
    expect((await head).value).toMatchObject({ index: 0 });
    let count = 1;
    while ((await iterator.next()).done !== true) count++;
    expect(count).toBe(1_000);
  });

  it('M-07: settles `break` at once while a request hangs, aborts it and leaves the source', async () => {
    let aborted: unknown;
    const hanging = Promise.withResolvers<void>();
    const model = new FakeEmbedding({
      embed: (inputs, request, { signal }) => {
        signal.addEventListener('abort', () => (aborted = signal.reason));
        if (inputs.includes('text 0')) return Promise.resolve(replyTo(inputs, request));
        hanging.resolve();
        return hangs();
      },
    });
    const { state, texts } = source(1_000);
    for await (const { index } of model.embedStream(texts)) {
      expect(index).toBe(0);
      await hanging.promise;
      break;
    }
    await settle();
    expect(aborted).toMatchObject({ code: 'aborted' });
    expect(state.left).toBe(true);
  });

  it('M-07: settles return() at once while next() is pending on a request that hangs', async () => {
    const model = new FakeEmbedding({ embed: hangs });
    const iterator = iteratorOf(model.embedStream(['a', 'b']));
    const pending = iterator.next();
    await settle();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('M-07: settles return() at once while the source hangs', async () => {
    async function* stuck() {
      yield 'a';
      await hangs();
    }
    const iterator = iteratorOf(new FakeEmbedding().embedStream(stuck()));
    const pending = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it('M-07: sends a batch that is not full when the source pauses, for it may be waiting for the answer', async () => {
    const model = new FakeEmbedding({ metadata: { maxBatchSize: 100 } });
    let answered!: () => void;
    const answer = new Promise<void>((resolve) => (answered = resolve));
    async function* conversation() {
      yield 'question';
      await answer;
      yield 'thanks';
    }
    const seen: string[] = [];
    for await (const { input } of model.embedStream(conversation())) {
      seen.push(input as string);
      answered();
    }
    expect(seen).toEqual(['question', 'thanks']);
    expect(model.requests).toEqual([['question'], ['thanks']]);
  });

  it('M-07: hands out a repeated text that has its vector while the source pauses', async () => {
    const model = new FakeEmbedding({ metadata: { maxBatchSize: 1 }, concurrency: 1 });
    const paused = Promise.withResolvers<void>();
    async function* repeated() {
      yield 'a';
      // Taken while the first is finished and not yet read.
      yield 'a';
      await paused.promise;
    }
    const iterator = iteratorOf(model.embedStream(repeated()));
    expect((await iterator.next()).value).toMatchObject({ index: 0 });
    expect((await iterator.next()).value).toMatchObject({ index: 1, input: 'a' });
    paused.resolve();
    expect((await iterator.next()).done).toBe(true);
  });

  it('M-04: yields what was finished in order, then fails with the rest as partial', async () => {
    const model = new FakeEmbedding({
      metadata: { maxBatchSize: 2 },
      embed: async (inputs, request) => {
        if (!inputs.includes('c')) return replyTo(inputs, request);
        await settle(10);
        throw new MortiseError('server', 'down', { retryable: false });
      },
    });
    const iterator = iteratorOf(model.embedStream(['a', 'b', 'c', 'd', 'e', 'f']));
    expect((await iterator.next()).value).toMatchObject({ input: 'a' });
    expect((await iterator.next()).value).toMatchObject({ input: 'b' });
    const error = await iterator.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'server' });
    const { embeddings } = (error as MortiseError).partial as PartialEmbeddingResult;
    expect(Object.keys(embeddings)).toEqual(['4', '5']);
    expect([...embeddings[5]!]).toEqual(vectorOf('f'));
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("C-01: rejects with exactly the caller's reason, and hands out nothing after it", async () => {
    const reason = new MortiseError('aborted', "the caller's own");
    const controller = new AbortController();
    const iterator = iteratorOf(
      new FakeEmbedding().embedStream(source(100).texts, { signal: controller.signal }),
    );
    await iterator.next();
    await settle();
    controller.abort(reason);
    expect(await iterator.next().catch((thrown: unknown) => thrown)).toBe(reason);
    expect((await iterator.next()).done).toBe(true);
  });

  it('C-01: rejects with the reason also when everything was embedded before the abort', async () => {
    const controller = new AbortController();
    const { texts } = source(3);
    const iterator = iteratorOf(new FakeEmbedding().embedStream(texts, { signal: controller.signal }));
    await iterator.next();
    await settle();
    controller.abort('enough');
    expect(await iterator.next().catch((thrown: unknown) => thrown)).toBe('enough');
    expect((await iterator.next()).done).toBe(true);
  });

  it('C-01: settles a pending next() while the source hangs', async () => {
    const controller = new AbortController();
    const texts = { [Symbol.asyncIterator]: () => ({ next: hangs }) };
    const pending = iteratorOf(new FakeEmbedding().embedStream(texts, { signal: controller.signal })).next();
    controller.abort('enough');
    await expect(pending).rejects.toBe('enough');
  });

  it('C-02: sends nothing and takes nothing for a signal that is aborted already', async () => {
    const model = new FakeEmbedding();
    const { state, texts } = source(3);
    const stream = model.embedStream(texts, { signal: AbortSignal.abort('before') });
    await expect(iteratorOf(stream).next()).rejects.toBe('before');
    expect([state.taken, model.requests.length]).toEqual([0, 0]);
  });

  it("rejects with the source's own error and aborts what is under way", async () => {
    const aborted = vi.fn();
    const model = new FakeEmbedding({
      metadata: { maxBatchSize: 1 },
      embed: (_inputs, _request, { signal }) => (signal.addEventListener('abort', aborted), hangs()),
    });
    const mine = new Error('disk gone');
    async function* broken() {
      yield 'a';
      throw mine;
    }
    await expect(iteratorOf(model.embedStream(broken())).next()).rejects.toBe(mine);
    expect(aborted).toHaveBeenCalledOnce();
  });

  it('M-05: refuses an empty string by its place, and an empty source ends at once', async () => {
    const model = new FakeEmbedding();
    const refused = { code: 'invalid-request', message: expect.stringContaining('Text 1') };
    await expect(iteratorOf(model.embedStream(['a', ''])).next()).rejects.toMatchObject(refused);
    expect(await iteratorOf(model.embedStream([])).next()).toEqual({ done: true, value: undefined });
    expect(model.requests).toEqual([]);
  });

  it('is read once: a second reader is refused', () => {
    const stream = new FakeEmbedding().embedStream(['a']);
    iteratorOf(stream);
    expect(() => iteratorOf(stream)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('serves next() calls that were made at once in their order', async () => {
    const iterator = iteratorOf(new FakeEmbedding().embedStream(source(5).texts));
    const all = await Promise.all(Array.from({ length: 7 }, () => iterator.next()));
    expect(all.map((next) => (next.done === true ? 'end' : next.value.index))).toEqual([
      0,
      1,
      2,
      3,
      4,
      'end',
      'end',
    ]);
  });

  it('M-01: sends equal texts once while they are near each other', async () => {
    const allTaken = Promise.withResolvers<void>();
    function* texts() {
      yield* ['a', 'b', 'a', 'c', 'a'];
      allTaken.resolve();
    }
    // What was handed out is a new text when it comes again: a machine that stalls between two texts must not matter.
    const model = new FakeEmbedding({
      embed: (inputs, request) => allTaken.promise.then(() => replyTo(inputs, request)),
    });
    const cached: boolean[] = [];
    for await (const item of model.embedStream(texts())) {
      cached.push(item.cached);
      item.embedding.fill(0);
    }
    expect(model.requests.flat()).toEqual(['a', 'b', 'c']);
    expect(cached).toEqual([false, false, false, false, false]);
  });

  it('M-04: hands each batch to onBatch, awaits it, and then yields it', async () => {
    const kept: string[] = [];
    const onBatch = async (batch: readonly EmbeddedText[]): Promise<void> => {
      await settle(1);
      kept.push(...batch.map(({ index, input }) => `${index} ${input as string}`));
    };
    for await (const { index, input } of new FakeEmbedding().embedStream(['a', 'b', 'a', 'c'], { onBatch }))
      expect(kept).toContain(input === 'a' ? '0 a' : `${index} ${input as string}`);
    expect(kept.toSorted()).toEqual(['0 a', '1 b', '3 c']);
  });
});
