import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  BaseLLM,
  MortiseError,
  subscribe,
  type ChatOptions,
  type ChatReply,
  type ChatStreamEvent,
  type LLM,
  type LLMMetadata,
  type MortiseEvent,
  type StreamBatch,
} from '@mortise/core';
import { MemoryKeyValueStore, type KeyValueStore, type StoreValue } from '@mortise/core/store';
import { createBudget, withBudget, withCache } from '@mortise/toolkit';
import { ScriptedLLM } from '@mortise/core/testing';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

function recorded(name: string): MortiseEvent[] {
  const events: MortiseEvent[] = [];
  stops.push(subscribe((event) => void (event.name === name && events.push(event))));
  return events;
}

/** Every kind of block a stream can tell of. */
const REPLY: ChatReply = {
  content: [
    { type: 'reasoning', text: 'Let me see.', signature: 'c2ln', encrypted: 'ZW5j' },
    {
      type: 'text',
      text: 'The answer',
      citations: [{ type: 'citation', url: 'https://a.example', quote: 'a' }],
    },
    { type: 'tool-call', id: 'c1', name: 'look', arguments: { at: [1, null] } },
    { type: 'tool-call', id: 'c2', name: 'look', arguments: {}, invalid: true, argumentsText: '{"at":' },
    { type: 'acme:search', found: { n: 3 } },
    { type: 'text', text: ' is 4.' },
  ],
  finishReason: { unified: 'tool-calls', raw: 'tool_use' },
  usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 2, raw: { prompt: 10 } },
  providerMetadata: { acme: { fingerprint: 'fp' } },
  warnings: [{ type: 'other', message: 'mind the gap' }],
  id: 'r1',
  model: 'm-2026',
  createdAt: '2026-11-22T00:00:00Z',
};

const model = (reply: ChatReply | string = REPLY) => new ScriptedLLM({ replies: () => reply, retry: false });
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function listOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const ways: [string, (llm: LLM, options?: ChatOptions) => Promise<unknown>][] = [
  ['chat', (llm, options) => llm.chat('Hi', options)],
  ['streamChat, final', (llm, options) => llm.streamChat('Hi', options).final()],
  [
    'streamChat, events',
    async (llm, options) => {
      const stream = llm.streamChat('Hi', options);
      for await (const { type } of stream) if (type === 'finish') break;
      return stream.final();
    },
  ],
  [
    'textStream',
    async (llm, options) => {
      const stream = llm.streamChat('Hi', options);
      expect((await listOf(stream.textStream)).join('')).toBe('The answer is 4.');
      return stream.final();
    },
  ],
];

const completions: [string, (llm: LLM, options?: ChatOptions) => Promise<unknown>][] = [
  ['complete', (llm, options) => llm.complete('Hi', options)],
  ['streamComplete, final', (llm, options) => llm.streamComplete('Hi', options).final()],
  [
    'streamComplete, read',
    async (llm, options) => {
      const stream = llm.streamComplete('Hi', options);
      expect((await listOf(stream)).join('')).toBe('The answer is 4.');
      return stream.final();
    },
  ],
];

interface Fields {
  readonly provider: string;
  readonly model: string;
  readonly scope: string;
  readonly kind: 'chat' | 'complete';
}

/** The key under which a call is looked up. */
async function keyOf({ scope, kind, ...names }: Fields, input: unknown, options: ChatOptions) {
  const store = new MemoryKeyValueStore();
  const asked = vi.spyOn(store, 'get').mockResolvedValue(undefined);
  const down = async () => Promise.reject(new MortiseError('server', 'down'));
  const llm = { ...names, metadata: {}, chat: down, complete: down } as unknown as LLM;
  await withCache(llm, store, { scope })
    [kind](input as string, options)
    .catch(() => undefined);
  return asked.mock.calls[0]?.[0];
}

