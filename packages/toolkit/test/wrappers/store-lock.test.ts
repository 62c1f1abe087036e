import { BaseLLM, MortiseError, subscribe, type ChatReply, type LLM, type LLMMetadata } from '@mortise/core';
import { MemoryKeyValueStore, type KeyLock, type KeyValueStore } from '@mortise/core/store';
import { withCache, withEmbeddingCache } from '@mortise/toolkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fake, numbers, replyTo, settle, vectorOf } from './fake-embedding.ts';

/** A place that processes share: each has a store of its own on it. What a process holds is freed when it dies. */
function shared() {
  const memory = new MemoryKeyValueStore();
  const held = new Map<string, object>();
  const asked: string[][] = [];
  const process = (changes: Partial<KeyValueStore> = {}) => {
    const mine = new Set<object>();
    const store: KeyValueStore = {
      get: (...given) => memory.get(...given),
      set: (...given) => memory.set(...given),
      delete: (...given) => memory.delete(...given),
      getMany: (...given) => memory.getMany(...given),
      setMany: (...given) => memory.setMany(...given),
      iterate: (...given) => memory.iterate(...given),
      async lock(keys, { signal } = {}): Promise<KeyLock> {
        signal?.throwIfAborted();
        asked.push([...keys]);
        const holder = {};
        mine.add(holder);
        const free = keys.filter((key) => !held.has(key));
        for (const key of free) held.set(key, holder);
        return { keys: free, release: async () => drop(holder) };
      },
      ...changes,
    };
    return { store, die: () => mine.forEach(drop) };
  };
  const drop = (holder: object): void => {
    for (const [key, other] of held) if (other === holder) held.delete(key);
  };
  return { process, held, asked };
}

/** A model that answers after a while, or not at all. */
class Slow extends BaseLLM {
  readonly metadata: LLMMetadata = { isChatModel: true, capabilities: {} };
  asked = 0;
  readonly #answer: (asked: number) => Promise<string>;

  constructor(
    answer: (asked: number) => Promise<string> = async (asked) => (await settle(20), `answer ${asked}`),
  ) {
    super({ provider: 'acme', model: 'slow', retry: false });
    this.#answer = answer;
  }

