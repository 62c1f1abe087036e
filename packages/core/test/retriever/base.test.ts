import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { setContextStorage, subscribe, type MortiseEvent } from '@mortise/core/events';
import {
  BaseRetriever,
  createIndexNode,
  createTextNode,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';
import type { QueryEngine } from '@mortise/core/query-engine';
import type { QueryResponse } from '@mortise/core/synthesizer';

type Lookup = (
  query: Query,
  call: RetrieveCall,
) => readonly NodeWithScore[] | Promise<readonly NodeWithScore[]>;

class FakeRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly calls: { query: Query; call: RetrieveCall }[] = [];
  readonly #lookup: Lookup;

  constructor(lookup: Lookup | readonly NodeWithScore[], options: BaseRetrieverOptions = {}) {
    super(options);
    this.#lookup = typeof lookup === 'function' ? lookup : () => lookup;
  }

  async doRetrieve(query: Query, call: RetrieveCall) {
    this.calls.push({ query, call });
    return this.#lookup(query, call);
  }
}

const text = (id: string, score = 0.5, source = 'd'): NodeWithScore => ({
  node: createTextNode({ id, text: `text of ${id}`, relationships: { source: { id: source } } }),
  score,
});
const index = (indexId: string, score = 0.5): NodeWithScore => ({
  node: createIndexNode({ id: `i-${indexId}`, text: `about ${indexId}`, indexId }),
  score,
});
const ids = (results: readonly NodeWithScore[]) => results.map(({ node }) => node.id);

function engine(response: Partial<QueryResponse>, seen: unknown[] = []): QueryEngine {
  return {
    async query(query, options) {
      seen.push(query, options);
      return {
        text: 'the answer',
        sources: [],
        citations: [],
        outcome: 'answered',
        warnings: [],
        metadata: {},
        ...response,
      };
    },
    streamQuery() {
      throw new Error('not used');
    },
  };
}

async function withEvents(run: () => Promise<unknown>): Promise<MortiseEvent[]> {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  try {
    await run().catch(() => undefined);
  } finally {
    stop();
  }
  return events;
}

