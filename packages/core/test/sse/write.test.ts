import { afterEach, describe, expect, it, vi } from 'vitest';
import { MortiseError, BaseLLM, createResponseStream } from '@mortise/core';
import type {
  Attempt,
  ChatReply,
  ChatStreamEvent,
  LLMMetadata,
  QueryResponse,
  ResponseStreamEvent,
} from '@mortise/core';
import { toResponse, toSSE } from '@mortise/core/sse';
import { ScriptedLLM } from '@mortise/core/testing';

/** An LLM whose stream is what a test makes of the attempt. */
class StreamLLM extends BaseLLM {
  readonly #make: (attempt: Attempt) => AsyncIterable<ChatStreamEvent>;

  constructor(make: (attempt: Attempt) => AsyncIterable<ChatStreamEvent>) {
    super({ provider: 'acme', model: 'a-1', retry: false });
    this.#make = make;
  }

  get metadata(): LLMMetadata {
    return { isChatModel: true, capabilities: {} };
  }

  doGenerate(): Promise<ChatReply> {
    throw new Error('not used');
  }

  override doStream(_request: unknown, attempt: Attempt): AsyncIterable<ChatStreamEvent> {
    return this.#make(attempt);
  }
}

const text = (delta: string): ChatStreamEvent => ({ type: 'text-delta', index: 0, delta });

/** Yields the events, then waits for the abort of its attempt, and says when it came. */
async function* waits(attempt: Attempt, onAbort: () => void, ...events: ChatStreamEvent[]) {
  attempt.signal.addEventListener('abort', onAbort);
  yield* events;
  await new Promise(() => undefined);
}

async function* listed<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

