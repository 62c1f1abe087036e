import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMortiseError, MortiseError, subscribe, traced, type MortiseEvent } from '@mortise/core';
import type { RateLimiter } from '@mortise/core/call';
import { type EmbeddingResult, type PartialEmbeddingResult } from '@mortise/core/embedding';
import { DIMENSIONS, FakeEmbedding, hangs, numbers, replyTo, settle, vectorOf } from './fake.ts';

const texts = (count: number): string[] => Array.from({ length: count }, (_, at) => `text ${at}`);
const down = (): MortiseError => new MortiseError('server', 'down', { retryable: false });

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('It resolved.'),
    (error: unknown) => error,
  );
}

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

function recorded(captureContent = false): MortiseEvent[] {
  const events: MortiseEvent[] = [];
  stops.push(subscribe((event) => void events.push(event), { captureContent }));
  return events;
}

describe('BaseEmbedding', () => {
  it('M-01: embeds queries and documents by their kind', async () => {
    const model = new FakeEmbedding();
    expect([...(await model.embedQuery('a'))]).toEqual(vectorOf('a', 'query'));
    expect([...(await model.embedText('a'))]).toEqual(vectorOf('a', 'document'));
    const { embeddings } = await model.embedTexts(['a'], { kind: 'query' });
    expect([...embeddings[0]!]).toEqual(vectorOf('a', 'query'));
  });

  it('M-01: hands the dimensions and the provider options to every request', async () => {
    const seen: unknown[] = [];
    const model = new FakeEmbedding({
      embed: async (inputs, request) => (seen.push(request), replyTo(inputs, request)),
    });
    const providerOptions = { acme: { user: 'me' } };
    const { embeddings } = await model.embedTexts(texts(4), { dimensions: 2, providerOptions });
    expect(embeddings.every((embedding) => embedding.length === 2)).toBe(true);
    expect(seen).toEqual(Array(2).fill({ kind: 'document', dimensions: 2, providerOptions }));
  });

  it('M-01: sends batches by count, tokens and bytes, each as full as it goes', async () => {
    const list = ['one', 'two', 'three three three', 'four', 'five', 'ééééé', 'seven'];
    const tokenizer = { name: 'words', count: (text: string) => text.split(' ').length };
    const metadata = { maxBatchSize: 4, maxBatchTokens: 4, maxBatchBytes: 20 };
    const model = new FakeEmbedding({ tokenizer, metadata });
    await model.embedTexts(list);
    // Three tokens more would be too many, then four bytes more; the third is 18 bytes.
    expect(model.requests).toEqual([
      ['one', 'two'],
      ['three three three'],
      ['four', 'five', 'ééééé'],
      ['seven'],
    ]);
  });

  it('M-01: keeps a quarter of the token limit free where tokens are only estimated', async () => {
    // Four characters are one token by the estimate.
    const model = new FakeEmbedding({ metadata: { maxBatchSize: 100, maxBatchTokens: 8 } });
    await model.embedTexts(Array.from({ length: 12 }, (_, at) => `${at}`.padStart(4, 'x')));
    expect(model.requests.map((request) => request.length)).toEqual([6, 6]);
  });

  it('M-01: keeps a pool of 5 by default, and as many as are asked for', async () => {
    const embed = async (...[inputs, request]: Parameters<FakeEmbedding['doEmbed']>) => {
      await settle(inputs[0] === 'text 0' ? 30 : 1);
      return replyTo(inputs, request);
    };
    const model = new FakeEmbedding({ embed });
    await model.embedTexts(texts(60));
    expect(model.peak).toBe(5);
    const two = new FakeEmbedding({ embed, concurrency: 2 });
    await two.embedTexts(texts(30));
    expect(two.peak).toBe(2);
    await two.embedTexts(texts(30), { concurrency: 7 });
    expect(two.peak).toBe(7);
  });

  it('M-01: is a pool and not waves: a slow batch holds back one place', async () => {
    let release!: () => void;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const model = new FakeEmbedding({
      concurrency: 2,
      metadata: { maxBatchSize: 1 },
      embed: async (inputs, request) => {
        if (inputs[0] === 'text 0') await slow;
        return replyTo(inputs, request);
      },
    });
    const all = model.embedTexts(texts(10));
    await vi.waitFor(() => expect(model.requests.length).toBe(10), 20_000);
    release();
    expect((await all).embeddings.length).toBe(10);
  });

  it('M-01: sends equal texts of one call once, and gives each its own vector', async () => {
    const model = new FakeEmbedding();
    const { embeddings, usage } = await model.embedTexts(['a', 'b', 'a', 'c', 'd', 'a', 'b']);
    expect(model.requests.flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(numbers(embeddings)).toEqual(['a', 'b', 'a', 'c', 'd', 'a', 'b'].map((text) => vectorOf(text)));
    expect(usage).toEqual({ inputTokens: 4 });
    embeddings[0]!.fill(0);
    for (const at of [2, 5]) expect([...embeddings[at]!]).toEqual(vectorOf('a'));
    embeddings[5]!.fill(1);
    expect([...embeddings[2]!]).toEqual(vectorOf('a'));
    const distant = new FakeEmbedding({ concurrency: 1, metadata: { maxBatchSize: 1 } });
    const { embeddings: far } = await distant.embedTexts(['a', 'b', 'c', 'a']);
    far[0]!.fill(0);
    expect([...far[3]!]).toEqual(vectorOf('a'));
    expect(distant.requests.length).toBe(3);
  });

  it('M-01: retries a batch by itself', async () => {
    let failures = 2;
    const model = new FakeEmbedding({
      retry: { baseDelayMs: 1 },
      embed: async (inputs, request) => {
        if (inputs.includes('text 4') && failures-- > 0) throw new MortiseError('overloaded', 'busy');
        return replyTo(inputs, request);
      },
    });
    const { embeddings } = await model.embedTexts(texts(9));
    expect(numbers(embeddings)).toEqual(texts(9).map((text) => vectorOf(text)));
    expect(model.requests.length).toBe(3 + 2);
  });

  it('M-01: asks the limiter for each request, and tells it the tokens that were used', async () => {
    const outcomes: unknown[] = [];
    const asked: (number | undefined)[] = [];
    const limiter: RateLimiter = {
      acquire: async ({ tokens }) => (
        asked.push(tokens),
        { release: (outcome) => void outcomes.push(outcome?.tokens) }
      ),
    };
    const tokenizer = { name: 'length', count: (text: string) => text.length };
    await new FakeEmbedding({ limiter, tokenizer }).embedTexts(['aa', 'bbb', 'c', 'd']);
    expect(asked).toEqual([6, 1]);
    expect(outcomes).toEqual([3, 1]);
  });

  it("M-02: follows the provider's index when the rows are shuffled", async () => {
    const model = new FakeEmbedding({
      metadata: { maxBatchSize: 10 },
      embed: async (inputs) => ({
        embeddings: inputs.map((text, index) => ({ index, embedding: vectorOf(text) })).reverse(),
      }),
    });
    const { embeddings } = await model.embedTexts(texts(25));
    expect(numbers(embeddings)).toEqual(texts(25).map((text) => vectorOf(text)));
  });

  it.each([
    ['short', (rows: number[][]) => rows.slice(1)],
    ['long', (rows: number[][]) => [...rows, vectorOf('more')]],
    ['of another dimension', (rows: number[][]) => rows.map((row) => [...row, 1])],
    ['empty', (rows: number[][]) => rows.map(() => [])],
    ['not finite', (rows: number[][]) => rows.map((row) => row.with(0, NaN))],
  ])('M-03: refuses a reply that is %s, naming the provider', async (_what, spoil) => {
    const model = new FakeEmbedding({
      metadata: { dimensions: DIMENSIONS },
      embed: async (inputs) => ({ embeddings: spoil(inputs.map((text) => vectorOf(text))) }),
    });
    const error = await rejection(model.embedTexts(texts(3)));
    expect(error).toMatchObject({ code: 'malformed-response', provider: 'acme', model: 'fake' });
  });

  it('M-03: refuses batches of different dimensions where the dimension is not known', async () => {
    const model = new FakeEmbedding({
      embed: async (inputs) => ({
        embeddings: inputs.map((text) => vectorOf(text, 'document', inputs.includes('text 0') ? 4 : 5)),
      }),
    });
    expect(await rejection(model.embedTexts(texts(6)))).toMatchObject({ code: 'malformed-response' });
  });

  it('M-03: refuses rows of another length than was asked for', async () => {
    const model = new FakeEmbedding({
      metadata: { dimensions: 4 },
      embed: async (inputs) => ({ embeddings: inputs.map((text) => vectorOf(text, 'document', 4)) }),
    });
    expect(await rejection(model.embedText('a', { dimensions: 2 }))).toMatchObject({
      code: 'malformed-response',
    });
  });

  it('M-04: fails with the finished embeddings by input index', async () => {
    const list = ['a', 'b', 'c', 'd', 'e', 'f', 'a', 'g'];
    let finished = 0;
    const model = new FakeEmbedding({
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
  });

  it('M-04: aborts the other requests when one fails, with `aborted` and not the failure', async () => {
    const reasons: unknown[] = [];
    const model = new FakeEmbedding({
      metadata: { maxBatchSize: 1 },
      embed: async (inputs, _request, attempt) => {
        attempt.signal.addEventListener('abort', () => reasons.push(attempt.signal.reason));
        if (inputs[0] !== 'text 3') return hangs();
        await settle(5);
        throw down();
      },
    });
    expect(await rejection(model.embedTexts(texts(40)))).toMatchObject({ code: 'server' });
    expect(model.requests.length).toBe(5);
    expect(reasons.filter((reason) => isMortiseError(reason, 'aborted')).length).toBe(4);
  });

  it('M-05: gives an empty result for no texts, without a request', async () => {
    const model = new FakeEmbedding();
    expect(await model.embedTexts([])).toEqual({
      embeddings: [],
      usage: { inputTokens: 0 },
      cached: 0,
      requests: 0,
      warnings: [],
      provider: 'acme',
      model: 'fake',
    });
    expect(model.requests).toEqual([]);
  });

  it('M-05: refuses an empty string before anything is sent, unless the model embeds it', async () => {
    const model = new FakeEmbedding();
    const refused = { code: 'invalid-request', message: expect.stringContaining('Text 4 is empty') };
    expect(await rejection(model.embedTexts(['a', 'b', 'c', 'd', '']))).toMatchObject(refused);
    expect(await rejection(model.embedQuery(''))).toMatchObject({ code: 'invalid-request' });
    expect(model.requests).toEqual([]);
    const lenient = new FakeEmbedding({ metadata: { acceptsEmpty: true } });
    expect((await lenient.embedTexts(['a', ''])).embeddings.length).toBe(2);
  });

  it('M-05: refuses what is not a string before anything is sent', async () => {
    const model = new FakeEmbedding();
    const error = await rejection(model.embedTexts(['a', undefined as unknown as string]));
    expect(error).toMatchObject({ code: 'invalid-request', message: expect.stringContaining('Text 1') });
    expect(model.requests).toEqual([]);
  });

  it("C-01: rejects with exactly the caller's reason, be it anything", async () => {
    for (const reason of ['enough', new Error('mine'), new MortiseError('timeout', 'theirs')]) {
      const controller = new AbortController();
      const model = new FakeEmbedding({
        metadata: { maxBatchSize: 1 },
        embed: async (inputs, request) => (inputs[0] === 'text 0' ? replyTo(inputs, request) : hangs()),
      });
      const call = rejection(model.embedTexts(texts(9), { signal: controller.signal }));
      await vi.waitFor(() => expect(model.requests.length).toBe(6), 20_000);
      controller.abort(reason);
      expect(await call).toBe(reason);
    }
  });

  it("C-01: is not told by the SDK's own abort error", async () => {
    const controller = new AbortController();
    const model = new FakeEmbedding({
      embed: (_inputs, _request, { signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new TypeError('Canceled by SDK'))),
        ),
    });
    const call = rejection(model.embedQuery('a', { signal: controller.signal }));
    await settle();
    controller.abort('mine');
    expect(await call).toBe('mine');
  });

  it('C-02: sends nothing for a signal that is aborted already', async () => {
    const model = new FakeEmbedding();
    const signal = AbortSignal.abort('before');
    expect(await rejection(model.embedTexts(texts(3), { signal }))).toBe('before');
    expect(await rejection(model.embedQuery('a', { signal }))).toBe('before');
    expect(await rejection(model.embedTexts([], { signal }))).toBe('before');
    expect(model.requests).toEqual([]);
  });

  it('C-03: leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    const model = new FakeEmbedding();
    for (let at = 0; at < 20; at++) await model.embedTexts(texts(at), { signal });
    expect(add.mock.calls.length).toBeGreaterThan(0);
    for (const [type, listener] of add.mock.calls) {
      expect(remove.mock.calls.some((call) => call[0] === type && call[1] === listener)).toBe(true);
    }
  });

  it('C-05: does not change its input, nor follow changes to it', async () => {
    const list = texts(7);
    const model = new FakeEmbedding({
      embed: async (inputs, request) => (await settle(1), replyTo(inputs, request)),
    });
    const call = model.embedTexts(Object.freeze(list) as string[]);
    expect((await call).embeddings.length).toBe(7);
    const changing = texts(20);
    const other = model.embedTexts(changing, { concurrency: 1 });
    changing.fill('changed');
    expect(numbers((await other).embeddings)).toEqual(texts(20).map((text) => vectorOf(text)));
  });

  it('C-08: refuses a length that the model cannot give, before anything is sent', async () => {
    const model = new FakeEmbedding({ metadata: { dimensions: 4, acceptsDimensions: false } });
    expect(await rejection(model.embedText('a', { dimensions: 2 }))).toMatchObject({ code: 'unsupported' });
    expect(model.requests).toEqual([]);
    expect((await model.embedText('a', { dimensions: 4 })).length).toBe(4);
    for (const dimensions of [0, -1, 1.5, NaN]) {
      expect(await rejection(model.embedText('a', { dimensions }))).toMatchObject({
        code: 'invalid-request',
      });
    }
  });

  it('says usage only when every reply did', async () => {
    const model = new FakeEmbedding({
      embed: async (inputs, request) => {
        const { embeddings } = replyTo(inputs, request);
        return inputs.includes('text 0') ? { embeddings } : { embeddings, usage: { inputTokens: 7 } };
      },
    });
    expect((await model.embedTexts(texts(6))).usage).toEqual({});
    expect((await model.embedTexts(texts(6).slice(1))).usage).toEqual({ inputTokens: 14 });
  });

  it.each([-5, 1.5, Number.NaN, Infinity])(
    'L-01: leaves out usage of %s tokens, and warns of it',
    async (inputTokens) => {
      const model = new FakeEmbedding({
        embed: async (inputs, request) => ({ ...replyTo(inputs, request), usage: { inputTokens } }),
      });
      const { usage, warnings } = await model.embedTexts(['a']);
      expect(usage).toEqual({});
      expect(warnings).toEqual([
        { type: 'other', setting: 'usage', message: expect.stringContaining(`inputTokens ${inputTokens}`) },
      ]);
    },
  );

  it('merges provider metadata in the order of the batches, whatever the order of replies', async () => {
    const model = new FakeEmbedding({
      embed: async (inputs, request) => {
        const first = inputs.includes('text 0');
        if (first) await settle(10);
        const acme = first ? { id: 1, region: 'eu' } : { id: 2 };
        return { ...replyTo(inputs, request), providerMetadata: { acme } };
      },
    });
    const { providerMetadata } = await model.embedTexts(texts(6));
    expect(providerMetadata).toEqual({ acme: { id: 2, region: 'eu' } });
  });

  it('hands on warnings of attempts, each once, and as an event', async () => {
    const events = recorded();
    const warning = { type: 'unsupported-setting' as const, setting: 'user', message: 'left out' };
    const model = new FakeEmbedding({
      embed: async (inputs, request, attempt) => (attempt.warn(warning), replyTo(inputs, request)),
    });
    expect((await model.embedTexts(texts(9))).warnings).toEqual([warning]);
    expect(events.filter((event) => event.name === 'warning').length).toBe(1);
  });

  it('M-01: reports progress up to the total', async () => {
    const model = new FakeEmbedding({ concurrency: 1 });
    const seen: { done: number }[] = [];
    const list = ['a', 'c', 'd', 'e', 'f', 'c', 'b'];
    await model.embedTexts(list, { onProgress: (progress) => void seen.push(progress) });
    expect(seen[0]).toEqual({ done: 3, total: 7, cached: 0, tokens: 3 });
    expect(seen.at(-1)).toEqual({ done: 7, total: 7, cached: 0, tokens: 6 });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual(done.toSorted((x, y) => x - y));
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bar too long');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('bar too long');
      },
    ],
  ])('goes on with one warning when onProgress %s', async (_what, onProgress: () => unknown) => {
    const { embeddings, warnings } = await new FakeEmbedding().embedTexts(texts(9), {
      onProgress,
    });
    expect(embeddings.length).toBe(9);
    expect(warnings).toEqual([
      { type: 'other', setting: 'onProgress', message: expect.stringContaining('bar too long') },
    ]);
  });

  it('V-01: opens one span a request and closes each, under success and failure', async () => {
    const events = recorded();
    const model = new FakeEmbedding({
      embed: async (inputs, request) => {
        if (inputs.includes('text 5')) throw down();
        return inputs.includes('text 8') ? hangs() : replyTo(inputs, request);
      },
    });
    await rejection(model.embedTexts(texts(9)));
    const spans = events.filter((event) => event.name === 'embedding.batch');
    const starts = spans.filter((event) => event.phase === 'start');
    expect(starts.length).toBe(3);
    for (const { spanId } of starts) {
      const ends = spans.filter((event) => event.spanId === spanId && event.phase !== 'start');
      expect(ends.length).toBe(1);
    }
    expect(starts[0]!.attributes).toEqual({ provider: 'acme', model: 'fake', kind: 'document', inputs: 3 });
    const ended = spans.find((event) => event.phase === 'end');
    expect(ended!.attributes).toMatchObject({ dimensions: DIMENSIONS, inputTokens: 3 });
  });

  it('V-02: links requests to the span around the call, of a stream to that of its making', async () => {
    const events = recorded();
    const model = new FakeEmbedding();
    await traced('around', () => model.embedTexts(texts(4)));
    const stream = await traced('made here', () => Promise.resolve({ held: model.embedStream(texts(2)) }));
    for await (const item of stream.held) expect(item.embedding.length).toBe(DIMENSIONS);
    const idOf = (name: string) => events.find((event) => event.name === name)!.spanId;
    const parents = events
      .filter((event) => event.name === 'embedding.batch' && event.phase === 'start')
      .map((event) => event.parentId);
    expect(parents).toEqual([idOf('around'), idOf('around'), idOf('made here')]);
  });

  it('V-04: shows texts only to those who capture content', async () => {
    const events = recorded();
    await new FakeEmbedding().embedTexts(['my secret']);
    expect(JSON.stringify(events)).not.toContain('my secret');
    const captured = recorded(true);
    await new FakeEmbedding().embedTexts(['my secret']);
    expect(JSON.stringify(captured)).toContain('my secret');
  });

  it('M-01: gives the image of any input in order, or an error whose partial is right', async () => {
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
          const model = new FakeEmbedding({
            concurrency,
            metadata: { maxBatchSize, ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }) },
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