describe('BaseRetriever', () => {
  it('takes a string or a query and hands the author a query', async () => {
    const retriever = new FakeRetriever([]);
    await retriever.retrieve('q');
    await retriever.retrieve({ query: 'q', embedding: Float32Array.of(1) });
    expect(retriever.calls.map(({ query }) => query)).toEqual([
      { query: 'q' },
      { query: 'q', embedding: Float32Array.of(1) },
    ]);
    await expect(retriever.retrieve(undefined as never)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('cuts what an author returns beyond topK, and refuses a topK that is none', async () => {
    const retriever = new FakeRetriever([text('a'), text('b'), text('c')]);
    expect(ids(await retriever.retrieve('q', { topK: 2 }))).toEqual(['a', 'b']);
    for (const topK of [0, -1, 1.5, NaN]) {
      await expect(retriever.retrieve('q', { topK })).rejects.toMatchObject({ code: 'invalid-request' });
    }
  });

  it('C-05: gives copies: changing a result changes nothing in the retriever', async () => {
    const held = text('a');
    const retriever = new FakeRetriever([held]);
    const [result] = await retriever.retrieve('q');
    result!.score = 9;
    result!.node.metadata['changed'] = true;
    expect(held).toEqual(text('a'));
  });

  it('C-08: refuses filters before looking up unless the author says they are honoured', async () => {
    let lookups = 0;
    class Plain extends BaseRetriever {
      async doRetrieve() {
        lookups += 1;
        return [];
      }
    }
    const asked = new Plain().retrieve('q', { filters: { key: 'a', op: '==', value: 1 } });
    await expect(asked).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Plain'),
    });
    expect(lookups).toBe(0);
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', {}, /its result/],
    ['no node', [{ score: 1 }], /result 0/],
    [
      'a node without text',
      [text('a'), { node: { type: 'text', id: 'b', metadata: {} }, score: 1 }],
      /node of result 1/,
    ],
    ['a score that is NaN', [{ ...text('a'), score: NaN }], /not NaN/],
    ['no score', [{ node: text('a').node }], /not undefined/],
  ])('refuses %s from an author as malformed-response', async (_what, found, message) => {
    const retriever = new FakeRetriever(found as never, { name: 'Mine' });
    await expect(retriever.retrieve('q')).rejects.toMatchObject({
      code: 'malformed-response',
      message: expect.stringMatching(message),
    });
  });

  it('maps what an author throws, and makes one attempt unless told otherwise', async () => {
    const cause = new TypeError('bad row');
    const failing = new FakeRetriever(() => Promise.reject(cause));
    await expect(failing.retrieve('q')).rejects.toMatchObject({ code: 'internal', cause });

    const broken = () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    const once = new FakeRetriever(broken);
    await expect(once.retrieve('q')).rejects.toMatchObject({ code: 'connection' });
    expect(once.calls).toHaveLength(1);
    const thrice = new FakeRetriever(broken, { retry: { baseDelayMs: 1 } });
    await expect(thrice.retrieve('q')).rejects.toMatchObject({ code: 'connection' });
    expect(thrice.calls.map(({ call }) => call.number)).toEqual([1, 2, 3]);
  });
});

describe('index nodes', () => {
  it('R-01: a node, a retriever and a query engine come in place of the index nodes', async () => {
    const nested = new FakeRetriever([text('n1', 0.1), text('n2', 0.2)]);
    const retriever = new FakeRetriever(
      [text('first', 0.9), index('node', 0.8), index('retriever', 0.7), index('engine', 0.6)],
      {
        objects: {
          node: text('target').node,
          retriever: nested,
          engine: engine({ metadata: { tone: 'dry' }, sources: [text('s1'), text('s2')] }),
        },
      },
    );
    const results = await retriever.retrieve('q');
    expect(results.map(({ node, score }) => [node.id, score])).toEqual([
      ['first', 0.9],
      ['target', 0.8],
      ['n1', 0.1],
      ['n2', 0.2],
      ['i-engine:answer', 0.6],
    ]);
    expect(results[4]?.node).toEqual({
      type: 'text',
      id: 'i-engine:answer',
      text: 'the answer',
      metadata: { tone: 'dry', sourceNodeIds: ['s1', 's2'] },
    });
    expect(nested.calls[0]?.query).toEqual({ query: 'q' });
  });

  it('R-01: an engine that found nothing adds no node', async () => {
    const objects = new Map([['e', engine({ outcome: 'no-nodes', text: 'Nothing was found.' })]]);
    expect(await new FakeRetriever([index('e')], { objects }).retrieve('q')).toEqual([]);
  });

  it('R-01: index nodes lead on over two levels', async () => {
    const inner = new FakeRetriever([index('leaf', 0.3)], {
      objects: new Map([['leaf', text('leaf').node]]),
    });
    const outer = new FakeRetriever([index('hop', 0.9)], { objects: { hop: index('inner').node, inner } });
    const results = await outer.retrieve('q');
    expect(results).toMatchObject([{ node: { id: 'leaf' }, score: 0.3 }]);
  });

  it('R-01: targets are resolved at the same time', async () => {
    let arrived = 0;
    let release: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    const meeting = () =>
      new FakeRetriever(async () => {
        arrived += 1;
        if (arrived === 2) release();
        await both;
        return [text(`r${arrived}`)];
      });
    const retriever = new FakeRetriever([index('a'), index('b')], {
      objects: { a: meeting(), b: meeting() },
    });
    // Resolved one after the other, the first would wait for the second for ever.
    expect(await retriever.retrieve('q', { deadlineMs: 20_000 })).toHaveLength(1);
  });

  it('R-01: no more targets are resolved at once than concurrency', async () => {
    let running = 0;
    let most = 0;
    const slow: Retriever = {
      async retrieve() {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running -= 1;
        return [];
      },
    };
    const names = Array.from({ length: 9 }, (_, at) => `t${at}`);
    const objects = new Map(names.map((name) => [name, slow]));
    await new FakeRetriever(
      names.map((name) => index(name)),
      { objects, concurrency: 3 },
    ).retrieve('q');
    expect(most).toBe(3);
  });

  it('R-01: an id that is not there is configuration and is named, inherited members included', async () => {
    for (const id of ['gone', 'constructor', '__proto__']) {
      const retriever = new FakeRetriever([index(id)], { objects: {}, name: 'Catalogue' });
      await expect(retriever.retrieve('q')).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringMatching(new RegExp(`'i-${id}' stands for '${id}'.*Catalogue`)),
      });
    }
  });

  it('R-01: without objects an index node is a result like any other', async () => {
    expect(await new FakeRetriever([index('x')]).retrieve('q')).toEqual([index('x')]);
  });

  it('R-01: a circle of nodes is refused', async () => {
    const objects = { a: index('b').node, b: index('a').node };
    await expect(new FakeRetriever([index('a')], { objects }).retrieve('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining("in a circle: 'a' > 'b' > 'a'."),
    });
  });

  it('R-01: a circle through retrievers and engines is refused', async () => {
    const objects = new Map<string, Retriever | QueryEngine>();
    const outer = new FakeRetriever([index('engine')], { objects });
    const inner = new FakeRetriever([index('outer')], { objects: { outer } });
    const asking = engine({});
    objects.set('engine', {
      ...asking,
      query: async (query, options) => (await inner.retrieve(query, options), asking.query(query)),
    });
    await expect(outer.retrieve('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining("in a circle: 'engine' > 'outer' > 'engine'."),
    });
  });

  it('R-01: one target on two paths is no circle', async () => {
    const shared = new FakeRetriever([text('s')]);
    const retriever = new FakeRetriever([index('a'), index('b'), index('c')], {
      objects: { a: shared, b: shared, c: index('b').node },
    });
    expect(ids(await retriever.retrieve('q'))).toEqual(['s']);
    expect(shared.calls).toHaveLength(3);
  });

  it('R-01: the depth is bounded, nested retrievers included', async () => {
    const chain = (length: number): Retriever => {
      let target = new FakeRetriever([text('end')]);
      for (let at = length; at > 0; at--)
        target = new FakeRetriever([index(`${at}`)], { objects: { [at]: target } });
      return target;
    };
    expect(ids(await chain(8).retrieve('q'))).toEqual(['end']);
    await expect(chain(9).retrieve('q')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('maxDepth, which is 8'),
    });
    const shallow = new FakeRetriever([index('a')], {
      objects: { a: index('b').node, b: text('t').node },
      maxDepth: 1,
    });
    await expect(shallow.retrieve('q')).rejects.toMatchObject({ code: 'configuration' });
  });

  it('R-01: the first failure cancels the other targets, and is what is thrown', async () => {
    let reason: unknown;
    const stalled: Retriever = {
      retrieve: (_query, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            reason = options.signal?.reason;
            reject(reason);
          });
        }),
    };
    const failing = new FakeRetriever(() => Promise.reject(new Error('down')));
    const retriever = new FakeRetriever([index('stalled'), index('failing')], {
      objects: { stalled, failing },
    });
    await expect(retriever.retrieve('q')).rejects.toMatchObject({ message: 'down' });
    expect(reason).toMatchObject({ code: 'aborted' });
  });
});

