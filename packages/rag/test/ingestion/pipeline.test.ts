import { describe, expect, it } from 'vitest';
import { MortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import { createDocument, createTextNode, type Document, type Node } from '@mortise/core/retriever';
import { MemoryKeyValueStore, type SourceRecord } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import type { Transform } from '@mortise/core/transform';
import {
  committedNodes,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  SentenceSplitter,
  type IngestionPipelineOptions,
  type IngestProgress,
} from '@mortise/rag';
import { collect } from '../temporary.ts';

/** Remembers its requests, and refuses texts that hold "poison". */
class Watched extends HashEmbedding {
  readonly requests: (readonly string[])[] = [];
  override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
    this.requests.push(args[0]);
    if (args[0].some((text) => text.includes('poison')))
      throw new MortiseError('invalid-request', 'Not this one.');
    return super.doEmbed(...args);
  }
}

const document = (id: string, text: string, metadata = {}) => createDocument({ id, text, metadata });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => document(`d${at}`, `Text number ${at}.`));

function setup(options: Partial<IngestionPipelineOptions> & { embedding?: Watched } = {}) {
  const documents = new MemoryDocumentStore();
  const vectors = new MemoryVectorStore();
  const embedding = options.embedding ?? new Watched({ maxBatchSize: 8 });
  const open = (more: Partial<IngestionPipelineOptions> = {}) =>
    new IngestionPipeline({ documents, vectors, ...options, embedding, ...more });
  return { documents, vectors, embedding, open, pipeline: open() };
}

const sizes = ({ requests }: Watched) => requests.map((texts) => texts.length);
const textsOf = async (documents: MemoryDocumentStore) =>
  (await collect(committedNodes(documents))).map(({ text }) => text).toSorted();

/** Adds a word to every node, and counts how often it was asked. */
function tagger(word: string, fingerprint?: string): Transform & { calls: number } {
  return {
    ...(fingerprint === undefined ? {} : { fingerprint }),
    calls: 0,
    async transform(nodes) {
      this.calls += 1;
      return nodes.map((node): Node => ({ ...node, metadata: { ...node.metadata, tag: word } }));
    },
  };
}

describe('a batch', () => {
  it('is filled across documents, and the last one with what is left', async () => {
    const { pipeline, embedding } = setup({ concurrency: 1 });
    expect(await pipeline.run(numbered(20))).toMatchObject({ added: 20, nodes: 20, embedded: 20 });
    expect(sizes(embedding)).toEqual([8, 8, 4]);
  });

  it('is as large as asked for, and within the limits of the model', async () => {
    const small = setup({ concurrency: 1, batchSize: 3 });
    await small.pipeline.run(numbered(7));
    expect(sizes(small.embedding)).toEqual([3, 3, 1]);

    class Bytes extends Watched {
      constructor() {
        super();
        Object.assign(this.metadata, { maxBatchSize: 100, maxBatchBytes: 40 });
      }
    }
    const bytes = setup({ concurrency: 1, embedding: new Bytes() });
    await bytes.pipeline.run(numbered(5));
    expect(sizes(bytes.embedding)).toEqual([2, 2, 1]);
  });

  it('I-03: that is refused is asked again by document: only the one it is about is set aside', async () => {
    const { pipeline, documents, embedding } = setup({ concurrency: 1 });
    const failures: string[] = [];
    const list = numbered(12).with(2, document('bad', 'This is poison.'));
    const report = await pipeline.run(list, { onError: ({ item }) => failures.push(item) });
    expect(report).toMatchObject({
      added: 11,
      failed: [{ item: 'bad', error: { code: 'invalid-request' } }],
    });
    expect(failures).toEqual(['bad']);
    expect(sizes(embedding)).toEqual([8, 1, 1, 1, 1, 1, 1, 1, 1, 4]);
    expect(await textsOf(documents)).toHaveLength(11);
  });
});

describe('memory', () => {
  it('holds a few batches, however many documents the source has', async () => {
    const { pipeline, documents } = setup({ concurrency: 2 });
    let read = 0;
    let most = 0;
    async function* source(): AsyncGenerator<Document> {
      for (const one of numbered(400)) {
        read += 1;
        yield one;
      }
    }
    let written = 0;
    const setSource = documents.setSource.bind(documents);
    documents.setSource = async (record: SourceRecord, options) => {
      if (record.strayIds === undefined) written += 1;
      most = Math.max(most, read - written);
      await setSource(record, options);
    };
    expect(await pipeline.run(source())).toMatchObject({ added: 400 });
    // Two batches under way, one that is filled, and what is pulled while they are written.
    expect(most).toBeLessThanOrEqual(8 * 4);
  });

  it('I-01: source that fails in the middle fails the run, and the next one goes on', async () => {
    const { pipeline, documents } = setup({ concurrency: 1 });
    async function* source(): AsyncGenerator<Document> {
      yield* numbered(10);
      throw new Error('The network is gone.');
    }
    await expect(pipeline.run(source(), { strategy: 'upserts-and-delete' })).rejects.toThrow(
      'The network is gone.',
    );
    expect(await textsOf(documents)).toHaveLength(8);
    expect(await pipeline.run(numbered(10))).toMatchObject({ added: 2, unchanged: 8 });
  });
});

