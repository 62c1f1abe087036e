import { describe, expect, it } from 'vitest';
import {
  BaseRetriever,
  createTextNode,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import {
  fuse,
  FusionRetriever,
  MemoryVectorStore,
  VectorRetriever,
} from '@mortise/rag';

const node = (id: string, text: string, metadata = {}) => createTextNode({ id, text, metadata });
const ids = (results: readonly NodeWithScore[]) => results.map((result) => result.node.id);

const animals = [
  node('cat', 'The cat sleeps on the mat.', { kind: 'pet' }),
  node('dogs', 'Dogs bark at cats and at the moon.', { kind: 'pet' }),
  node('whale', 'A whale sings below the waves.', { kind: 'wild' }),
  node('moon', 'The moon pulls the sea.', { kind: 'sky' }),
];

class Fixed extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly calls: RetrieveCall[] = [];
  readonly #results: readonly NodeWithScore[] | Error;
  constructor(results: readonly NodeWithScore[] | Error) {
    super();
    this.#results = results;
  }
  async retrieveNodes(_query: Query, call: RetrieveCall) {
    this.calls.push(call);
    if (this.#results instanceof Error) throw this.#results;
    return this.#results;
  }
}

describe('VectorRetriever', () => {
  async function retriever() {
    const embedding = new HashEmbedding();
    const store = new MemoryVectorStore();
    const { embeddings } = await embedding.embedTexts(animals.map(({ text }) => text));
    await store.upsert(animals.map((animal, at) => ({ node: animal, embedding: embeddings[at]! })));
    return { embedding, retriever: new VectorRetriever({ store, embedding, topK: 2 }) };
  }

  it('embeds the query as a query and finds the nearest, with the cosine as evidence', async () => {
    const { retriever: vector } = await retriever();
    const results = await vector.retrieve('the moon and the sea');
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ node: { id: 'moon' }, evidence: { similarity: results[0]?.score } });
  });

  it('takes the vector that a query brings, and filters', async () => {
    const { retriever: vector, embedding } = await retriever();
    const brought = await embedding.embedText('whale waves');
    const filters = { key: 'kind', op: '==', value: 'pet' } as const;
    expect(ids(await vector.retrieve({ query: 'cat', embedding: brought }, { topK: 1 }))).toEqual(['whale']);
    expect(ids(await vector.retrieve('whale', { filters })).toSorted()).toEqual(['cat', 'dogs']);
  });

  it('C-01 an abort reaches the embedding model', async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const embedding = new HashEmbedding();
    embedding.embedQuery = (_query, options) => {
      seen = options?.signal;
      controller.abort('stop');
      return new Promise(() => undefined);
    };
    const vector = new VectorRetriever({ store: new MemoryVectorStore(), embedding });
    await expect(vector.retrieve('q', { signal: controller.signal })).rejects.toBe('stop');
    expect(seen?.aborted).toBe(true);
  });
});

describe('fusion', () => {
  const scored = (id: string, score: number, evidence?: NodeWithScore['evidence']): NodeWithScore => ({
    node: node(id, id),
    score,
    ...(evidence === undefined ? {} : { evidence }),
  });

  it('brings each list to 0..1, weights it, and adds up', () => {
    const lists = [
      [scored('a', 30), scored('b', 20), scored('c', 10)],
      [scored('c', 0.9), scored('b', 0.5), scored('d', 0.1)],
    ];
    const fused = fuse(lists, [0.7, 0.3]).map((result) => [result.node.id, result.score]);
    expect(fused).toEqual([
      ['a', 0.7],
      ['b', 0.35 + 0.15],
      ['c', 0.3],
      ['d', 0],
    ]);
  });

  it('counts a list of equal scores 1 a node when they are above 0, else 0', () => {
    expect(fuse([[scored('a', 5), scored('b', 5)]], [1]).map(({ score }) => score)).toEqual([1, 1]);
    expect(fuse([[scored('a', 0)], [scored('b', -1)]], [0.5, 0.5]).map(({ score }) => score)).toEqual([0, 0]);
    expect(fuse([[], [scored('a', 2)]], [0.5, 0.5]).map(({ score }) => score)).toEqual([0.5]);
  });

  it('R-02 keeps the raw evidence of all lists, and changes no list', () => {
    const lists = [[scored('a', 3, { bm25: 3, coverage: 0.5 })], [scored('a', 0.4, { similarity: 0.4 })]];
    const before = structuredClone(lists);
    expect(fuse(lists, [0.5, 0.5])[0]?.evidence).toEqual({ bm25: 3, coverage: 0.5, similarity: 0.4 });
    expect(lists).toEqual(before);
  });

  it('asks each retriever for more than it returns, and brings weights to a sum of 1', async () => {
    const left = new Fixed([scored('a', 2), scored('b', 1)]);
    const right = new Fixed([scored('b', 2), scored('c', 1)]);
    const fusion = new FusionRetriever({
      retrievers: [
        { retriever: left, weight: 3 },
        { retriever: right, weight: 1 },
      ],
      topK: 2,
      candidates: 50,
    });
    const results = await fusion.retrieve('q');
    expect(results.map((result) => [result.node.id, result.score])).toEqual([
      ['a', 0.75],
      ['b', 0.25],
    ]);
    expect(left.calls[0]?.topK).toBe(50);
    await fusion.retrieve('q', { topK: 80 });
    expect(left.calls[1]?.topK).toBe(80);
  });

  it('R-04 hands filters down, and fails as a whole when one retriever does', async () => {
    const left = new Fixed([]);
    const filters = { key: 'a', op: '==', value: 1 } as const;
    await new FusionRetriever({ retrievers: [{ retriever: left }] }).retrieve('q', { filters });
    expect(left.calls[0]?.filters).toEqual(filters);
    const half = new FusionRetriever({
      retrievers: [{ retriever: left }, { retriever: new Fixed(new Error('down')) }],
    });
    await expect(half.retrieve('q')).rejects.toThrow('down');
  });

  it('refuses weights that cannot be shares', () => {
    const retriever = new Fixed([]);
    for (const weight of [-1, 0, NaN, Infinity]) {
      expect(() => new FusionRetriever({ retrievers: [{ retriever, weight }] })).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
    }
    expect(() => new FusionRetriever({ retrievers: [] })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});