describe('scores', () => {
  it('R-02: a score of 0 stays 0, and a negative one negative', async () => {
    const objects = { a: text('a').node, b: text('b').node, e: engine({}) };
    const retriever = new FakeRetriever([index('a', 0), index('b', -2), index('e', 0), text('plain', 0)], {
      objects,
    });
    expect((await retriever.retrieve('q')).map(({ score }) => score)).toEqual([0, -2, 0, 0]);
  });

  it('R-02: evidence goes with the score', async () => {
    const found = { ...index('a', 0.5), evidence: { similarity: 0.4, coverage: 0 } };
    const [result] = await new FakeRetriever([found], { objects: { a: text('a').node } }).retrieve('q');
    expect(result?.evidence).toEqual({ similarity: 0.4, coverage: 0 });
  });
});

describe('de-duplication', () => {
  const same = (
    id: string,
    score: number,
    source: string | undefined,
    evidence?: NodeWithScore['evidence'],
  ): NodeWithScore => ({
    node: createTextNode({
      id,
      text: 'same',
      ...(source === undefined ? {} : { relationships: { source: { id: source } } }),
    }),
    score,
    ...(evidence === undefined ? {} : { evidence }),
  });

  it('R-03: equal content of one source document is one result: first position, best score', async () => {
    const found = [
      same('a', 0.2, 'd', { similarity: 0.1, coverage: 0.9 }),
      text('other', 0.5),
      same('b', 0.9, 'd', { similarity: 0.3 }),
    ];
    const results = await new FakeRetriever(found).retrieve('q');
    expect(results.map(({ node, score, evidence }) => [node.id, score, evidence])).toEqual([
      ['a', 0.9, { similarity: 0.3, coverage: 0.9 }],
      ['other', 0.5, undefined],
    ]);
  });

  it('R-03: equal content of two source documents stays two results', async () => {
    const found = [same('a', 0.2, 'd1'), same('b', 0.9, 'd2'), same('c', 0.3, undefined), same('e', 0.3, '')];
    expect(ids(await new FakeRetriever(found).retrieve('q'))).toEqual(['a', 'b', 'c', 'e']);
  });

  it('R-03: counts what nested retrievers found', async () => {
    const retriever = new FakeRetriever([index('a', 0.1), index('b', 0.8)], {
      objects: { a: new FakeRetriever([same('x', 0.1, 'd')]), b: new FakeRetriever([same('y', 0.7, 'd')]) },
    });
    expect((await retriever.retrieve('q')).map(({ node, score }) => [node.id, score])).toEqual([['x', 0.7]]);
  });
});