describe('a strategy', () => {
  it('upserts: what is missing stays', async () => {
    const { pipeline } = setup();
    await pipeline.run(numbered(3));
    const next = [document('d1', 'Another text.'), document('new', 'A new one.')];
    expect(await pipeline.run(next)).toMatchObject({ added: 1, updated: 1, unchanged: 0, removed: 0 });
    expect(await pipeline.run([])).toMatchObject({ removed: 0 });
  });

  it('upserts-and-delete: what is missing goes, also when a run asks for it', async () => {
    const { pipeline, documents, vectors } = setup();
    await pipeline.run(numbered(5));
    const report = await pipeline.run(numbered(2), { strategy: 'upserts-and-delete' });
    expect(report).toMatchObject({ unchanged: 2, removed: 3 });
    expect([await textsOf(documents), vectors.size]).toEqual([['Text number 0.', 'Text number 1.'], 2]);
  });

  it('duplicates-only: content that is known or comes twice is left out, whatever its id', async () => {
    const { pipeline, documents } = setup({ strategy: 'duplicates-only' });
    const [a, b] = [document('a', 'Same.'), document('b', 'Same.')];
    expect(await pipeline.run([a, b])).toMatchObject({ added: 1, duplicates: 1 });
    expect(await pipeline.run([b, document('c', 'Other.')])).toMatchObject({ added: 1, duplicates: 1 });
    expect(await textsOf(documents)).toEqual(['Other.', 'Same.']);
  });

  it('I-03: duplicates-only: a document that failed is no duplicate of itself in the next run', async () => {
    const { pipeline } = setup({ strategy: 'duplicates-only' });
    const bad = document('a', 'poison');
    for (const _run of [1, 2])
      expect(await pipeline.run([bad])).toMatchObject({ duplicates: 0, failed: [{ item: 'a' }] });
  });

  it('another splitter or model makes every document a new version', async () => {
    const { pipeline, open } = setup();
    await pipeline.run(numbered(3));
    expect(await pipeline.run(numbered(3))).toMatchObject({ unchanged: 3 });
    const splitter = open({ transforms: [new SentenceSplitter({ maxTokens: 99 })] });
    expect(await splitter.run(numbered(3))).toMatchObject({ updated: 3 });
    const model = open({ embedding: new Watched({ model: 'other' }) });
    expect(await model.run(numbered(3))).toMatchObject({ updated: 3, embedded: 3 });
  });
});

