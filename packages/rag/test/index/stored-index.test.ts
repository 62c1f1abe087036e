import { describe, expect, it, onTestFinished } from 'vitest';
import { MortiseError } from '@mortise/core';
import { createServiceContext } from '@mortise/core';
import { createDocument, createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import type { DocumentStore, VectorStore, VectorStoreSupport } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import {
  BM25Index,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  openIndex,
  SentenceSplitter,
} from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';
import { STORES, type IndexStores, type OpenStores } from './stores.ts';

/** Remembers what it was asked to embed. */
class Watched extends HashEmbedding {
  readonly asked: string[] = [];
  override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
    this.asked.push(...args[0]);
    return super.doEmbed(...args);
  }
}

const document = (id: string, text: string, metadata = {}) => createDocument({ id, text, metadata });
const ids = (results: readonly NodeWithScore[]) => results.map(({ node }) => node.id.replace(/@\w+$/, ''));
const animals = [
  document('cat', 'The cat sleeps on the mat.', { lang: 'en' }),
  document('whale', 'A whale sings below the waves.', { lang: 'en' }),
  document('moon', 'Der Mond zieht das Meer, und Möwen schreien.', { lang: 'de' }),
];
const wordsAlone = { weights: { bm25: 1, vector: 0 } };

/** Closed after the test. */
function openStores(open: OpenStores, folder: string): IndexStores {
  const stores = open(folder);
  onTestFinished(() => stores.close());
  return stores;
}

