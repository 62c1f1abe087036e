import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MortiseError, subscribe, type MortiseEvent } from '@mortise/core';
import { vectorToBytes, type PartialEmbeddingResult } from '@mortise/core/embedding';
import { MemoryKeyValueStore, type KeyValueStore, type StoreEntry } from '@mortise/core/store';
import { embeddingCacheKey, lookUpEmbeddings, withEmbeddingCache } from '@mortise/toolkit/wrappers';
import { fake, type FakeEmbedding, hangs, numbers, replyTo, settle, vectorOf } from './fake-embedding.ts';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

function recorded(name: string): MortiseEvent[] {
  const events: MortiseEvent[] = [];
  stops.push(subscribe((event) => void (event.name === name && events.push(event))));
  return events;
}

/** A store that answers as told and otherwise as the one in memory. */
function storeWith(members: Partial<KeyValueStore>): KeyValueStore {
  const memory = new MemoryKeyValueStore();
  return {
    get: (key, options) => memory.get(key, options),
    set: (key, value, options) => memory.set(key, value, options),
    delete: (key, options) => memory.delete(key, options),
    getMany: (keys, options) => memory.getMany(keys, options),
    setMany: (entries, options) => memory.setMany(entries, options),
    iterate: (options) => memory.iterate(options),
    ...members,
  };
}

async function entriesOf(store: KeyValueStore) {
  const entries: StoreEntry[] = [];
  for await (const entry of store.iterate({ namespace: 'embedding' })) entries.push(entry);
  return entries;
}

/** Written down from the rule by another program. */
const VECTORS = [
  '5f0fb6edfee58da730bac8b07ac3b96f58c95747d99f54ae75460fde413f062a',
  '5b8019f59ab8be50b2169f2fe915866c37c1c556cb981f780d15b79169e78740',
  'a7b2c05beff499ba4acbfef3674e0df6083a5bffa59fe549b7e558d1baddac81',
];

describe('embeddingCacheKey', () => {
  const fields = fc.record({
    provider: fc.string({ maxLength: 3 }),
    model: fc.string({ maxLength: 3 }),
    dimensions: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    kind: fc.constantFrom('query' as const, 'document' as const),
    text: fc
      .array(fc.constantFrom('a', '1', ':', 'u', '"', '\ud83d', '\ude00', '\ufffd'), { maxLength: 4 })
      .map((units) => units.join('')),
  });

  it('M-06: has published vectors', () => {
    const key: Parameters<typeof embeddingCacheKey>[0] = {
      provider: 'acme',
      model: 'fake',
      dimensions: 4,
      kind: 'document',
    };
    expect(embeddingCacheKey(key, 'hello')).toBe(VECTORS[0]);
    expect(embeddingCacheKey({ ...key, dimensions: undefined, kind: 'query' }, 'é\ud83d')).toBe(VECTORS[1]);
    expect(embeddingCacheKey({ ...key, providerOptions: { b: 1, a: [true] } }, 'hello')).toBe(VECTORS[2]);
  });

  it('M-06: is injective over provider, model, dimensions, kind and text', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(embeddingCacheKey(a, a.text) === embeddingCacheKey(b, b.text)).toBe(same);
      }),
      { numRuns: 500 },
    );
    const key = { provider: 'a', model: 'b', kind: 'document' } as const;
    expect(embeddingCacheKey({ ...key, provider: 'ab', model: '' }, '')).not.toBe(
      embeddingCacheKey({ ...key, provider: 'a', model: 'b' }, ''),
    );
    expect(embeddingCacheKey(key, '\ud83d')).not.toBe(embeddingCacheKey(key, '\ufffd'));
    expect(embeddingCacheKey(key, '\ud83d')).not.toBe(embeddingCacheKey(key, JSON.stringify('\ud83d')));
  });

  it('M-06: tells the provider options apart, whatever the order of their members', () => {
    const key = { provider: 'a', model: 'b', kind: 'document' } as const;
    const one = embeddingCacheKey({ ...key, providerOptions: { x: 1, y: 2 } }, 't');
    expect(embeddingCacheKey({ ...key, providerOptions: { y: 2, x: 1 } }, 't')).toBe(one);
    expect(embeddingCacheKey({ ...key, providerOptions: { x: 1, y: 3 } }, 't')).not.toBe(one);
    expect(embeddingCacheKey(key, 't')).not.toBe(one);
  });
});

