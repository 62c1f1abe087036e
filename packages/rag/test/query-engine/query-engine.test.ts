import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createServiceContext } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import {
  BaseRetriever,
  createIndexNode,
  createTextNode,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type RetrieveOptions,
  type Retriever,
} from '@mortise/core/retriever';
import type { ResponseStreamEvent } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  CitationSynthesizer,
  createQueryEngine,
  readCitationPrompt,
  RetrieverQueryEngine,
  type CreateQueryEngineOptions,
} from '@mortise/rag';
import { collect } from '../temporary.ts';

const found = (id: string, text: string): NodeWithScore => ({
  node: createTextNode({ id, text, metadata: { path: `${id}.md` } }),
  score: 1,
  evidence: { similarity: 0.5 },
});
const nodes = [found('sky', 'The sky is blue.'), found('sea', 'The sea is deep.')];

class Fixed extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly calls: { query: Query; call: RetrieveCall }[] = [];
  readonly #nodes: readonly NodeWithScore[];
  constructor(results: readonly NodeWithScore[] = nodes) {
    super();
    this.#nodes = results;
  }
  async doRetrieve(query: Query, call: RetrieveCall) {
    this.calls.push({ query, call });
    return this.#nodes;
  }
}

function setUp(
  reply: ConstructorParameters<typeof ScriptedLLM>[0]['replies'],
  options?: CreateQueryEngineOptions,
  results = nodes,
) {
  const llm = new ScriptedLLM({ replies: reply, usage: { inputTokens: 7, outputTokens: 3 }, retry: false });
  const retriever = new Fixed(results);
  return { llm, retriever, engine: createQueryEngine({ llm, retriever }, options) };
}

const answer = 'It is blue [1]. "The sea is deep" [2]. Who knows [9].';

