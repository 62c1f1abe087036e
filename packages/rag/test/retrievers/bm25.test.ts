import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import { BM25Index, BM25Retriever, singularTerm, type BM25IndexOptions } from '@mortise/rag';

const node = (id: string, text: string, metadata = {}) => createTextNode({ id, text, metadata });
const ids = (results: readonly NodeWithScore[]) => results.map((result) => result.node.id);

const animals = [
  node('cat', 'The cat sleeps on the mat.', { kind: 'pet' }),
  node('dogs', 'Dogs bark at cats and at the moon.', { kind: 'pet' }),
  node('whale', 'A whale sings below the waves.', { kind: 'wild' }),
  node('moon', 'The moon pulls the sea.', { kind: 'sky' }),
];

describe('BM25Retriever', () => {
  it('finds by shared words, whatever their endings, best first', async () => {
    const retriever = new BM25Retriever({ nodes: animals });
    expect(ids(await retriever.retrieve('Which cats were sleeping?'))).toEqual(['cat', 'dogs']);
    expect(ids(await retriever.retrieve('moon', { topK: 1 }))).toEqual(['moon']);
    expect(await retriever.retrieve('quantum')).toEqual([]);
    expect(await retriever.retrieve('?!')).toEqual([]);
    expect(await new BM25Retriever({}).retrieve('cat')).toEqual([]);
  });

  it('finds words in code marks, in metadata that are embedded, and in scripts without spaces', async () => {
    const nodes = [
      node('code', 'Call `parseAsync`(x) or z.object({}).'),
      node('titled', 'Nothing here.', { title: 'Installation' }),
      { ...node('secret', 'Nothing here.', { token: 'hunter2' }), excludedEmbedMetadataKeys: ['token'] },
      node('japanese', '東京は日本の首都です。'),
    ];
    const retriever = new BM25Retriever({ nodes });
    expect(ids(await retriever.retrieve('parseAsync'))).toEqual(['code']);
    expect(ids(await retriever.retrieve('object'))).toEqual(['code']);
    expect(ids(await retriever.retrieve('installation'))).toEqual(['titled']);
    expect(ids(await retriever.retrieve('hunter2'))).toEqual([]);
    expect(ids(await retriever.retrieve('首都'))).toEqual(['japanese']);
  });

  it('filters before it counts to topK', async () => {
    const filters = { key: 'kind', op: '!=', value: 'sky' } as const;
    expect(ids(await new BM25Retriever({ nodes: animals }).retrieve('moon', { topK: 1, filters }))).toEqual([
      'dogs',
    ]);
  });

  it('searches for function words only where a query has no others', async () => {
    const retriever = new BM25Retriever({ nodes: animals });
    expect(ids(await retriever.retrieve('Where does the whale sing?'))).toEqual(['whale']);
    expect(ids(await retriever.retrieve('the')).toSorted()).toEqual(['cat', 'dogs', 'moon', 'whale']);
  });

  it('gives the coverage of the question as evidence: weighted by rarity, function words aside, unknown words included', async () => {
    const retriever = new BM25Retriever({ nodes: animals });
    const coverage = async (query: string) =>
      Object.fromEntries(
        (await retriever.retrieve(query)).map((result) => [result.node.id, result.evidence?.coverage]),
      );
    expect((await coverage('What is a whale?'))['whale']).toBe(1);
    const idf = (holding: number) => Math.log(1 + (4 - holding + 0.5) / (holding + 0.5));
    // "cat" stands in two nodes, "mat" in one, "zebra" in none.
    expect((await coverage('cat mat zebra'))['cat']).toBeCloseTo(
      (idf(2) + idf(1)) / (idf(2) + idf(1) + idf(0)),
      10,
    );
    expect((await coverage('the a of'))['cat']).toBeGreaterThan(0);
  });
});

describe('BM25Index', () => {
  it('follows what is put in, replaced and taken out', () => {
    const index = new BM25Index();
    index.upsert(animals);
    index.upsert([node('cat', 'A zebra runs.')]);
    index.remove(['moon', 'gone']);
    expect(index.size).toBe(3);
    expect(ids(index.search('zebra', 5))).toEqual(['cat']);
    expect(ids(index.search('mat', 5))).toEqual([]);
    expect(ids(index.search('moon', 5))).toEqual(['dogs']);
  });

  it('takes the words as they are told: plurals alone, or a language of your own', () => {
    const index = (options: BM25IndexOptions) => {
      const made = new BM25Index(options);
      made.upsert([node('a', 'universities'), node('b', 'universal'), node('c', 'das Haus der Katze')]);
      return made;
    };
    expect(ids(index({}).search('university', 5))).toEqual(['a', 'b']);
    expect(ids(index({ toTerm: singularTerm }).search('university', 5))).toEqual(['a']);
    const german = { toTerm: (word: string) => word.slice(0, 4), functionWords: new Set(['das', 'der']) };
    expect(ids(index(german).search('der Hauses', 5))).toEqual(['c']);
  });

  it.each([{ k1: -1 }, { k1: NaN }, { k1: Infinity }, { b: -0.1 }, { b: 1.1 }, { b: NaN }])(
    'refuses %o as configuration',
    (options) => {
      expect(() => new BM25Index(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
    },
  );

  it('scores as the formula says', () => {
    const index = new BM25Index({ k1: 2, b: 0.5 });
    index.upsert([node('a', 'tin tin oak'), node('b', 'tin'), node('c', 'elm elm')]);
    // Two of three nodes hold the term, which stands twice in a query; the mean length is 2.
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    const tf = (count: number, length: number) => (count * 3) / (count + 2 * (0.5 + (0.5 * length) / 2));
    expect(index.search('tin tin', 5).map(({ node: { id }, score }) => [id, score])).toEqual([
      ['a', expect.closeTo(2 * idf * tf(2, 3), 12)],
      ['b', expect.closeTo(2 * idf * tf(1, 1), 12)],
    ]);
  });

  it('finds after any updates what an index finds that was filled at once', () => {
    const word = fc.constantFrom('oak', 'elm', 'ash', 'fir', 'the', 'yew');
    const step = fc.record({
      id: fc.integer({ min: 0, max: 5 }).map(String),
      words: fc.option(fc.array(word, { maxLength: 6 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.array(word, { maxLength: 4 }), (steps, asked) => {
        const updated = new BM25Index();
        const texts = new Map<string, string>();
        for (const { id, words } of steps) {
          if (words === undefined) {
            updated.remove([id]);
            texts.delete(id);
          } else {
            updated.upsert([node(id, words.join(' '))]);
            texts.set(id, words.join(' '));
          }
        }
        const fresh = new BM25Index();
        fresh.upsert(Array.from(texts, ([id, text]) => node(id, text)));
        const query = asked.join(' ');
        expect(updated.size).toBe(texts.size);
        expect(updated.search(query, 10)).toEqual(fresh.search(query, 10));
      }),
    );
  });
});