describe('the cache', () => {
  it('embeds of a changed document what changed, and nothing twice', async () => {
    const splitter = new SentenceSplitter({ maxTokens: 12, overlap: 0 });
    const cache = new MemoryKeyValueStore();
    const { pipeline } = setup({ cache, transforms: [splitter] });
    const text = (word: string) => `The first sentence of it is long. The ${word} sentence of it is long.`;
    expect(await pipeline.run([document('a', text('second'))])).toMatchObject({ embedded: 2, cached: 0 });
    expect(await pipeline.run([document('a', text('third'))])).toMatchObject({ embedded: 1, cached: 1 });
    expect(
      await setup({ cache, transforms: [splitter] }).pipeline.run([document('b', text('third'))]),
    ).toMatchObject({
      embedded: 0,
      cached: 2,
    });
  });

  it('serves a transform with a fingerprint, by its nodes with their ids; without one it is asked each time', async () => {
    const cache = new MemoryKeyValueStore();
    const [named, nameless] = [tagger('x', 'tagger-1'), tagger('y')];
    const run = (list: Document[]) => setup({ cache, transforms: [named, nameless] }).pipeline.run(list);
    for (const _time of [1, 2]) await run([document('a', 'Same.'), document('b', 'Same.')]);
    expect([named.calls, nameless.calls]).toEqual([2, 4]);
    await run([document('a', 'Other.')]);
    expect(named.calls).toBe(3);
  });

  it('has a key that tells nodes apart wherever their texts are cut', async () => {
    const cache = new MemoryKeyValueStore();
    const cut = (...texts: string[]): Transform => ({
      transform: async () => texts.map((text, at) => createTextNode({ id: String(at), text })),
    });
    for (const texts of [
      ['ab', 'c'],
      ['a', 'bc'],
    ]) {
      const { pipeline, documents } = setup({ cache, transforms: [cut(...texts), tagger('x', 'tagger-1')] });
      await pipeline.run([document('a', 'abc')]);
      expect(await textsOf(documents)).toEqual(texts);
    }
  });

  it('that is broken or holds rubbish costs a warning, never the run', async () => {
    const warnings: unknown[] = [];
    const stop = subscribe(
      ({ name, attributes }) => name === 'warning' && warnings.push(attributes['message']),
    );
    const broken = new Proxy(new MemoryKeyValueStore(), {
      get: (store, member) =>
        ['get', 'set', 'getMany', 'setMany'].includes(String(member))
          ? () => Promise.reject(new Error('no space'))
          : (Reflect.get(store, member) as unknown),
    });
    const { pipeline } = setup({ cache: broken, transforms: [tagger('x', 'tagger-1')] });
    expect(await pipeline.run(numbered(2))).toMatchObject({ added: 2 });
    stop();
    expect(warnings[0]).toBe('The ingestion cache could not be read: no space. The run goes on without it.');

    const cache = new MemoryKeyValueStore();
    const rubbish = setup({ cache, transforms: [tagger('x', 'tagger-1')] });
    await rubbish.pipeline.run(numbered(1));
    for (const namespace of ['embedding', 'transform'])
      for await (const [key] of cache.iterate({ namespace })) await cache.set(key, [{}], { namespace });
    const again = setup({ cache, transforms: [tagger('x', 'tagger-1')] });
    expect(await again.pipeline.run(numbered(1))).toMatchObject({ embedded: 1, cached: 0 });
  });
});