describe('what is handed down', () => {
  it('R-04: topK, filters, the trail and a linked signal reach every target', async () => {
    const seen: unknown[] = [];
    const nested = new FakeRetriever([index('deep')], { objects: { deep: engine({}, seen) } });
    const retriever = new FakeRetriever([index('nested')], { objects: { nested } });
    const filters = { key: 'lang', op: '==', value: 'en' } as const;
    const controller = new AbortController();
    await retriever.retrieve('q', { topK: 3, filters, signal: controller.signal, parent: 'p0' });
    expect(nested.calls[0]?.call).toMatchObject({
      topK: 3,
      filters,
      parent: 'p0',
      trail: [{ indexId: 'nested' }],
    });
    expect(seen[1]).toMatchObject({
      topK: 3,
      filters,
      parent: 'p0',
      trail: [{ indexId: 'nested' }, { indexId: 'deep' }],
    });
  });

  it('R-04: a target that the filters hide is not shown, whatever led to it', async () => {
    const of = (lang: string) => createTextNode({ id: lang, text: lang, metadata: { lang } });
    const objects = { en: of('en'), de: of('de'), more: index('en').node };
    const retriever = new FakeRetriever([index('de'), index('more'), index('en')], { objects });
    const filters = { key: 'lang', op: '==', value: 'en' } as const;
    expect(ids(await retriever.retrieve('q', { filters }))).toEqual(['en']);
    expect(ids(await retriever.retrieve('q'))).toEqual(['de', 'en']);
  });

  it('R-04: an author hands the call on whole', async () => {
    const inner = new FakeRetriever([text('a')]);
    const wrapper = new FakeRetriever((query, call) => inner.retrieve(query, call));
    const filters = { key: 'a', op: '==', value: 1 } as const;
    await wrapper.retrieve('q', { topK: 2, filters });
    expect(inner.calls[0]?.call).toMatchObject({ topK: 2, filters });
  });

  it('R-04: spans are linked: every hop is an event with its parent', async () => {
    const foreign: Retriever = { retrieve: async () => [text('f')] };
    const nested = new FakeRetriever([index('leaf')], {
      objects: { leaf: text('leaf').node },
      name: 'Nested',
    });
    const retriever = new FakeRetriever([index('nested'), index('foreign'), index('engine')], {
      objects: { nested, foreign, engine: engine({}) },
      name: 'Root',
    });
    const events = await withEvents(() => retriever.retrieve('q'));
    const starts = events.filter(({ phase, name }) => phase === 'start' && name === 'retriever.retrieve');
    const ends = events.filter(({ phase }) => phase === 'end');
    expect(ends.map(({ spanId }) => spanId).sort()).toEqual(starts.map(({ spanId }) => spanId).sort());
    const by = (indexId: string) => starts.find(({ attributes }) => attributes['indexId'] === indexId);
    const root = starts[0];
    expect(root?.attributes).toEqual({ retriever: 'Root', depth: 0 });
    expect(by('nested')).toMatchObject({
      parentId: root?.spanId,
      attributes: { retriever: 'Nested', depth: 1 },
    });
    expect(by('leaf')).toMatchObject({
      parentId: by('nested')?.spanId,
      attributes: { target: 'node', depth: 2 },
    });
    expect(by('foreign')).toMatchObject({ parentId: root?.spanId, attributes: { target: 'retriever' } });
    expect(by('engine')).toMatchObject({ parentId: root?.spanId, attributes: { target: 'query-engine' } });
    expect(starts).toHaveLength(5);
  });

  it('R-04: spans are linked where the runtime carries no context', async () => {
    setContextStorage(undefined);
    onTestFinished(() => setContextStorage(new AsyncLocalStorage<string | undefined>()));
    const foreign: Retriever = {
      retrieve: (_query, options) => new FakeRetriever([], { name: 'Inner' }).retrieve('q', options),
    };
    const objects = {
      foreign,
      nested: new FakeRetriever([]),
      node: index('leaf').node,
      leaf: text('leaf').node,
    };
    const retriever = new FakeRetriever([index('foreign'), index('nested'), index('node')], { objects });
    const events = await withEvents(() => retriever.retrieve('q', { parent: 'mine' }));
    const starts = events.filter(({ phase }) => phase === 'start');
    const parents = starts.map(({ parentId, attributes }) => {
      const parent = starts.find(({ spanId }) => spanId === parentId)?.attributes;
      return [attributes['indexId'], parent === undefined ? parentId : parent['indexId']];
    });
    expect(parents).toEqual([
      [undefined, 'mine'],
      ['foreign', undefined],
      ['foreign', 'foreign'],
      ['nested', undefined],
      ['node', undefined],
      ['leaf', 'node'],
    ]);
  });

  it('V-01: a failure ends every span once, as an error', async () => {
    const failing = new FakeRetriever(() => Promise.reject(new Error('down')));
    const retriever = new FakeRetriever([index('a')], { objects: { a: failing } });
    const phases = (await withEvents(() => retriever.retrieve('q'))).map(({ phase }) => phase);
    expect(phases).toEqual(['start', 'start', 'error', 'error']);
  });

  it('V-04: queries and nodes are shown only to those who ask', async () => {
    const shown: MortiseEvent[] = [];
    const stop = subscribe((event) => shown.push(event), { captureContent: true });
    const events = await withEvents(() => new FakeRetriever([text('a')]).retrieve('private'));
    stop();
    expect(JSON.stringify(events)).not.toContain('private');
    expect(shown.map(({ content }) => content)).toMatchObject([
      { query: 'private' },
      { query: 'private', nodes: [{ score: 0.5 }] },
    ]);
  });
});

