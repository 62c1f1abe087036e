import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MortiseError } from '@mortise/core';
import type { EmbeddingResult, PartialEmbeddingResult } from '@mortise/core/embedding';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { fake, hangs, replyTo, vectorOf } from './fake-embedding.ts';

const texts = (count: number): string[] => Array.from({ length: count }, (_, at) => `text ${at}`);
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
const down = (): MortiseError => new MortiseError('server', 'down', { retryable: false });

describe('embedTexts through a cache', () => {
  it('M-04: fails with the finished embeddings by input index, and they are in the cache', async () => {
    const cache = new MemoryKeyValueStore();
    const list = ['a', 'b', 'c', 'd', 'e', 'f', 'a', 'g'];
    let finished = 0;
    const model = fake({
      cache,
      metadata: { maxBatchSize: 2 },
      embed: async (inputs, request) => {
        if (inputs.includes('c')) {
          await vi.waitFor(() => expect(finished).toBe(2), 20_000);
          throw down();
        }
        if (inputs.includes('g')) return hangs();
        finished++;
        return replyTo(inputs, request);
      },
    });
    const error = await rejection(model.embedTexts(list));
    expect(error).toMatchObject({ code: 'server', message: 'down' });
    const partial = (error as MortiseError).partial as PartialEmbeddingResult;
    expect(Object.keys(partial.embeddings)).toEqual(['0', '1', '4', '5', '6']);
    for (const [at, vector] of Object.entries(partial.embeddings))
      expect([...vector!]).toEqual(vectorOf(list[Number(at)]!));
    expect(partial.embeddings.length).toBe(list.length);
    expect(partial.usage).toEqual({ inputTokens: 4 });

    const again = fake({ cache });
    const { cached } = await again.embedTexts(list);
    expect(cached).toBe(5);
    expect(again.requests.flat()).toEqual(['c', 'd', 'g']);
  });

  it("C-01: rejects with exactly the caller's reason, and keeps what was finished in the cache", async () => {
    for (const reason of ['enough', new Error('mine'), new MortiseError('timeout', 'theirs')]) {
      const cache = new MemoryKeyValueStore();
      const controller = new AbortController();
      const model = fake({
        cache,
        metadata: { maxBatchSize: 1 },
        embed: async (inputs, request) => (inputs[0] === 'text 0' ? replyTo(inputs, request) : hangs()),
      });
      const call = rejection(model.embedTexts(texts(9), { signal: controller.signal }));
      await vi.waitFor(() => expect(model.requests.length).toBe(6), 20_000);
      controller.abort(reason);
      expect(await call).toBe(reason);
      expect((await fake({ cache }).embedTexts(['text 0'])).cached).toBe(1);
    }
  });

  it('C-03: leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    const model = fake({ cache: new MemoryKeyValueStore() });
    for (let at = 0; at < 20; at++) await model.embedTexts(texts(at), { signal });
    expect(add.mock.calls.length).toBeGreaterThan(0);
    for (const [type, listener] of add.mock.calls) {
      expect(remove.mock.calls.some((call) => call[0] === type && call[1] === listener)).toBe(true);
    }
  });

  it('M-06: reports progress up to the total', async () => {
    const cache = new MemoryKeyValueStore();
    const model = fake({ cache, concurrency: 1 });
    await model.embedTexts(['a', 'b']);
    const seen: { done: number }[] = [];
    const list = ['a', 'c', 'd', 'e', 'f', 'c', 'b'];
    const { cached } = await model.embedTexts(list, { onProgress: (progress) => void seen.push(progress) });
    expect(cached).toBe(2);
    expect(seen[0]).toEqual({ done: 2, total: 7, cached: 2, tokens: 0 });
    expect(seen.at(-1)).toEqual({ done: 7, total: 7, cached: 2, tokens: 4 });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual(done.toSorted((x, y) => x - y));
  });

  it('M-06: gives the image of any input in order, or an error whose partial is right', async () => {
    const scenario = fc.record({
      list: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 3 }), {
        maxLength: 40,
      }),
      maxBatchSize: fc.integer({ min: 1, max: 6 }),
      maxBatchBytes: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      delays: fc.infiniteStream(fc.nat(2)),
      failing: fc.option(fc.nat(12), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        scenario,
        async ({ list, maxBatchSize, maxBatchBytes, concurrency, delays, failing }) => {
          let number = 0;
          const model = fake({
            concurrency,
            metadata: { maxBatchSize, ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }) },
            cache: new MemoryKeyValueStore(),
            embed: async (inputs) => {
              const fails = number++ === failing;
              const ticks = delays.next().value ?? 0;
              for (let tick = 0; tick < ticks * 3; tick++) await Promise.resolve();
              if (fails) throw down();
              const rows = inputs.map((text, index) => ({ index, embedding: vectorOf(text) }));
              return { embeddings: ticks === 1 ? rows.reverse() : rows };
            },
          });
          const result = await model.embedTexts(list).then(
            (value: EmbeddingResult): PartialEmbeddingResult => value,
            (error: unknown) => {
              expect(error).toMatchObject({ code: 'server' });
              return (error as MortiseError).partial as PartialEmbeddingResult;
            },
          );
          const failed = failing !== undefined && failing < number;
          expect(result.embeddings.length).toBe(list.length);
          for (const [at, text] of list.entries()) {
            const vector = result.embeddings[at];
            if (vector === undefined) expect(failed).toBe(true);
            else expect([...vector]).toEqual(vectorOf(text));
          }
          const sent = model.requests.flat();
          expect(new Set(sent).size).toBe(sent.length);
          expect(model.peak).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 200 },
    );
  });
});
