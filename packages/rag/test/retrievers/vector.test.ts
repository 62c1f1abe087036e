import { describe, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import type { MetadataFilter, VectorStore, VectorStoreSupport } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import { MemoryVectorStore, VectorRetriever } from '@mortise/rag';
import { ids } from './fake.ts';

const node = (id: string, text: string, metadata = {}) => createTextNode({ id, text, metadata });

const animals = [
  node('cat', 'The cat sleeps on the mat.', { kind: 'pet' }),
  node('dogs', 'Dogs bark at cats and at the moon.', { kind: 'pet' }),
  node('whale', 'A whale sings below the waves.', { kind: 'wild' }),
  node('moon', 'The moon pulls the sea.', { kind: 'sky' }),
];

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

  it('asks for a query as long as the vectors of the store', async () => {
    const embedding = new HashEmbedding();
    const store = new MemoryVectorStore();
    const { embeddings } = await embedding.embedTexts(['moon'], { dimensions: 16 });
    await store.upsert([{ node: node('moon', 'moon'), embedding: embeddings[0]! }]);
    const short = new VectorRetriever({ store, embedding, dimensions: 16 });
    expect(ids(await short.retrieve('moon'))).toEqual(['moon']);
  });

  it('S-04: refuses what the store will not take before the question is embedded', async () => {
    const embedding = new HashEmbedding();
    const asked = vi.spyOn(embedding, 'embedQuery');
    const store = new MemoryVectorStore();
    await store.upsert([{ node: node('moon', 'moon'), embedding: Float32Array.of(1, 0) }]);
    const saying = (support: VectorStoreSupport): VectorStore => {
      const query = (): never => expect.unreachable();
      return { support, query, upsert: query, delete: query };
    };
    const narrow = saying({ modes: ['dense'], operators: ['=='] });
    const noDense = saying({ modes: ['text'] });
    const by = (op: string) => ({ filters: { key: 'k', op, value: 'v' } as MetadataFilter });
    const cases = [
      [new VectorRetriever({ store, embedding }), {}, 'configuration'],
      [new VectorRetriever({ store, embedding, dimensions: 3 }), {}, 'configuration'],
      [new VectorRetriever({ store: noDense, embedding }), {}, 'unsupported'],
      [new VectorRetriever({ store: narrow, embedding }), by('!='), 'unsupported'],
      [new VectorRetriever({ store: narrow, embedding }), by('acme:x'), 'unsupported'],
      [new VectorRetriever({ store: narrow, embedding }), by('like'), 'unsupported'],
      [
        new VectorRetriever({ store: narrow, embedding }),
        { filters: {} as MetadataFilter },
        'invalid-request',
      ],
    ] as const;
    for (const [retriever, options, code] of cases)
      await expect(retriever.retrieve('moon', options)).rejects.toMatchObject({ code });
    expect(asked).not.toHaveBeenCalled();
  });

  it('C-01: an abort reaches the embedding model', async () => {
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