describe.each(STORES)('an index in %s', (_name, open) => {
  const stores = async () => openStores(open, await temporaryFolder());

  it('finds by words and by vector as an index in memory does, with the same evidence', async () => {
    const embedding = new HashEmbedding();
    const [memory, stored] = [
      await openIndex({ embedding }),
      await openIndex({ embedding, ...(await stores()) }),
    ];
    for (const index of [memory, stored]) {
      expect(await index.update([...animals, document('empty', '')])).toMatchObject({ added: 4, failed: [] });
      expect([index.size, index.nodeCount]).toEqual([4, 3]);
    }
    const filters = { key: 'lang', op: '==', value: 'de' } as const;
    const asked = [
      ['Where does the whale sing?', {}],
      ['cats and whales', { topK: 1 }],
      ['mowen', {}],
      ['the', {}],
      ['cat Meer', { filters }],
      ['zzz', {}],
      ['', {}],
    ] as const;
    for (const [question, options] of asked) {
      const expected = await memory.retriever().retrieve(question, options);
      const found = await stored.retriever().retrieve(question, options);
      expect(ids(found), question).toEqual(ids(expected));
      for (const [at, { node, score, evidence }] of found.entries()) {
        expect(node).toEqual(expected[at]?.node);
        expect(score).toBeCloseTo(expected[at]?.score ?? NaN, 5);
        const { bm25, coverage, similarity } = expected[at]?.evidence ?? {};
        expect(evidence?.bm25).toBeCloseTo(bm25 ?? NaN, 10);
        expect(evidence?.coverage).toBeCloseTo(coverage ?? NaN, 10);
        expect(evidence?.similarity).toBeCloseTo(similarity ?? NaN, 5);
      }
    }
  });

  it('an empty one finds nothing, and asks no model; with no weight for vectors nothing is embedded', async () => {
    const embedding = new Watched();
    const index = await openIndex({ embedding, ...(await stores()) });
    expect(await index.retriever().retrieve('anything')).toEqual([]);
    await index.update(animals);
    embedding.asked.length = 0;
    expect(ids(await index.retriever(wordsAlone).retrieve('whales'))).toEqual(['whale#0']);
    expect(embedding.asked).toEqual([]);
  });

  it('I-01: what was replaced or removed is found by nobody, by words or by vector', async () => {
    const index = await openIndex({ embedding: new HashEmbedding(), ...(await stores()) });
    await index.update(animals);
    // Words that are kept in memory are there from here on.
    expect(ids(await index.retriever(wordsAlone).retrieve('sings'))).toEqual(['whale#0']);
    await index.update([animals[0]!, document('whale', 'A whale dives.')]);
    for (const retriever of [index.retriever(), index.retriever(wordsAlone)]) {
      const found = await retriever.retrieve('whale sings, Mond');
      expect(found.map(({ node }) => node.text)).not.toContain('A whale sings below the waves.');
      expect(ids(found)).not.toContain('moon#0');
      expect(ids(found)[0]).toBe('whale#0');
    }
    expect(ids(await index.retriever(wordsAlone).retrieve('dives'))).toEqual(['whale#0']);
    expect([index.size, index.nodeCount]).toEqual([2, 2]);
  });

  it('I-01: a search meanwhile sees one version of every document, whole', async () => {
    const splitter = new SentenceSplitter({ maxTokens: 8, overlap: 0 });
    const embedding = new HashEmbedding({ maxBatchSize: 1 });
    const index = await openIndex({ embedding, ...(await stores()) }, { splitter });
    const eight = Array.from({ length: 8 }, (_, n) => `d${n}`);
    const sentences = (word: string) =>
      `One ${word} of words. Another ${word} of words. A third ${word} of words.`;
    const version = (word: string) => eight.map((id) => document(id, sentences(word)));
    await index.update(version('old'));
    const [all, searched] = [index.nodeCount, [] as string[][]];
    const retriever = index.retriever({ topK: 1000 });
    const search = async () => {
      for (let mixed = true; mixed;) {
        const found = await retriever.retrieve('words');
        searched.push(found.map(({ node }) => `${node.id.split('#')[0]} ${/old|new/.exec(node.text)?.[0]}`));
        mixed = !found.every(({ node }) => node.text.includes('new'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([index.update(version('new')), search()]);
    for (const found of searched) {
      expect(found).toHaveLength(all);
      expect(new Set(found).size).toBe(eight.length);
    }
  });

  it('a second update at the same time is refused, and a pipeline on the same stores too', async () => {
    const { documents, vectors } = await stores();
    let [begun, goOn] = [(): void => undefined, (): void => undefined];
    const [begins, held] = [
      new Promise<void>((resolve) => (begun = resolve)),
      new Promise<void>((resolve) => (goOn = resolve)),
    ];
    class Held extends HashEmbedding {
      override async doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
        begun();
        await held;
        return super.doEmbed(...args);
      }
    }
    const embedding = new Held();
    const index = await openIndex({ embedding, documents, vectors });
    const first = index.update(animals);
    await begins;
    await expect(index.update(animals)).rejects.toMatchObject({ code: 'conflict' });
    const pipeline = new IngestionPipeline({ documents, vectors, embedding });
    await expect(pipeline.run(animals)).rejects.toMatchObject({ code: 'conflict' });
    goOn();
    expect(await first).toMatchObject({ added: 3 });
  });

  it('C-01: an abort rejects with exactly the reason, and the next update finishes', async () => {
    const index = await openIndex({ embedding: new HashEmbedding({ maxBatchSize: 1 }), ...(await stores()) });
    const controller = new AbortController();
    const { signal } = controller;
    const updating = index.update(animals, { signal, onProgress: () => controller.abort('enough') });
    await expect(updating).rejects.toBe('enough');
    await expect(index.retriever().retrieve('cat', { signal })).rejects.toBe('enough');
    const { added, unchanged } = await index.update(animals);
    expect(added + unchanged).toBe(3);
    expect(ids(await index.retriever(wordsAlone).retrieve('cat Mond whale'))).toHaveLength(3);
  });

  it('S-04: a model of other dimensions is refused before anything is paid', async () => {
    const { documents, vectors } = await stores();
    await (await openIndex({ embedding: new HashEmbedding(), documents, vectors })).update(animals);
    const embedding = new Watched({ dimensions: 16 });
    await expect(openIndex({ embedding, documents, vectors })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/16 dimensions/),
    });
    expect(embedding.asked).toEqual([]);
  });

  it('S-04: what will be refused is refused before anything is paid', async () => {
    const embedding = new Watched();
    const index = await openIndex({ embedding, ...(await stores()) });
    await index.update(animals);
    embedding.asked.length = 0;
    const filters = { key: 'a', op: 'acme:near', value: 1 } as const;
    await expect(index.retriever().retrieve('cat', { filters })).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(index.retriever(wordsAlone).retrieve('cat', { filters })).rejects.toMatchObject({
      code: 'unsupported',
    });
    for (const topK of [0, -1, NaN, 1.5])
      expect(() => index.retriever({ topK })).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(embedding.asked).toEqual([]);
  });

  it('takes a toTerm of one’s own, with a name and without', async () => {
    for (const fingerprint of [undefined, 'first-letters/1']) {
      const toTerm = (word: string) => word.slice(0, 2);
      const bm25 = {
        toTerm,
        functionWords: new Set<string>(),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      };
      const index = await openIndex({ embedding: new HashEmbedding(), ...(await stores()) }, { bm25 });
      await index.update(animals);
      expect(ids(await index.retriever(wordsAlone).retrieve('whistle'))).toEqual(['whale#0']);
    }
  });

  it('finds what a pipeline has written past it, and loses what it has removed', async () => {
    const embedding = new HashEmbedding();
    const { documents, vectors } = await stores();
    const index = await openIndex({ embedding, documents, vectors });
    await index.update(animals);
    await index.retriever().retrieve('whale');
    const strategy = 'upserts-and-delete';
    const pipeline = new IngestionPipeline({ documents, vectors, embedding, strategy });
    await pipeline.run([document('whale', 'A whale dives.'), document('oak', 'An oak grows.')]);

    const found = await index.retriever().retrieve('whale sings, cat');
    expect(ids(found).toSorted()).toEqual(['oak#0', 'whale#0']);
    // What was surfaced by its vector is known by its words, too.
    expect(found.find(({ node }) => node.id.startsWith('whale'))?.evidence?.coverage).toBeGreaterThan(0);
    await index.refresh();
    expect([index.size, index.nodeCount]).toEqual([2, 2]);
    expect(ids(await index.retriever(wordsAlone).retrieve('oak, cat, dives'))).toEqual(['oak#0', 'whale#0']);
  });
});

describe.each(STORES.slice(1))('an index in %s, opened again', (_name, open) => {
  it('finds the same, and embeds nothing', async () => {
    const folder = await temporaryFolder();
    const first = open(folder);
    const before = await openIndex({ embedding: new HashEmbedding(), ...first });
    await before.update(animals);
    const expected = await before.retriever().retrieve('whale Meer');
    await first.close();

    const embedding = new Watched();
    const index = await openIndex({ embedding, ...openStores(open, folder) });
    expect([index.size, index.nodeCount]).toEqual([3, 3]);
    expect(await index.retriever().retrieve('whale Meer')).toEqual(expected);
    expect(await index.update(animals)).toMatchObject({ unchanged: 3, embedded: 0 });
    expect(embedding.asked).toEqual(['whale Meer']);
  });
});

it('an index in SQLite can be searched where nothing may be written, whoever wrote it', async () => {
  const [, [, open]] = STORES as [unknown, (typeof STORES)[number]];
  for (const byPipeline of [false, true]) {
    const folder = await temporaryFolder();
    const written = open(folder);
    const embedding = new HashEmbedding();
    // A pipeline leaves no words, and nobody can add them afterwards.
    if (byPipeline) await new IngestionPipeline({ ...written, embedding }).run(animals);
    else await (await openIndex({ ...written, embedding })).update(animals);
    await written.close();
    const { documents, vectors } = openStores(open, folder);
    const denied = () => Promise.reject(new MortiseError('permission', 'It may only be read.'));
    const readOnly: DocumentStore = {
      upsert: denied,
      delete: denied,
      setSource: denied,
      deleteSource: denied,
      get: (id, options) => documents.get(id, options),
      getMany: (some, options) => documents.getMany(some, options),
      getSource: (id, options) => documents.getSource(id, options),
      iterate: (options) => documents.iterate(options),
      sources: (options) => documents.sources(options),
      terms: (analysis) => ({
        set: denied,
        missing: (options) => documents.terms!(analysis).missing(options),
        rank: (query, options) => documents.terms!(analysis).rank(query, options),
      }),
    };
    const index = await openIndex({ embedding, documents: readOnly, vectors });
    expect(ids(await index.retriever(wordsAlone).retrieve('whales, Meer')).toSorted()).toEqual([
      'moon#0',
      'whale#0',
    ]);
    await index.refresh();
    expect(ids(await index.retriever({ topK: 1 }).retrieve('whales'))).toEqual(['whale#0']);
  }
});

describe('openIndex', () => {
  const embedding = new HashEmbedding();
  const [documents, vectors] = [new MemoryDocumentStore(), new MemoryVectorStore()];

  it('takes one store with the other, or none', () => {
    const alone = () => {
      // @ts-expect-error: the vectors are missing
      void openIndex({ embedding, documents });
      // @ts-expect-error: the documents are missing
      void openIndex({ embedding, vectors });
      void openIndex({ embedding, documents, vectors });
      void openIndex({ embedding });
    };
    expect(alone).toBeTypeOf('function');
  });

  it('takes a service context that has the stores', async () => {
    const context = createServiceContext({ embedding, documents, vectors });
    const index = await openIndex(context);
    await index.update(animals);
    expect(ids(await index.retriever({ topK: 1 }).retrieve('cat'))).toEqual(['cat#0']);
    expect(await documents.getSource('cat')).toBeDefined();
    expect((await openIndex(createServiceContext({ embedding }))).size).toBe(0);
  });

  it.each<
    [string, Partial<{ documents: DocumentStore; vectors: VectorStore }>, { directory?: string }, RegExp]
  >([
    ['a vector store alone', { vectors }, {}, /documents is missing, and vectors is given/],
    ['a document store alone', { documents }, {}, /vectors is missing, and documents is given/],
    ['a directory besides', { documents, vectors }, { directory: 'x' }, /leave directory out/],
    ['stores that lack members', { documents: {} as DocumentStore, vectors }, {}, /getMany\(\)/],
    ['vectors without a search by vector', { documents, vectors: ofModes('text') }, {}, /no 'dense' queries/],
  ])('S-01: refuses %s, and says what is wrong', async (_what, parts, options, message) => {
    const opening = async () => openIndex({ embedding, ...parts }, options);
    await expect(opening()).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a filter that the vector store does not declare, before the question is embedded', async () => {
    const watched = new Watched();
    const store = new MemoryVectorStore();
    const narrow: VectorStore = {
      support: { modes: ['dense'] },
      upsert: (entries, options) => store.upsert(entries, options),
      delete: (selection, options) => store.delete(selection, options),
      query: (query, options) => store.query(query, options),
    };
    const index = await openIndex({
      embedding: watched,
      documents: new MemoryDocumentStore(),
      vectors: narrow,
    });
    await index.update(animals);
    watched.asked.length = 0;
    const filters = { key: 'lang', op: '==', value: 'de' } as const;
    await expect(index.retriever().retrieve('Meer', { filters })).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(ids(await index.retriever(wordsAlone).retrieve('Meer', { filters }))).toEqual(['moon#0']);
    expect(watched.asked).toEqual([]);
  });

  it('counts what somebody put into the vector store without a record', async () => {
    const [own, other] = [new MemoryDocumentStore(), new MemoryVectorStore()];
    const index = await openIndex({ embedding, documents: own, vectors: other });
    await index.update(animals);
    const node = createTextNode({ id: 'loose', text: 'A loose end.' });
    await other.upsert([{ node, embedding: await embedding.embedText(node.text) }]);
    expect(ids(await index.retriever().retrieve('loose end'))).toContain('loose');
  });
});

function ofModes(...modes: VectorStoreSupport['modes']): VectorStore {
  const never = () => Promise.reject(new Error('It is not asked.'));
  return { support: { modes }, upsert: never, delete: never, query: never };
}

it('BM25Index takes a fingerprint, which changes nothing of what it finds', () => {
  const index = new BM25Index({ fingerprint: 'x' });
  index.upsert([createTextNode({ id: 'a', text: 'cats' })]);
  expect(index.search('cat', 1)).toHaveLength(1);
});