describe('a run', () => {
  it('reports progress over documents and nodes, in which the total stands when all is read first', async () => {
    const { pipeline } = setup({ concurrency: 1 });
    const progress: IngestProgress[] = [];
    const list = numbered(3).with(1, document('bad', 'poison'));
    await pipeline.run(list, { readFirst: true, onProgress: (at) => progress.push(at) });
    expect(progress).toEqual([
      { phase: 'read', done: 1, total: 3, item: 'd0', failed: 0 },
      { phase: 'read', done: 2, total: 3, item: 'bad', failed: 0 },
      { phase: 'read', done: 3, total: 3, item: 'd2', failed: 0 },
      { phase: 'embed', done: 1, total: 3, item: 'd0', failed: 0 },
      { phase: 'embed', done: 2, total: 3, item: 'd2', failed: 1 },
    ]);
  });

  it('is refused while another one writes to the same stores, and free afterwards', async () => {
    const { open, documents } = setup();
    const first = open().run(numbered(3));
    await expect(open().run(numbered(3))).rejects.toMatchObject({ code: 'conflict' });
    expect(await first).toMatchObject({ added: 3 });
    expect(await open().run(numbered(3))).toMatchObject({ unchanged: 3 });

    const lockless = Object.assign(Object.create(documents) as MemoryDocumentStore, { lock: undefined });
    for (const member of [
      'upsert',
      'delete',
      'getMany',
      'setSource',
      'getSource',
      'deleteSource',
      'sources',
    ] as const)
      Object.assign(lockless, { [member]: documents[member].bind(documents) });
    const second = open({ documents: lockless }).run(numbered(3));
    await expect(open({ documents: lockless }).run([])).rejects.toMatchObject({ code: 'conflict' });
    expect(await second).toMatchObject({ unchanged: 3 });
  });

  it.each(['authentication', 'quota', 'server'] as const)(
    'ends with a failure that is not about a document (%s), and what was finished stays',
    async (code) => {
      class Down extends Watched {
        override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
          if (this.requests.length === 1) throw new MortiseError(code, 'No.', { retryable: false });
          return super.doEmbed(...args);
        }
      }
      const { pipeline, documents, open } = setup({
        concurrency: 1,
        embedding: new Down({ maxBatchSize: 8, retry: false }),
      });
      await expect(pipeline.run(numbered(20))).rejects.toMatchObject({ code });
      expect(await textsOf(documents)).toHaveLength(8);
      expect(await open({ embedding: new Watched() }).run(numbered(20))).toMatchObject({
        added: 12,
        unchanged: 8,
      });
    },
  );

  it('sets aside what a transform throws of its own, and two nodes of one id', async () => {
    const throwing: Transform = { transform: () => Promise.reject(new TypeError('x is undefined')) };
    const message = 'd0 could not be cut into nodes: x is undefined';
    expect(await setup({ transforms: [throwing] }).pipeline.run(numbered(1))).toMatchObject({
      failed: [{ item: 'd0', error: { code: 'validation', message } }],
    });
    const twice: Transform = { transform: async ([node]) => [node, node] as Node[] };
    expect(await setup({ transforms: [twice] }).pipeline.run(numbered(1))).toMatchObject({
      failed: [{ item: 'd0', error: { code: 'conflict' } }],
    });
  });

  it('links the nodes of a version to each other, and each to its document', async () => {
    const { pipeline, documents } = setup({
      transforms: [new SentenceSplitter({ maxTokens: 8, overlap: 0 })],
    });
    await pipeline.run([
      document('d', 'One sentence of words. Another sentence of words. A third one of words.'),
    ]);
    const nodes = await collect(committedNodes(documents));
    const ids = nodes.map(({ id }) => id);
    expect(nodes.map(({ relationships }) => relationships?.source?.id)).toEqual(['d', 'd', 'd']);
    expect(nodes.map(({ relationships }) => relationships?.next?.id)).toEqual([ids[1], ids[2], undefined]);
    expect(nodes.map(({ relationships }) => relationships?.previous?.id)).toEqual([
      undefined,
      ids[0],
      ids[1],
    ]);
  });

  it('keeps nodes alone where there is no vector store', async () => {
    const documents = new MemoryDocumentStore();
    const pipeline = new IngestionPipeline({ documents });
    expect(await pipeline.run(numbered(3))).toMatchObject({ added: 3, nodes: 3, embedded: 0 });
    expect(await textsOf(documents)).toHaveLength(3);
    expect(pipeline.committed).toBeUndefined();
  });

  it('V-01: has one span, with a span for every write and removal in it', async () => {
    const { pipeline } = setup({ strategy: 'upserts-and-delete' });
    await pipeline.run(numbered(2));
    const events: string[] = [];
    const stop = subscribe(
      ({ name, phase }) => name.startsWith('ingest.') && events.push(`${name} ${phase}`),
    );
    await pipeline.run([document('d0', 'Changed.')]);
    stop();
    expect(events).toEqual([
      'ingest.run start',
      'ingest.write start',
      'ingest.write end',
      'ingest.remove start',
      'ingest.remove end',
      'ingest.run end',
    ]);
  });

  it('refuses settings that make no sense', () => {
    const documents = new MemoryDocumentStore();
    const vectors = new MemoryVectorStore();
    const embedding = new Watched();
    for (const [options, what] of [
      [{ documents: {} }, 'upsert()'],
      [{ documents, vectors }, 'embedding is missing'],
      [{ documents, embedding }, 'vectors is missing'],
      [{ documents, vectors, embedding, cache: {} }, 'cache'],
      [{ documents, vectors, embedding, concurrency: 0 }, 'concurrency is 0'],
      [{ documents, vectors, embedding, batchSize: 1.5 }, 'batchSize is 1.5'],
      [{ documents, vectors, embedding, strategy: 'all' }, 'strategy is "all"'],
    ] as const) {
      const refused = expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining(what),
      });
      expect(() => new IngestionPipeline(options as never)).toThrow(refused);
    }
  });
});

describe('the committed vectors', () => {
  it('I-01: show one version of each document at every moment of a run, and as many nodes as asked for', async () => {
    const { pipeline, documents, vectors } = setup({ concurrency: 1 });
    const version = (word: string) =>
      numbered(6).map(({ id, text }) => document(id, `${text} It is ${word}.`));
    await pipeline.run(version('old'));
    const committed = pipeline.committed!;
    const embedding = new Float32Array(vectors.support.dimensions!).fill(1);
    let looks = 0;
    let both = 0;
    const look = async (): Promise<void> => {
      looks += 1;
      both = Math.max(both, vectors.size);
      const found = await committed.query({ topK: 6, embedding });
      const ids = found.map(({ node }) => node.relationships?.source?.id ?? '').toSorted();
      expect(ids).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5']);
      expect(await textsOf(documents)).toHaveLength(6);
    };
    for (const store of [documents, vectors]) {
      for (const member of ['upsert', 'delete', 'setSource'] as const) {
        const own = (store as never as Record<string, ((...args: unknown[]) => Promise<void>) | undefined>)[
          member
        ];
        if (own === undefined) continue;
        Object.assign(store, {
          [member]: async (...args: unknown[]) => {
            await look();
            await own.apply(store, args);
            await look();
          },
        });
      }
    }
    await pipeline.run(version('new'));
    expect(looks).toBeGreaterThan(6 * 6);
    // Else there was nothing to hide.
    expect(both).toBeGreaterThan(6);
    expect((await textsOf(documents)).every((text) => text.includes('new'))).toBe(true);
  });
});