  async doGenerate(): Promise<ChatReply> {
    const text = await this.#answer(++this.asked);
    return {
      content: [{ type: 'text', text }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: {},
      warnings: [],
    };
  }
}

function warnings(): string[] {
  const said: string[] = [];
  const stop = subscribe(({ name, attributes }) => {
    if (name === 'warning') said.push(`${(attributes as { message?: string }).message}`);
  });
  onTestFinished(stop);
  return said;
}

const ways: [string, (llm: LLM) => Promise<{ text: string }>][] = [
  ['chat', (llm) => llm.chat('Why?')],
  ['complete', (llm) => llm.complete('Why?')],
  ['streamChat', (llm) => llm.streamChat('Why?').final()],
  ['streamComplete', (llm) => llm.streamComplete('Why?').final()],
];

it.each(ways)('S-06: %s asks once for all processes that share a store with a lock', async (_way, ask) => {
  const { process, held } = shared();
  const model = new Slow();
  const processes = [0, 1, 2, 3].map(() => withCache(model, process().store));
  const texts = await Promise.all(processes.flatMap((llm) => [ask(llm), ask(llm)]));
  expect(model.asked).toBe(1);
  expect(new Set(texts.map(({ text }) => text))).toEqual(new Set(['answer 1']));
  await settle();
  expect(held.size).toBe(0);
});

it('S-06: a stream that is left unread in one process holds up no other one', async () => {
  const { process } = shared();
  const model = new Slow();
  const one: LLM = withCache(model, process().store);
  const other: LLM = withCache(model, process().store);
  const unread = one.streamChat('Why?')[Symbol.asyncIterator]();
  await unread.next();
  expect((await other.chat('Why?')).text).toBe('answer 1');
  await unread.return?.();
  expect(model.asked).toBe(1);
});

it('S-06: where the process that asks fails, leaves or dies, another one asks', async () => {
  const { process, held } = shared();
  const failing = new Slow(async () => {
    await settle(20);
    throw new MortiseError('server', 'down', { retryable: false });
  });
  const hanging = new Slow(() => new Promise(() => undefined));
  const model = new Slow();
  const first = withCache(failing, process().store).chat('a');
  const controller = new AbortController();
  const dying = process();
  const left = withCache(hanging, process().store).chat('b', { signal: controller.signal });
  void withCache(hanging, dying.store)
    .chat('c')
    .catch(() => undefined);
  await settle();
  expect(held.size).toBe(3);
  const live = withCache(model, process().store);
  const all = Promise.all(['a', 'b', 'c'].map((text) => live.chat(text)));
  await expect(first).rejects.toThrow('down');
  controller.abort('enough');
  await expect(left).rejects.toBe('enough');
  await settle(50);
  dying.die();
  await all;
  expect(model.asked).toBe(3);
});

it('C-01: who waits for another process leaves at once with its reason, and holds nothing', async () => {
  const { process, held } = shared();
  const model = new Slow(() => new Promise(() => undefined));
  const controller = new AbortController();
  const holding = withCache(model, process().store).chat('a', { signal: controller.signal });
  const embedding = fake({ cache: process().store, embed: () => new Promise(() => undefined) });
  const made = embedding.embedTexts(['x'], { signal: controller.signal });
  await settle();
  const { store } = process();
  const leaving = new AbortController();
  const { signal } = leaving;
  const waiting = [
    withCache(model, store).chat('a', { signal }),
    fake({ cache: store }).embedTexts(['x', 'y'], { signal }),
    fake({ cache: store }).embedText('x', { signal }),
    fake({ cache: store }).embedStream(['x'], { signal })[Symbol.asyncIterator]().next(),
  ];
  await settle(60);
  leaving.abort('enough');
  for (const one of waiting) await expect(one).rejects.toBe('enough');
  controller.abort('over');
  await Promise.allSettled([holding, made]);
  await settle();
  expect(held.size).toBe(0);
});

it('S-06: texts of several processes, in lists, streams and one by one, are embedded once', async () => {
  const { process, held } = shared();
  const embed = vi.fn(async (inputs: readonly string[], request: Parameters<typeof replyTo>[1]) => {
    await settle(20);
    return replyTo(inputs, request);
  });
  const models = [0, 1, 2, 3].map(() =>
    fake({ cache: process().store, embed, metadata: { maxBatchSize: 4 } }),
  );
  const all = Array.from({ length: 40 }, (_, at) => `text ${at}`);
  const stream = async (model: (typeof models)[number], texts: readonly string[]) => {
    const vectors: Float32Array[] = [];
    for await (const { embedding } of model.embedStream(texts)) vectors.push(embedding);
    return vectors;
  };
  const [list, backwards, streamed, single] = await Promise.all([
    models[0]!.embedTexts(all).then(({ embeddings }) => embeddings),
    models[1]!.embedTexts(all.toReversed()).then(({ embeddings }) => embeddings.toReversed()),
    stream(models[2]!, all),
    Promise.all(all.map((text) => models[3]!.embedText(text))),
  ]);
  const expected = all.map((text) => vectorOf(text));
  for (const vectors of [list, backwards, streamed, single]) expect(numbers(vectors)).toEqual(expected);
  expect(embed.mock.calls.flatMap(([inputs]) => inputs).toSorted()).toEqual(all.toSorted());
  await settle();
  expect(held.size).toBe(0);
});

it('S-06: processes that take over from a dead one do not wait for each other', async () => {
  const { process, held } = shared();
  const dying = process();
  for (const texts of [['a'], ['b']])
    void fake({ cache: dying.store, embed: () => new Promise(() => undefined) })
      .embedTexts(texts)
      .catch(() => undefined);
  await settle();
  const models = [0, 1].map(() => fake({ cache: process().store }));
  const calls = [models[0]!.embedTexts(['a', 'b']), models[1]!.embedTexts(['b', 'a'])];
  await settle(40);
  // One of the two keys falls to each of them.
  const [a, b] = [...held.keys()];
  held.delete(a as string);
  await settle(80);
  held.delete(b as string);
  for (const { embeddings } of await Promise.all(calls)) expect(embeddings).toHaveLength(2);
  expect(models.flatMap(({ requests }) => requests.flat()).toSorted()).toEqual(['a', 'b']);
});

it.each<[string, Partial<KeyValueStore>]>([
  ['fails', { lock: () => Promise.reject(new Error('down')) }],
  [
    'throws',
    {
      lock: () => {
        throw new Error('down');
      },
    },
  ],
  ['is none', { lock: async () => ({}) as KeyLock }],
  ['says nothing', { lock: async () => undefined as unknown as KeyLock }],
])('S-01: a lock that %s costs a warning, never the call', async (_what, changes) => {
  const { process } = shared();
  const said = warnings();
  const { store } = process(changes);
  const model = new Slow();
  expect((await withCache(model, store).chat('a')).text).toBe('answer 1');
  const embedding = fake({ cache: store });
  expect((await embedding.embedTexts(['a', 'b'])).embeddings).toHaveLength(2);
  expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/could not be locked/)]));
  expect(model.asked).toBe(1);
});

it('S-06: what is there is not locked, and a list locks no more than some thousand keys', async () => {
  const { process, asked } = shared();
  const { store } = process();
  const embedding = fake({ cache: store, metadata: { maxBatchSize: 2_048 } });
  const texts = Array.from({ length: 6_000 }, (_, at) => `${at}`);
  await embedding.embedTexts(texts);
  expect(asked.flat()).toHaveLength(4_096);
  asked.splice(0);
  expect((await embedding.embedTexts(texts)).cached).toBe(6_000);
  expect(asked).toEqual([]);
});

it('S-06: with `lock: false` no process waits for another', async () => {
  const { process, asked } = shared();
  const { store } = process();
  await withEmbeddingCache(fake(), store, { lock: false }).embedTexts(['a', 'b']);
  expect(asked).toEqual([]);
  expect((await withEmbeddingCache(fake(), store, { lock: false }).embedTexts(['a', 'b'])).cached).toBe(2);
});