describe('createQueryEngine', () => {
  it('answers from what was found, with sources and checked citations', async () => {
    const { engine, llm, retriever } = setUp([answer]);
    const response = await engine.query('What colour is the sky?', { topK: 2 });
    expect(response).toEqual({
      text: answer,
      sources: nodes,
      citations: [
        { number: 1, start: 11, end: 14, nodeId: 'sky' },
        {
          number: 2,
          start: 34,
          end: 37,
          nodeId: 'sea',
          quote: 'The sea is deep',
          quoteStart: 0,
          quoteEnd: 15,
        },
        { number: 9, start: 49, end: 52, problem: 'unknown-source' },
      ],
      outcome: 'answered',
      finishReason: { unified: 'stop', raw: 'stop' },
      provider: 'scripted',
      model: 'script',
      usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
      warnings: [],
      metadata: {},
    });
    expect(retriever.calls).toMatchObject([
      { query: { query: 'What colour is the sky?' }, call: { topK: 2 } },
    ]);
    expect(readCitationPrompt(llm.requests[0]!.messages)).toEqual({
      question: 'What colour is the sky?',
      sources: [
        { number: 1, about: 'path: sky.md', text: 'The sky is blue.' },
        { number: 2, about: 'path: sea.md', text: 'The sea is deep.' },
      ],
    });
  });

  it('L-04: streams the same: sources first, deltas, each citation once its marker is there, the response last', async () => {
    const { engine } = setUp(() => answer);
    const stream = engine.streamQuery('Sky?');
    const events: ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events[0]).toEqual({ type: 'sources', sources: nodes });
    expect(events.at(-1)).toEqual({ type: 'finish', response: await engine.query('Sky?') });
    expect(await stream.final()).toEqual(await engine.query('Sky?'));

    let text = '';
    for (const event of events) {
      if (event.type === 'text-delta') text += event.delta;
      if (event.type === 'citation') {
        const { end } = (event as { citation: { end: number } }).citation;
        expect([end <= text.length, text.length - end < 4]).toEqual([true, true]);
      }
    }
    expect(text).toBe(answer);
  });

  it('Z-02: no nodes: says so, whole and streamed, without a call to the model', async () => {
    const { engine, llm } = setUp([], { notFoundText: 'Nothing there.' }, []);
    const response = await engine.query('What?');
    expect(response).toMatchObject({
      text: 'Nothing there.',
      outcome: 'no-nodes',
      sources: [],
      citations: [],
    });
    const stream = engine.streamQuery('What?');
    expect((await collect(stream.textStream)).join('')).toBe('Nothing there.');
    expect(await stream.final()).toEqual(response);
    expect(llm.requests).toEqual([]);
    expect((await setUp([], {}, []).engine.query('What?')).text).toBe(
      'The answer was not found in the documents.',
    );
  });

  it('runs postprocessors in order; what leaves no node makes the answer no-nodes', async () => {
    const order: unknown[] = [];
    const keep = (name: string, count: number): NodePostprocessor => ({
      async postprocess(query, given, options) {
        order.push([name, query, given.length, options?.signal?.aborted]);
        return given.slice(0, count);
      },
    });
    const { engine, llm } = setUp(['One [1].'], { postprocessors: [keep('first', 1), keep('second', 5)] });
    expect((await engine.query('Q')).sources).toEqual([nodes[0]]);
    expect(order).toEqual([
      ['first', 'Q', 2, undefined],
      ['second', 'Q', 1, undefined],
    ]);
    expect(await setUp([], { postprocessors: [keep('none', 0)] }).engine.query('Q')).toMatchObject({
      outcome: 'no-nodes',
    });
    expect(llm.requests).toHaveLength(1);
  });

  it('takes a service context', async () => {
    const { llm, retriever } = setUp([answer]);
    const context = createServiceContext({ llm, retriever });
    expect(await createQueryEngine(context).query('Q')).toMatchObject({ text: answer });
    const half = createServiceContext({ llm }) as unknown as { llm: ScriptedLLM; retriever: Retriever };
    expect(() => createQueryEngine(half)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining('retriever') }),
    );
  });

  it('leaves out, with a warning, the sources that do not fit; cuts a first one that does not fit alone', async () => {
    const long = [found('a', 'word '.repeat(400)), found('b', 'word '.repeat(400)), found('c', 'short')];
    const run = async (window: number) => {
      const llm = new ScriptedLLM({
        replies: ['So.'],
        metadata: { contextWindow: window, maxOutputTokens: 100 },
      });
      return createQueryEngine({ llm, retriever: new Fixed(long) }).query('Q');
    };
    expect(await run(8000)).toMatchObject({ sources: long, warnings: [] });
    const tight = await run(1100);
    expect(tight.sources).toEqual([long[0]]);
    expect(tight.warnings).toEqual([
      { type: 'other', message: expect.stringContaining('2 of 3 sources were left out') },
    ]);
    const cut = await run(700);
    expect(cut.sources).toEqual([long[0]]);
    expect(cut.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('only its beginning was read'),
      expect.stringContaining('2 of 3 sources were left out'),
    ]);
    await expect(run(300)).rejects.toMatchObject({ code: 'context-length' });
  });

  it("hands the model's settings and warnings on, and says when an answer has no text", async () => {
    const { engine, llm } = setUp(['  '], { chat: { temperature: 0.2, maxOutputTokens: 50 } });
    const response = await engine.query('Q');
    expect(llm.requests[0]).toMatchObject({ temperature: 0.2, maxOutputTokens: 50 });
    expect(response.warnings).toEqual([{ type: 'other', message: expect.stringContaining('no text') }]);
  });

  it('a cut answer shows its finish reason', async () => {
    const content = [{ type: 'text', text: 'It is' }] as const;
    const { engine } = setUp([
      { content: [...content], finishReason: { unified: 'length', raw: 'max_tokens' } },
    ]);
    expect((await engine.query('Q')).finishReason).toEqual({ unified: 'length', raw: 'max_tokens' });
  });

  it('uses another prompt when given one', async () => {
    const { chatPrompt } = await import('@mortise/toolkit/prompts');
    const prompt = chatPrompt([{ role: 'user', content: 'MINE {tag} {sources} {question}' }]);
    const { engine, llm } = setUp(['So.'], { prompt });
    await engine.query('Q');
    expect(llm.requests[0]?.messages[0]?.content).toMatch(/^MINE source <source_1_about>/);
  });
});