describe('the embedding cache', () => {
  it('M-06: asks once for each model, kind, length and text', async () => {
    const cache = new MemoryKeyValueStore();
    const events = recorded('cache');
    const first = fake({ cache });
    await first.embedTexts(['a', 'b']);
    const second = fake({ cache });
    const { embeddings, cached, usage } = await second.embedTexts(['b', 'a', 'c', 'b']);
    expect(numbers(embeddings)).toEqual(['b', 'a', 'c', 'b'].map((text) => vectorOf(text)));
    expect(cached).toBe(3);
    expect(usage).toEqual({ inputTokens: 1 });
    expect(second.requests).toEqual([['c']]);
    await second.embedQuery('a');
    await second.embedText('a', { dimensions: 2 });
    await fake({ cache, model: 'other' }).embedText('a');
    expect(second.requests.length).toBe(3);
    expect([...(await second.embedQuery('a'))]).toEqual(vectorOf('a', 'query'));
    expect([...(await second.embedText('a', { dimensions: 2 }))]).toEqual(vectorOf('a', 'document', 2));
    expect(second.requests.length).toBe(3);
    expect(events.slice(0, 2).map((event) => event.attributes)).toMatchObject([
      { hits: 0, misses: 2 },
      { hits: 2, misses: 1 },
    ]);
  });

  it('M-06: is looked into before the limiter is asked', async () => {
    const cache = new MemoryKeyValueStore();
    await fake({ cache }).embedTexts(['a', 'b']);
    const acquire = vi.fn(hangs);
    const { cached } = await fake({ cache, limiter: { acquire } }).embedTexts(['a', 'b']);
    expect(cached).toBe(2);
    expect(acquire).not.toHaveBeenCalled();
  });

  it('M-06: keeps its bytes when the caller changes its vectors, and gives each caller its own', async () => {
    const cache = new MemoryKeyValueStore();
    const model = fake({ cache });
    (await model.embedText('a')).fill(0);
    (await model.embedText('a')).fill(1);
    expect([...(await model.embedText('a'))]).toEqual(vectorOf('a'));
  });

  it.each([3, 1536, 100_000])(
    'M-06: gives vectors of %d numbers from memory as they were',
    async (length) => {
      const vector = (text: string): Float32Array => new Float32Array(length).fill(Number(text));
      const embed = async (texts: readonly string[]) => ({ embeddings: texts.map(vector) });
      const model = fake({ cache: new MemoryKeyValueStore(), embed });
      const texts = Array.from({ length: length > 9999 ? 5 : 150 }, (_, n) => String(n));
      await model.embedTexts(texts);
      const { cached, embeddings } = await model.embedTexts(texts);
      expect(cached).toBe(texts.length);
      expect(embeddings.every((one, n) => one.length === length && one.every((x) => x === n))).toBe(true);
    },
  );

  it.each([
    ['torn', new Uint8Array(7)],
    ['not finite', new Uint8Array(16).fill(0xff)],
    ['of another length', vectorToBytes(Float32Array.of(1, 2))],
    ['no bytes', { vector: [1] }],
  ])('M-06: takes an entry that is %s as a miss with a warning, and mends it', async (_what, value) => {
    const cache = new MemoryKeyValueStore();
    const options = { cache, metadata: { dimensions: 4 } };
    await fake(options).embedTexts(['a', 'b']);
    const entries = await entriesOf(cache);
    await cache.set(entries[0]![0], value, { namespace: 'embedding' });
    const events = recorded('warning');
    const model = fake(options);
    const { embeddings, cached, warnings } = await model.embedTexts(['a', 'b']);
    expect(numbers(embeddings)).toEqual([vectorOf('a'), vectorOf('b')]);
    expect(cached).toBe(1);
    expect(warnings).toEqual([
      { type: 'other', setting: 'cache', message: expect.stringContaining('embedded again') },
    ]);
    expect(events.length).toBe(1);
    expect((await model.embedTexts(['a', 'b'])).cached).toBe(2);
  });

  it('M-06: looks at what was set under a key after its vector was found there', async () => {
    const cache = new MemoryKeyValueStore();
    const model = fake({ cache });
    await model.embedText('a');
    expect((await model.embedTexts(['a'])).cached).toBe(1);
    const [[key]] = (await entriesOf(cache)) as [StoreEntry];
    const bytes = vectorToBytes(Float32Array.of(1, 2, 3, 4));
    for (const [number, cached] of [
      [0.5, 1],
      [NaN, 0],
    ] as const) {
      new DataView(bytes.buffer).setFloat32(4, number, true);
      await cache.set(key, bytes, { namespace: 'embedding' });
      const found = await model.embedTexts(['a']);
      expect(found.cached).toBe(cached);
      expect([...found.embeddings[0]!]).toEqual(cached === 1 ? [1, 0.5, 3, 4] : vectorOf('a'));
    }
  });

  it('M-06: asks a memory store through the methods that somebody put in the place of its own', async () => {
    const cache = new MemoryKeyValueStore();
    const getMany = vi.spyOn(cache, 'getMany');
    const setMany = vi.spyOn(cache, 'setMany');
    const model = fake({ cache });
    await model.embedTexts(['a', 'b']);
    expect((await model.embedTexts(['a', 'b'])).cached).toBe(2);
    expect([getMany.mock.calls.length, setMany.mock.calls.length]).toEqual([2, 1]);
  });

  it('M-03: never mixes lengths, not even of the cache and a reply where the dimension is unknown', async () => {
    const cache = new MemoryKeyValueStore();
    await fake({ cache }).embedText('a');
    const [[key]] = (await entriesOf(cache)) as [StoreEntry];
    await cache.set(key, vectorToBytes(Float32Array.of(1, 2)), { namespace: 'embedding' });
    const other = { code: 'malformed-response', message: expect.stringContaining('2 were expected') };
    await expect(fake({ cache }).embedTexts(['a', 'b'])).rejects.toMatchObject(other);
    // Now 'b' was not cached; with it, the two entries differ.
    await fake({ cache }).embedText('b');
    await expect(fake({ cache }).embedTexts(['a', 'b'])).rejects.toMatchObject(other);
  });

  it('M-06: makes one request for concurrent misses of one key, across calls and models', async () => {
    const cache = new MemoryKeyValueStore();
    const embed = async (...[inputs, request]: Parameters<FakeEmbedding['doEmbed']>) => (
      await settle(5),
      replyTo(inputs, request)
    );
    const [one, two] = [fake({ cache, embed }), fake({ cache, embed })];
    const lists = [['a', 'b', 'c', 'd'], ['d', 'c', 'e'], ['a', 'e', 'f'], ['a']];
    const results = await Promise.all(lists.map((list, at) => (at % 2 === 0 ? one : two).embedTexts(list)));
    for (const [at, { embeddings }] of results.entries()) {
      expect(numbers(embeddings)).toEqual(lists[at]!.map((text) => vectorOf(text)));
    }
    expect([...one.requests.flat(), ...two.requests.flat()].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(results[3]!.cached).toBe(1);
    results[3]!.embeddings[0]!.fill(0);
    expect([...results[0]!.embeddings[0]!]).toEqual(vectorOf('a'));
  });

  it('M-06: does not share the fate of the call it waited for', async () => {
    const cache = new MemoryKeyValueStore();
    let blocked = true;
    const model = fake({
      cache,
      embed: async (inputs, request) => (blocked ? ((blocked = false), hangs()) : replyTo(inputs, request)),
    });
    const controller = new AbortController();
    const leader = model.embedText('a', { signal: controller.signal });
    await vi.waitFor(() => expect(model.requests.length).toBe(1), 20_000);
    const followers = [model.embedText('a'), model.embedText('a')];
    await settle(5);
    controller.abort('changed my mind');
    await expect(leader).rejects.toBe('changed my mind');
    for (const vector of await Promise.all(followers)) expect([...vector]).toEqual(vectorOf('a'));
    expect(model.requests.length).toBe(2);
  });

  it('M-06: lets a caller who waits for another call leave by its own signal', async () => {
    const model = fake({ cache: new MemoryKeyValueStore(), embed: hangs });
    const first = new AbortController();
    const leader = model.embedText('a', { signal: first.signal });
    const second = new AbortController();
    const follower = model.embedText('a', { signal: second.signal });
    await vi.waitFor(() => expect(model.requests.length).toBe(1), 20_000);
    second.abort('mine');
    await expect(follower).rejects.toBe('mine');
    first.abort('end');
    await expect(leader).rejects.toBe('end');
  });

  it('M-06: does not wait for a stream that nobody reads: its batch is sent as it stands', async () => {
    const cache = new MemoryKeyValueStore();
    const model = fake({ cache, metadata: { maxBatchSize: 100 } });
    async function* slow() {
      yield 'a';
      await hangs();
    }
    const iterator = model.embedStream(slow())[Symbol.asyncIterator]();
    const pending = iterator.next();
    expect([...(await model.embedText('a'))]).toEqual(vectorOf('a'));
    expect((await pending).value).toMatchObject({ input: 'a' });
    await iterator.return?.();
  });

  it('S-01: refuses a store that lacks members, naming them, at construction', () => {
    const { iterate: _, getMany: __, ...rest } = storeWith({});
    expect(() => fake({ cache: rest as KeyValueStore })).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringMatching(/`store`.*getMany\(\), iterate\(\)/),
      }),
    );
    expect(() => fake({ cache: null as unknown as KeyValueStore })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });

  it.each([
    [
      'throws on reading',
      {
        getMany: () => {
          throw new Error('disk gone');
        },
      },
      'read: disk gone',
    ],
    ['rejects on reading', { getMany: () => Promise.reject(new Error('disk gone')) }, 'read: disk gone'],
    ['rejects on writing', { setMany: () => Promise.reject(new Error('disk gone')) }, 'written: disk gone'],
    [
      'rejects with an abort of its own',
      { getMany: () => Promise.reject(new DOMException('x', 'AbortError')) },
      'read: x',
    ],
    ['gives too few values', { getMany: async () => [] }, '0 values for 2 keys'],
  ])(
    'S-01: goes on uncached with a warning and an event when the store %s',
    async (_what, members, message) => {
      const events = recorded('warning');
      const model = fake({ cache: storeWith(members) });
      const { embeddings, warnings } = await model.embedTexts(['a', 'b']);
      expect(numbers(embeddings)).toEqual([vectorOf('a'), vectorOf('b')]);
      expect(warnings).toEqual([
        { type: 'other', setting: 'cache', message: expect.stringContaining(message) },
      ]);
      expect(events.length).toBe(1);
    },
  );

  it('S-01: waits for a store that does not answer once, and no longer than the time bound', async () => {
    const getMany = vi.fn(hangs);
    const setMany = vi.fn(hangs);
    const model = fake({ cache: storeWith({ getMany, setMany }) });
    const texts = Array.from({ length: 300 }, (_, at) => `t${at}`);
    const { embeddings, warnings } = await model.embedTexts(texts, { timeoutMs: 20 });
    expect(embeddings.length).toBe(300);
    expect(warnings).toMatchObject([{ message: expect.stringContaining('did not answer within 20 ms') }]);
    expect([getMany.mock.calls.length, setMany.mock.calls.length]).toEqual([1, 0]);
  });

  it("C-01: rejects with the caller's reason while the store hangs", async () => {
    const events = recorded('warning');
    const model = fake({ cache: storeWith({ getMany: hangs }) });
    const controller = new AbortController();
    const call = model.embedText('a', { signal: controller.signal });
    await settle();
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    expect(events).toEqual([]);
  });

  it('M-04: has in the cache what a sibling finished while another batch failed', async () => {
    const memory = new MemoryKeyValueStore();
    const cache = storeWith({
      setMany: async (entries, options) => (await settle(20), memory.setMany(entries, options)),
    });
    const model = fake({
      cache,
      metadata: { maxBatchSize: 1 },
      embed: async (inputs, request) => {
        if (inputs[0] === 'good') return replyTo(inputs, request);
        await settle(5);
        throw new MortiseError('server', 'down', { retryable: false });
      },
    });
    const error = await model.embedTexts(['good', 'bad']).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'server' });
    expect(numbers((error as { partial: PartialEmbeddingResult }).partial.embeddings)).toEqual([
      vectorOf('good'),
      [],
    ]);
    expect((await entriesOf(memory)).length).toBe(1);
  });

  it('M-06: refuses options that make no sense, by a rejection or before the stream is read', async () => {
    const model = fake({ cache: new MemoryKeyValueStore() });
    const refused = { code: 'configuration' };
    await expect(model.embedTexts(['a'], { timeoutMs: -1 })).rejects.toMatchObject(refused);
    await expect(model.embedText('a', { timeoutMs: -1 })).rejects.toMatchObject(refused);
    expect(() => model.embedStream(['a'], { concurrency: 0 })).toThrow(expect.objectContaining(refused));
    expect(model.requests).toEqual([]);
  });

  it('M-06: may stand in another cache, and both keep', async () => {
    const [near, far] = [new MemoryKeyValueStore(), new MemoryKeyValueStore()];
    const inner = fake({ cache: far });
    const model = withEmbeddingCache(inner, near);
    await model.embedTexts(['a', 'b', 'c', 'd']);
    expect([(await entriesOf(near)).length, (await entriesOf(far)).length]).toEqual([4, 4]);
    const again = withEmbeddingCache(inner, new MemoryKeyValueStore());
    expect((await again.embedTexts(['a', 'e'])).cached).toBe(1);
    expect(inner.requests).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
  });

  it('M-06: writes what the model gave, also when the caller changes it before a slow store has written', async () => {
    const memory = new MemoryKeyValueStore();
    const late = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const cache = storeWith({
      setMany: async (entries, options) => {
        await late.promise;
        await memory.setMany(entries, options);
        written.resolve();
      },
    });
    const vector = await fake({ cache }).embedText('a', { timeoutMs: 20 });
    vector.fill(0);
    late.resolve();
    await written.promise;
    expect([...(await fake({ cache: memory }).embedText('a'))]).toEqual(vectorOf('a'));
  });

  it('M-06: tells scopes apart, and drops what its time is over', async () => {
    const cache = new MemoryKeyValueStore();
    const inner = fake();
    await withEmbeddingCache(inner, cache, { scope: 'one', ttlMs: 30 }).embedText('a');
    await withEmbeddingCache(inner, cache, { scope: 'two' }).embedText('a');
    await withEmbeddingCache(inner, cache, { scope: 'one' }).embedText('a');
    expect(inner.requests.length).toBe(2);
    await settle(60);
    await withEmbeddingCache(inner, cache, { scope: 'one' }).embedText('a');
    expect(inner.requests.length).toBe(3);
  });

  it('M-06: looks up without sending anything', async () => {
    const cache = new MemoryKeyValueStore();
    const inner = fake();
    await withEmbeddingCache(inner, cache).embedTexts(['a', 'c']);
    const found = await lookUpEmbeddings(inner, cache, ['a', 'b', 'c']);
    expect(numbers(found)).toEqual([vectorOf('a'), [], vectorOf('c')]);
    expect(inner.requests).toEqual([['a', 'c']]);
  });

  it('M-06: makes its own request in a stream when the call that it waited for has failed', async () => {
    const cache = new MemoryKeyValueStore();
    let calls = 0;
    const model = fake({
      cache,
      embed: async (inputs, request) => {
        if (calls++ > 0) return replyTo(inputs, request);
        await settle(20);
        throw new MortiseError('server', 'down', { retryable: false });
      },
    });
    const first = model.embedTexts(['a', 'b']).catch((error: unknown) => error);
    await vi.waitFor(() => expect(model.requests.length).toBe(1), 20_000);
    const seen: string[] = [];
    for await (const { input } of model.embedStream(['b', 'c', 'a'])) seen.push(input as string);
    expect(await first).toMatchObject({ code: 'server' });
    expect(seen).toEqual(['b', 'c', 'a']);
  });
});
