import { describe, expect, it } from 'vitest';
import { createDocument, createTextNode } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import {
  committedNodes,
  CommittedVectorStore,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
} from '@mortise/rag';
import { collect } from '../temporary.ts';

async function setup() {
  const documents = new MemoryDocumentStore();
  const vectors = new MemoryVectorStore();
  const embedding = new HashEmbedding();
  const pipeline = new IngestionPipeline({ documents, vectors, embedding, strategy: 'upserts-and-delete' });
  await pipeline.run(['a', 'b'].map((id) => createDocument({ id, text: `The text of ${id}.` })));
  const query = { embedding: new Float32Array(vectors.support.dimensions!).fill(1), topK: 10 };
  return { documents, vectors, pipeline, query };
}

describe('the committed vectors', () => {
  it('I-01: do not show a document that is removed between the search and the look at its record', async () => {
    const { documents, vectors, pipeline, query } = await setup();
    let isRemoved = false;
    const racing = Object.create(vectors) as MemoryVectorStore;
    Object.defineProperties(racing, {
      support: { get: () => vectors.support },
      query: {
        async value(...args: Parameters<MemoryVectorStore['query']>) {
          const found = await vectors.query(...args);
          if (!isRemoved) await pipeline.run([createDocument({ id: 'a', text: 'The text of a.' })]);
          isRemoved = true;
          return found;
        },
      },
    });
    const found = await new CommittedVectorStore({ documents, vectors: racing }).query(query);
    expect(found.map(({ node }) => node.relationships?.source?.id)).toEqual(['a']);
  });

  it('show what somebody else put there, which has no record', async () => {
    const { documents, vectors, query } = await setup();
    const node = createTextNode({ id: 'foreign', text: 'x', relationships: { source: { id: 'elsewhere' } } });
    await vectors.upsert([{ node, embedding: query.embedding }]);
    const found = await new CommittedVectorStore({ documents, vectors }).query(query);
    expect(found.map((one) => one.node.id)).toContain('foreign');
    expect(found).toHaveLength(3);
  });
});

it('I-01: committed nodes are those of a document that comes back to its old text while they are read', async () => {
  const { documents, pipeline } = await setup();
  let times = 0;
  const own = documents.getMany.bind(documents);
  documents.getMany = async (ids, options) => {
    times += 1;
    if (times !== 1) return own(ids, options);
    documents.getMany = own;
    await pipeline.run([createDocument({ id: 'a', text: 'Other.' })], { strategy: 'upserts' });
    const missing = await own(ids, options);
    await pipeline.run([createDocument({ id: 'a', text: 'The text of a.' })], { strategy: 'upserts' });
    return missing;
  };
  expect((await collect(committedNodes(documents))).map(({ text }) => text).toSorted()).toEqual([
    'The text of a.',
    'The text of b.',
  ]);
});