describe('abort and time', () => {
  const stall = () => new FakeRetriever(() => new Promise(() => undefined));

  it('C-01: an abort rejects with exactly the reason, also below a nested retriever that does not listen', async () => {
    const deaf: Retriever = { retrieve: () => new Promise(() => undefined) };
    for (const retriever of [
      stall(),
      new FakeRetriever([index('a')], { objects: { a: stall() } }),
      new FakeRetriever([index('a')], { objects: { a: deaf } }),
    ]) {
      const controller = new AbortController();
      const reason = { mine: true };
      const asked = retriever.retrieve('q', { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 5);
      await expect(asked).rejects.toBe(reason);
    }
  });

  it('C-02: an aborted signal looks nothing up', async () => {
    const retriever = new FakeRetriever([]);
    const reason = new Error('enough');
    await expect(retriever.retrieve('q', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(retriever.calls).toEqual([]);
  });

  it('C-03: leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
    const retriever = new FakeRetriever([index('a')], { objects: { a: new FakeRetriever([text('x')]) } });
    for (let at = 0; at < 20; at++) await retriever.retrieve('q', { signal });
    expect(listeners).toBe(0);
  });

  it('C-04: deadlineMs bounds the lookup and everything it led to', async () => {
    await expect(stall().retrieve('q', { deadlineMs: 10 })).rejects.toMatchObject({ code: 'timeout' });
    const deaf: Retriever = { retrieve: () => new Promise(() => undefined) };
    const nested = new FakeRetriever([index('a')], { objects: { a: deaf } });
    await expect(nested.retrieve('q', { deadlineMs: 10 })).rejects.toMatchObject({
      code: 'timeout',
      retryable: false,
    });
  });
});