const all = (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> => new Response(stream).text();

const decoded = ({ value }: { value?: Uint8Array | undefined }): string => new TextDecoder().decode(value);

afterEach(() => {
  vi.useRealTimers();
});

describe('what is sent', () => {
  it('is one line of JSON for each event of a chat, then its end', async () => {
    const llm = new ScriptedLLM({ replies: ['ab'], pieceLength: 1, usage: { inputTokens: 1 } });
    expect(await all(llm.streamChat('hi').toSSE())).toBe(
      [
        'data: {"model":"script","type":"start"}',
        'data: {"type":"text-delta","index":0,"delta":"a"}',
        'data: {"type":"text-delta","index":0,"delta":"b"}',
        'data: {"type":"block","index":0,"block":{"type":"text","text":"ab"}}',
        'data: {"type":"finish","finishReason":{"unified":"stop","raw":"stop"},"usage":{"inputTokens":1}}',
        'event: end\ndata: {}',
        '',
      ].join('\n\n'),
    );
  });

  it('is the text of a completion, piece by piece', async () => {
    const llm = new ScriptedLLM({ replies: ['a\nb'], pieceLength: 2 });
    expect(await all(llm.streamComplete('hi').toSSE())).toBe(
      'data: "a\\n"\n\ndata: "b"\n\nevent: end\ndata: {}\n\n',
    );
  });

  it('is a response that is neither kept nor collected on the way', async () => {
    const response = new ScriptedLLM({ replies: ['a'] }).streamComplete('hi').toResponse({ heartbeatMs: 0 });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(await response.text()).toBe('data: "a"\n\nevent: end\ndata: {}\n\n');
  });

  it('is made of any iterable by the functions', async () => {
    expect(await all(toSSE(listed(1, undefined, null)))).toBe(
      'data: 1\n\ndata: null\n\nevent: end\ndata: {}\n\n',
    );
    expect(await toResponse(listed('x')).text()).toBe('data: "x"\n\nevent: end\ndata: {}\n\n');
  });
});

describe('reading', () => {
  it('takes nothing of the model before the client reads, and one event for each read', async () => {
    let taken = 0;
    const numbers = (async function* () {
      for (;;) yield ++taken;
    })();
    const reader = toSSE(numbers).getReader();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(taken).toBe(0);
    expect(decoded(await reader.read())).toBe('data: 1\n\n');
    expect(decoded(await reader.read())).toBe('data: 2\n\n');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(taken).toBe(2);
    await reader.cancel();
  });

  it("is the stream's one reading", () => {
    const stream = new ScriptedLLM({ replies: ['a'] }).streamChat('hi');
    stream.toSSE();
    expect(() => stream.toResponse()).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('refuses options that are none', () => {
    const stream = new ScriptedLLM({ replies: [] }).streamChat('hi');
    const refused = expect.objectContaining({ code: 'invalid-request' });
    expect(() => stream.toSSE(null as never)).toThrow(refused);
    expect(() => stream.toSSE({ signal: {} as never })).toThrow(refused);
  });
});

describe('a client that leaves', () => {
  it("closes the model's connection, also while it waits", async () => {
    const closed = vi.fn<() => void>();
    const llm = new StreamLLM((attempt) => waits(attempt, closed, text('a')));
    const stream = llm.streamChat('hi');
    const reader = stream.toSSE().getReader();
    await reader.read();
    await reader.read();
    const waiting = reader.read();
    await reader.cancel();
    expect(closed).toHaveBeenCalledOnce();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted', partial: { text: 'a' } });
  });

  it('may be told by a signal, also while nobody reads', async () => {
    const closed = vi.fn<() => void>();
    const llm = new StreamLLM((attempt) => waits(attempt, closed, text('a')));
    const gone = new AbortController();
    const reader = llm.streamChat('hi').toSSE({ signal: gone.signal }).getReader();
    await reader.read();
    expect(closed).not.toHaveBeenCalled();
    gone.abort();
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
    expect(decoded(await reader.read())).toBe(
      'event: error\ndata: {"code":"aborted","message":"The stream failed: aborted.","retryable":false}\n\n',
    );
    expect((await reader.read()).done).toBe(true);
  });

  it('ends what an iterable of its own waits for', async () => {
    const gone = new AbortController();
    const stalled = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const sent = all(toSSE(stalled, { signal: gone.signal }));
    gone.abort(new MortiseError('timeout', 'Too late.'));
    expect(await sent).toContain('"code":"timeout"');
  });

  it('sends nothing when it left before', async () => {
    const llm = new ScriptedLLM({ replies: ['a'] });
    expect(await all(llm.streamChat('hi').toSSE({ signal: AbortSignal.abort() }))).toContain(
      '"code":"aborted"',
    );
    expect(llm.requests).toEqual([]);
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await all(toSSE(listed(1), { signal }));
    await toSSE(listed(1), { signal }).cancel();
    expect(added).toHaveBeenCalledTimes(2);
    for (const [, listener] of added.mock.calls) expect(removed).toHaveBeenCalledWith('abort', listener);
  });
});

describe('a failure', () => {
  const error = new MortiseError('rate-limit', 'Slow down, http://10.0.0.1 says with key sk-123.', {
    cause: new Error('sk-123'),
    partial: 'sk-123',
  });

  async function* fails(thrown: unknown) {
    yield text('a');
    throw thrown;
  }

  it('in mid-stream is a frame with its code, and without what it says', async () => {
    const sent = await all(new StreamLLM(() => fails(error)).streamChat('hi').toSSE());
    expect(sent.split('\n\n').slice(-3)).toEqual([
      'data: {"type":"text-delta","index":0,"delta":"a"}',
      'event: error\ndata: {"code":"rate-limit","message":"The stream failed: rate-limit.","retryable":true}',
      '',
    ]);
  });

  it('before the first event is a frame too, since the status was sent', async () => {
    const response = new ScriptedLLM({ replies: [error], retry: false }).streamChat('hi').toResponse();
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      'event: error\ndata: {"code":"rate-limit","message":"The stream failed: rate-limit.","retryable":true}\n\n',
    );
  });

  it('says its message where that is asked for, never its cause', async () => {
    const sent = await all(toSSE(fails(error), { show: { errors: true } }));
    expect(sent).toContain(`"message":${JSON.stringify(error.message)},"retryable":true}\n\n`);
    const foreign = await all(toSSE(fails(new TypeError('sk-123')), { show: { errors: true } }));
    expect(foreign).toContain(
      '{"code":"internal","message":"The stream failed: internal.","retryable":false}',
    );
  });

  it.each([
    [new DOMException('x', 'AbortError'), 'aborted'],
    [new DOMException('x', 'TimeoutError'), 'timeout'],
    [undefined, 'internal'],
    ['sk-123', 'internal'],
  ])('of %s is %s', async (thrown, code) => {
    const [, frame] = (await all(toSSE(fails(thrown)))).split('\n\n');
    expect(frame).toBe(
      `event: error\ndata: {"code":"${code}","message":"The stream failed: ${code}.","retryable":false}`,
    );
  });

  it('of what JSON cannot hold leaves the stream', async () => {
    const left = vi.fn<() => void>();
    const events = (async function* () {
      try {
        yield { type: 'x:y', size: 1n };
      } finally {
        left();
      }
    })();
    expect(await all(toSSE(events, { show: { own: true } }))).toContain('"code":"internal"');
    expect(left).toHaveBeenCalledOnce();
  });
});

describe('a silence', () => {
  it('is broken by comments while the client waits, and by nothing else', async () => {
    vi.useFakeTimers();
    let say!: (value: IteratorResult<string>) => void;
    const next = () => new Promise<IteratorResult<string>>((resolve) => (say = resolve));
    const reader = toSSE({ [Symbol.asyncIterator]: () => ({ next }) }).getReader();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
    for (let at = 0; at < 2; at++) {
      const read = reader.read();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(decoded(await read)).toBe(':\n\n');
    }
    expect(vi.getTimerCount()).toBe(0);
    const read = reader.read();
    say({ done: false, value: 'x' });
    expect(decoded(await read)).toBe('data: "x"\n\n');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind when the client leaves in it', async () => {
    vi.useFakeTimers();
    const next = () => new Promise<never>(() => undefined);
    const reader = toSSE({ [Symbol.asyncIterator]: () => ({ next }) }, { heartbeatMs: 10 }).getReader();
    void reader.read();
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(1);
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays one with heartbeatMs 0', async () => {
    vi.useFakeTimers();
    const next = () => new Promise<never>(() => undefined);
    const reader = toSSE({ [Symbol.asyncIterator]: () => ({ next }) }, { heartbeatMs: 0 }).getReader();
    void reader.read();
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
    await reader.cancel();
  });
});

describe('what is shown', () => {
  const sent = async (event: unknown, show?: Parameters<typeof toSSE>[1]): Promise<unknown[]> =>
    (await all(toSSE(listed(event), show)))
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: '))
      .map((frame) => JSON.parse(frame.slice(6)) as unknown);

  const metadata = { providerMetadata: { acme: { secret: 1 } }, owner: 'acme at eu' };
  const reasoning = { type: 'reasoning', text: 'hm', signature: 's', encrypted: 'e', ...metadata };
  const call = {
    type: 'tool-call',
    id: 'c',
    name: 'n',
    arguments: { raw: 1, owner: 'o', type: 'a:b' },
    ...metadata,
  };
  const citation = { type: 'citation', url: 'https://a.example', quote: 'words', ...metadata };
  const failed = { type: 'tool-result', toolCallId: 'c', content: 'ENOENT /etc', isError: true };

  it.each([
    ['reasoning', { type: 'reasoning-delta', index: 0, delta: 'hm' }],
    ['warnings', { type: 'warning', warning: { type: 'other', message: 'redis://10.0.0.1' } }],
    ['own', { type: 'openai:audio', raw: { a: [null] } }],
    ['own', { type: 'block', index: 0, block: { type: 'acme:search', value: [1] } }],
  ] as const)('%s asks for %j, whole', async (member, event) => {
    expect(await sent(event)).toEqual([]);
    expect(await sent({ type: 'stream', step: 1, event })).toEqual([]);
    expect(await sent(event, { show: { [member]: true } })).toEqual([event]);
  });

  it('blocks come without what is opaque', async () => {
    const block = (value: unknown) => ({ type: 'block', index: 0, block: value });
    const { providerMetadata: _metadata, owner: _owner, ...bareCall } = call;
    expect(await sent(block(call))).toEqual([block(bareCall)]);
    expect(await sent(block(call), { show: { metadata: true } })).toEqual([block(call)]);
    expect(await sent(block(reasoning))).toEqual([]);
    expect(await sent(block(reasoning), { show: { reasoning: true } })).toEqual([
      block({ type: 'reasoning', text: 'hm' }),
    ]);
    expect(await sent(block(reasoning), { show: { reasoning: true, metadata: true } })).toEqual([
      block(reasoning),
    ]);
  });

  it('a citation has its words where sources are asked for', async () => {
    const bare = { type: 'citation', url: 'https://a.example' };
    expect(await sent({ type: 'citation', index: 0, citation })).toEqual([
      { type: 'citation', index: 0, citation: bare },
    ]);
    const textBlock = (citations: unknown[]) => ({
      type: 'block',
      index: 0,
      block: { type: 'text', text: 't', citations },
    });
    expect(await sent(textBlock([citation]))).toEqual([textBlock([bare])]);
    expect(await sent(textBlock([citation]), { show: { sources: true } })).toEqual([
      textBlock([{ ...bare, quote: 'words' }]),
    ]);
  });

  it('a tool that failed says so, and how where that is asked for', async () => {
    const end = (result: unknown) => ({ type: 'tool-end', step: 1, result });
    expect(await sent(end(failed))).toEqual([end({ ...failed, content: 'The tool failed.' })]);
    expect(await sent(end(failed), { show: { toolErrors: true } })).toEqual([end(failed)]);
    const worked = { ...failed, isError: false };
    expect(await sent(end(worked))).toEqual([end(worked)]);
  });

  it('bytes are base64', async () => {
    const image = (data: unknown) => ({
      type: 'block',
      index: 0,
      block: { type: 'image', source: { data, mediaType: 'image/png' } },
    });
    expect(await sent(image(Uint8Array.of(1, 2, 3)))).toEqual([image('AQID')]);
  });

  it('the end of a chat has its counts and its reason', async () => {
    const finish = {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'end_turn' },
      usage: { inputTokens: 1, raw: { secret: 1 } },
      providerMetadata: { acme: { secret: 1 } },
    };
    const { providerMetadata: _metadata, ...bare } = finish;
    expect(await sent(finish)).toEqual([{ ...bare, usage: { inputTokens: 1 } }]);
    expect(await sent(finish, { show: { rawUsage: true, metadata: true } })).toEqual([finish]);
  });

  describe('of an answer from documents', () => {
    const node = {
      type: 'text',
      id: 'n1',
      text: 'words',
      metadata: { title: 'T', path: '/srv/a' },
      embedding: new Float32Array(2),
    };
    const sources = [{ node, score: 0.5, evidence: { similarity: 0.5 } }];
    const response = {
      text: 'A [1].',
      sources,
      citations: [{ number: 1, start: 2, end: 5, nodeId: 'n1', quote: 'A' }],
      outcome: 'answered',
      server: 'eu',
      usage: { inputTokens: 1, raw: {} },
      warnings: [{ type: 'other', message: 'redis://10.0.0.1' }],
      metadata: { secret: 1 },
    } as unknown as QueryResponse;
    const events = [
      { type: 'sources', sources },
      { type: 'text-delta', delta: 'A [1].' },
      { type: 'finish', response },
    ] as ResponseStreamEvent[];
    const stream = () => createResponseStream({ name: 'query', events: () => listed(...events) });
    const left = (metadata: object, text = '') => [
      { node: { type: 'text', id: 'n1', text, metadata }, score: 0.5, evidence: { similarity: 0.5 } },
    ];

    it.each([
      [undefined, left({})],
      [false, left({})],
      [['title', 'none'], left({ title: 'T' })],
      [true, left({ title: 'T', path: '/srv/a' }, 'words')],
    ])('sources %j are %j', async (show, expected) => {
      const [first, , last] = (await all(stream().toSSE({ show: { sources: show } }))).split('\n\n');
      expect(first).toBe(`data: ${JSON.stringify({ type: 'sources', sources: expected })}`);
      expect(JSON.parse((last ?? '').slice(6))).toEqual({
        type: 'finish',
        response: {
          text: 'A [1].',
          sources: expected,
          citations: response.citations,
          outcome: 'answered',
          usage: { inputTokens: 1 },
          warnings: [],
          metadata: {},
        },
      });
    });

    it("metadata are the engine's too", async () => {
      const sentAll = await stream()
        .toResponse({ show: { metadata: true, warnings: true } })
        .text();
      expect(sentAll).toContain('"server":"eu"');
      expect(sentAll).toContain('"metadata":{"secret":1}');
      expect(sentAll).toContain('redis://10.0.0.1');
    });
  });
});