describe('the key of a reply', () => {
  const fields: Fields = { provider: 'acme', model: 'm', scope: '', kind: 'chat' };

  it('gives the published keys', async () => {
    // Computed from the rule by another program.
    expect(await keyOf(fields, 'Hi', {})).toBe(
      'f18b1d4d98e57e0f4d2bd242a6f426dc33fd7fabdf01acec01ab47e47230a471',
    );
    const options = { providerOptions: { acme: { b: 1, a: [true, null] } }, temperature: 0.5 };
    expect(await keyOf({ ...fields, scope: 'eu', kind: 'complete' }, 'é😀', options)).toBe(
      '262325b1783001e55f6b2dc0989ac2e15506cdc9c9d38d432d13f8887556e2ed',
    );
    const source = { data: Uint8Array.of(1, 2), mediaType: 'image/png' };
    const tools = [{ name: 't', parameters: { type: 'object' }, execute: () => 1, schema: undefined }];
    const image = [{ role: 'user' as const, content: [{ type: 'image' as const, source }] }];
    expect(await keyOf(fields, image, { tools })).toBe(
      '603566979fb2ca2df51fb7f51f4b0b0abe83137a8fdb3746881674730dd660ef',
    );
  });

  it('tells everything apart that may change the answer, and nothing else', async () => {
    const different: [Partial<Fields>, string, ChatOptions][] = [
      [{}, 'Hi', {}],
      [{ provider: 'b' }, 'Hi', {}],
      [{ model: 'b' }, 'Hi', {}],
      [{ scope: 'b' }, 'Hi', {}],
      [{ kind: 'complete' }, 'Hi', {}],
      [{}, 'hi', {}],
      [{}, '\ud83d', {}],
      [{}, '\ufffd', {}],
      [{}, 'Hi', { temperature: 0 }],
      [{}, 'Hi', { topP: 1 }],
      [{}, 'Hi', { maxOutputTokens: 1 }],
      [{}, 'Hi', { stop: ['a'] }],
      [{}, 'Hi', { stop: ['b'] }],
      [{}, 'Hi', { seed: 1 }],
      [{}, 'Hi', { strict: true }],
      [{}, 'Hi', { reasoning: { effort: 'low' } }],
      [{}, 'Hi', { responseFormat: { type: 'json' } }],
      [{}, 'Hi', { tools: [{ name: 'a', parameters: {} }] }],
      [{}, 'Hi', { tools: [{ name: 'a', parameters: {}, description: 'b' }] }],
      [{}, 'Hi', { tools: [{ name: 'a', parameters: {} }], toolChoice: 'required' }],
      [{}, 'Hi', { providerOptions: { acme: { user: 'a' } } }],
      [{}, 'Hi', { providerOptions: { other: { user: 'a' } } }],
      [{}, 'Hi', { later: 1 } as ChatOptions],
    ];
    const keys = await Promise.all(
      different.map(([some, input, options]) => keyOf({ ...fields, ...some }, input, options)),
    );
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(different.length);
    const call = { signal: new AbortController().signal, timeoutMs: 1, deadlineMs: 2, parent: 'p' };
    expect(await keyOf(fields, 'Hi', { ...call, temperature: undefined })).toBe(keys[0]);
  });

  it('is injective over its fields, wherever one ends and the next begins', async () => {
    const piece = fc
      .array(fc.constantFrom('1', ':', 'a', 'u', '\ud83d', '"'), { maxLength: 3 })
      .map((p) => p.join(''));
    const call = fc.record({ provider: piece, model: piece, scope: piece, input: piece });
    await fc.assert(
      fc.asyncProperty(call, call, async (a, b) => {
        const of = ({ input, ...rest }: typeof a) => keyOf({ ...rest, kind: 'chat' }, input, {});
        expect((await of(a)) === (await of(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('withCache', () => {
  it.each(
    ways.flatMap(([first, ask]) => ways.map(([second, again]) => [first, second, ask, again] as const)),
  )('L-04: answers %s and then %s with one request and one response', async (_first, _second, ask, again) => {
    const inner = model();
    const llm = withCache(inner, new MemoryKeyValueStore());
    const expected = await model().chat('Hi');
    expect(await ask(llm)).toEqual(expected);
    expect(await again(llm)).toEqual(expected);
    expect(inner.requests).toHaveLength(1);
  });

  it.each(
    completions.flatMap(([first, ask]) =>
      completions.map(([second, again]) => [first, second, ask, again] as const),
    ),
  )('L-04: answers %s and then %s with one request and one response', async (_first, _second, ask, again) => {
    const inner = model();
    const llm = withCache(inner, new MemoryKeyValueStore());
    const expected = await model().complete('Hi');
    expect(await ask(llm)).toEqual(expected);
    expect(await again(llm)).toEqual(expected);
    // A chat is another question.
    await llm.chat('Hi');
    expect(inner.requests).toHaveLength(2);
  });

  it('L-03: replays events by which a reader of deltas alone rebuilds every block', async () => {
    const llm = withCache(model(), new MemoryKeyValueStore());
    await llm.chat('Hi');
    const events = await listOf(llm.streamChat('Hi'));
    const types = events.map(({ type }) => type);
    expect([types[0], types[1], types.at(-1)]).toEqual(['start', 'warning', 'finish']);
    const at = <T extends ChatStreamEvent['type']>(type: T) =>
      events.filter((event): event is Extract<ChatStreamEvent, { type: T }> => event.type === type);
    expect(at('block').map(({ index, block }) => [index, block])).toEqual(
      (await model().chat('Hi')).message.content.map((block, index) => [index, block]),
    );
    expect(at('text-delta').map(({ index, delta }) => [index, delta])).toEqual([
      [1, 'The answer'],
      [5, ' is 4.'],
    ]);
    expect(at('reasoning-delta').map(({ index, delta }) => [index, delta])).toEqual([[0, 'Let me see.']]);
    expect(at('tool-call-start').map(({ index, id, name }) => [index, id, name])).toEqual([
      [2, 'c1', 'look'],
      [3, 'c2', 'look'],
    ]);
    expect(at('tool-call-delta').map(({ delta }) => delta)).toEqual(['{"at":[1,null]}', '{"at":']);
    expect(at('citation').map(({ index, citation }) => [index, citation.quote])).toEqual([[1, 'a']]);
  });

  it('L-05: L-06 a replayed stream is lazy, single use, and can be left', async () => {
    const memory = new MemoryKeyValueStore();
    let looks = 0;
    const store = over(memory, { get: (key, options) => (looks++, memory.get(key, options)) });
    const llm = withCache(model(), store);
    await llm.chat('Hi');
    looks = 0;
    const stream = llm.streamChat('Hi');
    await settle();
    expect(looks).toBe(0);
    for await (const _event of stream) break;
    expect(() => stream[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
    const cancelled = llm.streamChat('Hi');
    await cancelled.cancel();
    expect(await listOf(cancelled)).toEqual([]);
    expect(llm.streamChat('Hi').partial.text).toBe('');
  });

  it('C-05: gives every caller a response of its own', async () => {
    const llm = withCache(model(), new MemoryKeyValueStore());
    const [first, second] = await Promise.all([llm.chat('Hi'), llm.chat('Hi')]);
    first.message.content.length = 0;
    Object.assign(second.usage, { inputTokens: 99 });
    expect((await llm.chat('Hi')).usage.inputTokens).toBe(10);
    expect((await llm.chat('Hi')).message.content).toHaveLength(6);
  });

  it.each([...ways, ...completions])('asks once for equal calls at once: %s', async (_name, ask) => {
    const inner = new ScriptedLLM({ replies: async () => (await settle(), REPLY), retry: false });
    const llm = withCache(inner, new MemoryKeyValueStore());
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(llm)));
    expect(inner.requests).toHaveLength(1);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('does not let those who wait depend on the reader of a stream', async () => {
    const inner = model();
    const llm = withCache(inner, new MemoryKeyValueStore());
    const reader = llm.streamChat('Hi')[Symbol.asyncIterator]();
    await reader.next();
    expect((await llm.chat('Hi')).text).toBe('The answer is 4.');
    expect(inner.requests).toHaveLength(1);
    let text = '';
    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      if (next.value.type === 'text-delta') text += next.value.delta;
    expect(text).toBe('The answer is 4.');
  });

  it.each(['chat', 'stream'])(
    'makes its own request when the %s it waited for fails or leaves',
    async (kind) => {
      let failures = 1;
      const inner = new ScriptedLLM({
        replies: async () => {
          await settle();
          return failures-- > 0 ? new MortiseError('server', 'down') : 'ok';
        },
        retry: false,
      });
      const llm = withCache(inner, new MemoryKeyValueStore());
      const first = kind === 'chat' ? llm.chat('Hi') : llm.streamChat('Hi').final();
      const [failed, ...others] = await Promise.allSettled([
        first,
        llm.chat('Hi'),
        llm.streamChat('Hi').final(),
      ]);
      expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'server' } });
      expect(others.map((other) => other.status === 'fulfilled' && other.value.text)).toEqual(['ok', 'ok']);
      expect(inner.requests).toHaveLength(2);
    },
  );

  it('C-01: the abort of one caller is not that of another, and rejects with its own reason', async () => {
    const inner = new ScriptedLLM({ replies: async () => (await settle(), 'ok'), retry: false });
    const llm = withCache(inner, new MemoryKeyValueStore());
    const [leader, follower] = [new AbortController(), new AbortController()];
    const leading = llm.chat('Hi', { signal: leader.signal });
    const following = llm.chat('Hi', { signal: follower.signal });
    const patient = llm.streamChat('Hi').final();
    follower.abort('second');
    await expect(following).rejects.toBe('second');
    leader.abort('first');
    await expect(leading).rejects.toBe('first');
    expect((await patient).text).toBe('ok');
    const aborted = { signal: AbortSignal.abort('never') };
    await expect(llm.chat('Hi', aborted)).rejects.toBe('never');
    await expect(llm.streamChat('Hi', aborted).final()).rejects.toBe('never');
  });

  it('L-06: keeps nothing of a stream that was left or cut, and asks again', async () => {
    class Cut extends BaseLLM {
      requests = 0;
      override readonly metadata: LLMMetadata = { isChatModel: true, capabilities: {} };
      doGenerate = () => Promise.resolve<ChatReply>({ content: [], finishReason: REPLY.finishReason });
      override async *doStream(): AsyncGenerator<StreamBatch> {
        this.requests++;
        yield { type: 'text-delta', index: 0, delta: 'half' };
        if (this.requests === 2) yield { type: 'finish', finishReason: REPLY.finishReason, usage: {} };
      }
    }
    const inner = new Cut({ provider: 'acme', model: 'cut', retry: false });
    const memory = new MemoryKeyValueStore();
    const llm = withCache(inner, memory);
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code: 'stream-truncated' });
    for await (const { type } of llm.streamChat('Hi')) if (type === 'text-delta') break;
    await settle();
    expect(memory.bytes).toBe(0);
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code: 'stream-truncated' });
    expect(inner.requests).toBe(3);
  });

  it('does not keep a failure', async () => {
    const inner = new ScriptedLLM({ replies: [new MortiseError('server', 'down'), 'ok'], retry: false });
    const llm = withCache(inner, new MemoryKeyValueStore());
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'server' });
    expect((await llm.chat('Hi')).text).toBe('ok');
  });

  const corruptions: [string, (value: { sha256: string; reply: ChatReply }) => StoreValue][] = [
    ['bytes', () => Uint8Array.of(1, 2, 3)],
    ['something else', () => ({ text: 'ok' })],
    ['a list', () => []],
    ['a changed reply', (value) => ({ ...value, reply: { ...value.reply, id: 'r2' } }) as never],
    ['a reply without its content', ({ sha256 }) => ({ sha256, reply: {} })],
    ['no hash', ({ reply }) => ({ reply }) as never],
  ];
  it.each(corruptions)('takes %s in the store as a miss, with a warning', async (_what, corrupt) => {
    const memory = new MemoryKeyValueStore();
    const inner = model();
    const llm = withCache(inner, memory);
    const expected = await llm.chat('Hi');
    for await (const [key, value] of memory.iterate({ namespace: 'llm' }))
      await memory.set(key, corrupt(value as never), { namespace: 'llm' });
    const warnings = recorded('warning');
    expect(await llm.chat('Hi')).toEqual(expected);
    expect(warnings.map(({ attributes }) => attributes['setting'])).toContain('cache');
    expect(await llm.chat('Hi')).toEqual(expected);
    expect(inner.requests).toHaveLength(2);
  });

  const broken: [string, Partial<KeyValueStore>][] = [
    [
      'rejects',
      { get: () => Promise.reject(new Error('gone')), set: () => Promise.reject(new Error('gone')) },
    ],
    [
      'throws',
      {
        get: () => {
          throw new Error('gone');
        },
      },
    ],
    ['cannot be written', { set: () => Promise.reject(new Error('full')) }],
  ];
  it.each(broken)('goes on without a store that %s, with a warning', async (_what, members) => {
    const inner = model();
    const llm = withCache(inner, over(new MemoryKeyValueStore(), members));
    const warnings = recorded('warning');
    const expected = await model().chat('Hi');
    expect(await llm.chat('Hi')).toEqual(expected);
    expect(await llm.streamChat('Hi').final()).toEqual(expected);
    expect(inner.requests).toHaveLength(2);
    const about = warnings.filter(({ attributes }) => attributes['setting'] === 'cache');
    expect(about.length).toBeGreaterThan(0);
    expect(about[0]?.attributes['message']).toContain('The call goes on without it.');
  });

  it('S-01: names the members that a store lacks, at construction', () => {
    expect(() => withCache(model(), new Map() as never)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining('getMany()') }),
    );
  });

  it('tells hits and misses as events', async () => {
    const events = recorded('cache');
    const llm = withCache(model(), new MemoryKeyValueStore());
    await llm.chat('Hi');
    await llm.streamChat('Hi').final();
    const about = { provider: 'scripted', model: 'script' };
    expect(events.map(({ attributes }) => attributes)).toEqual([
      { ...about, hits: 0, misses: 1 },
      { ...about, hits: 1, misses: 0 },
    ]);
  });

  it('asks uncached, with a warning, where the options are no JSON', async () => {
    const inner = model('ok');
    const llm = withCache(inner, new MemoryKeyValueStore());
    const warnings = recorded('warning');
    const options = { providerOptions: { scripted: { hook: () => 1 } } };
    for (let n = 0; n < 2; n++) expect((await llm.chat('Hi', options)).text).toBe('ok');
    expect(inner.requests).toHaveLength(2);
    expect(warnings[0]?.attributes['message']).toContain('providerOptions.scripted.hook');
  });

  it('keeps what two models of one name say apart by scope, and forgets after the ttl', async () => {
    const store = new MemoryKeyValueStore();
    const a = withCache(model('a'), store, { scope: 'a', ttlMs: 30 });
    const b = withCache(model('b'), store, { scope: 'b' });
    const shared = withCache(model('c'), store, { scope: 'a' });
    const texts = async () =>
      [await a.chat('Hi'), await b.chat('Hi'), await shared.chat('Hi')].map(({ text }) => text);
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    expect(await texts()).toEqual(['a', 'b', 'a']);
    vi.advanceTimersByTime(60);
    expect((await shared.chat('Hi')).text).toBe('c');
  });
});

it('L-06: a wrapped stream is not left by a reader who stops at the terminal event', async () => {
  const budget = createBudget({ maxTokens: 10_000 });
  const llm = withBudget(model(), budget);
  const stream = llm.streamChat('Hi', { maxOutputTokens: 1000 });
  for await (const { type } of stream) if (type === 'finish') break;
  expect((await stream.final()).text).toBe('The answer is 4.');
  // What it really took, not what was set aside for it.
  expect(budget.spent).toBe(15);
});

/** `store` with some members replaced. */
function over(store: KeyValueStore, members: Partial<KeyValueStore>): KeyValueStore {
  return {
    get: (key, options) => store.get(key, options),
    set: (key, value, options) => store.set(key, value, options),
    delete: (key, options) => store.delete(key, options),
    getMany: (keys, options) => store.getMany(keys, options),
    setMany: (entries, options) => store.setMany(entries, options),
    iterate: (options) => store.iterate(options),
    ...members,
  };
}