describe('what a query engine hands down and gives up', () => {
  it('R-04: topK, filters and the trail reach the retriever, the signal everything', async () => {
    const { engine, retriever, llm } = setUp(['So.'], { topK: 4 });
    const controller = new AbortController();
    const filters = { key: 'path', op: '==', value: 'sky.md' } as const;
    await engine.query('Q', { filters, signal: controller.signal });
    expect(retriever.calls[0]?.call).toMatchObject({ topK: 4, filters });
    expect(llm.requests).toHaveLength(1);
  });

  it('R-01: an index node leads to an engine, whose answer becomes a node; a circle through it is refused', async () => {
    const { engine } = setUp(['It is blue [1].']);
    const leading = new Fixed([
      { node: createIndexNode({ id: 'i', text: 'about the sky', indexId: 'sky' }), score: 0 },
    ]);
    class Recursive extends BaseRetriever {
      async doRetrieve(query: Query, call: RetrieveCall) {
        return leading.retrieve(query, call);
      }
    }
    const objects = new Map<string, typeof engine>([['sky', engine]]);
    const recursive = new Recursive({ objects });
    expect(await recursive.retrieve('Q')).toMatchObject([
      {
        node: { id: 'i:answer', text: 'It is blue [1].', metadata: { sourceNodeIds: ['sky', 'sea'] } },
        score: 0,
      },
    ]);
    const llm = new ScriptedLLM({ replies: () => 'So.' });
    objects.set('sky', createQueryEngine({ llm, retriever: recursive }));
    await expect(recursive.retrieve('Q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('circle'),
    });
    expect(llm.requests).toEqual([]);
  });

  it('C-01: an abort rejects with exactly the reason, wherever it strikes', async () => {
    const stalls: Retriever = { retrieve: (_query, options) => stall(options) };
    const llm = new ScriptedLLM({ replies: (_request, { signal }) => stall({ signal }) });
    const engines = [
      createQueryEngine({ llm, retriever: stalls }),
      createQueryEngine({ llm, retriever: new Fixed() }),
    ];
    for (const engine of engines) {
      for (const ask of [
        engine.query.bind(engine),
        (query: string, options: RetrieveOptions) => engine.streamQuery(query, options).final(),
      ]) {
        const controller = new AbortController();
        const reason = { mine: true };
        setTimeout(() => controller.abort(reason), 5);
        await expect(ask('Q', { signal: controller.signal })).rejects.toBe(reason);
      }
    }
  });

  it('C-02: an aborted signal looks nothing up', async () => {
    const { engine, retriever, llm } = setUp([]);
    await expect(engine.query('Q', { signal: AbortSignal.abort('x') })).rejects.toBe('x');
    await expect(engine.streamQuery('Q', { signal: AbortSignal.abort('x') }).final()).rejects.toBe('x');
    expect([retriever.calls, llm.requests]).toEqual([[], []]);
  });

  it('L-05: nothing is looked up before the stream is read', async () => {
    const { engine, retriever } = setUp([answer]);
    engine.streamQuery('Q');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(retriever.calls).toEqual([]);
  });

  it('L-06: leaving the stream leaves the model: its signal is aborted, partial says what had come', async () => {
    let seen: AbortSignal | undefined;
    class Slow extends ScriptedLLM {
      override async *doStream(...args: Parameters<ScriptedLLM['doStream']>) {
        seen = args[1].signal;
        for await (const event of super.doStream(...args)) {
          yield event;
          if (event.type === 'text-delta') await stall({ signal: args[1].signal });
        }
      }
    }
    const engine = createQueryEngine({ llm: new Slow({ replies: [answer] }), retriever: new Fixed() });
    const stream = engine.streamQuery('Q');
    for await (const event of stream) if (event.type === 'text-delta') break;
    await expect(stream.final()).rejects.toMatchObject({
      code: 'aborted',
      partial: { text: answer.slice(0, 4), sources: nodes },
    });
    expect(seen?.aborted).toBe(true);
  });

  it("the model's failure is the query's, with what had arrived", async () => {
    const { engine } = setUp([new Error('down')]);
    await expect(engine.query('Q')).rejects.toMatchObject({ message: 'down' });
    await expect(
      setUp([new Error('down')])
        .engine.streamQuery('Q')
        .final(),
    ).rejects.toMatchObject({ message: 'down', partial: { text: '', sources: nodes } });
  });

  it.each(['whole', 'streamed'])(
    'V-02: query, retrieval, synthesis and model are nested spans, %s',
    async (how) => {
      const { engine } = setUp([answer]);
      const events: MortiseEvent[] = [];
      const stop = subscribe((event) => events.push(event));
      await (how === 'whole' ? engine.query('private') : engine.streamQuery('private').final());
      stop();
      const starts = events.filter(({ phase }) => phase === 'start');
      const parentOf = (name: string) => {
        const parentId = starts.find((event) => event.name === name)?.parentId;
        return starts.find(({ spanId }) => spanId === parentId)?.name;
      };
      expect(starts.map(({ name }) => name)).toEqual([
        'query',
        'retriever.retrieve',
        'synthesize',
        'llm.chat',
      ]);
      expect(['query', 'retriever.retrieve', 'synthesize', 'llm.chat'].map(parentOf)).toEqual([
        undefined,
        'query',
        'query',
        'synthesize',
      ]);
      expect(events.filter(({ phase }) => phase === 'end')).toHaveLength(4);
      expect(JSON.stringify(events)).not.toContain('private');
    },
  );

  it('C-04: deadlineMs bounds the whole query', async () => {
    const llm = new ScriptedLLM({ replies: (_request, { signal }) => stall({ signal }) });
    const retriever: Retriever = {
      retrieve: () => new Promise((resolve) => setTimeout(() => resolve(nodes), 30)),
    };
    const engine = new RetrieverQueryEngine({ retriever, synthesizer: new CitationSynthesizer({ llm }) });
    // A clock that a busy machine does not make late.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const begin = performance.now();
    const ended = engine.query('Q', { deadlineMs: 60 }).catch((error: unknown) => ({
      error,
      ms: performance.now() - begin,
    }));
    await vi.runAllTimersAsync();
    expect(await ended).toMatchObject({ error: { code: 'timeout' }, ms: 60 });
  });
});

/** Never settles until its signal is aborted. */
function stall({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('the SDK has words of its own')));
  });
}
