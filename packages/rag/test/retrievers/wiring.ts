import {
  retrieverConformance,
  type ConformanceResults,
  type RetrieverConformanceOptions,
  type RetrieverSetup,
  type TestFunctions,
} from '@mortise/conformance';
import { HashEmbedding } from '@mortise/core/testing';
import { STORES, temporaryStores } from '../index/stores.ts';
import {
  AutoMergingRetriever,
  BM25Index,
  BM25Retriever,
  FusionRetriever,
  HybridRetriever,
  MemoryVectorStore,
  openIndex,
  RouterRetriever,
  VectorRetriever,
  type FusionMode,
} from '@mortise/rag';

const embedding = new HashEmbedding();

async function vectorsOf({ nodes }: RetrieverSetup): Promise<MemoryVectorStore> {
  const store = new MemoryVectorStore();
  const { embeddings } = await embedding.embedTexts(nodes.map(({ text }) => text));
  await store.upsert(nodes.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array })));
  return store;
}

/** Asks nobody below. */
const LEAF = {
  declares: ['filters', 'recursion', 'spans'],
  reasons: {
    nesting: 'It asks no other retriever.',
    scores: 'It asks no other retriever, and gives scores of its own.',
  },
} as const;

const leaves: readonly RetrieverConformanceOptions[] = [
  {
    ...LEAF,
    name: 'bm25',
    create: ({ nodes, objects }) => new BM25Retriever({ nodes, objects }),
  },
  {
    ...LEAF,
    name: 'vector',
    create: async (setup) =>
      new VectorRetriever({ store: await vectorsOf(setup), embedding, objects: setup.objects }),
  },
  {
    ...LEAF,
    name: 'hybrid',
    async create(setup) {
      const bm25 = new BM25Index();
      bm25.upsert(setup.nodes);
      const vectors = await vectorsOf(setup);
      return new HybridRetriever({ bm25, vectors, embedding }, { objects: setup.objects });
    },
  },
];

/** Over stores, to which an index is opened that nobody has updated: nodes as other writers leave them. */
const stored = STORES.map(([name, open]): RetrieverConformanceOptions => ({
  ...LEAF,
  name: `hybrid in ${name}`,
  async create({ nodes, objects }) {
    const stores = temporaryStores(open);
    const { embeddings } = await embedding.embedTexts(nodes.map(({ text }) => text));
    await stores.documents.upsert(nodes);
    const [sourceId, nodeIds] = ['all', nodes.map(({ id }) => id)];
    await stores.documents.setSource({ sourceId, hash: 'any', nodeIds });
    await stores.vectors.upsert(
      nodes.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array })),
    );
    const index = await openIndex({ embedding, ...stores });
    return index.retriever({ objects });
  },
}));

const fusions = (['relative-score', 'distribution', 'reciprocal-rank'] satisfies FusionMode[]).map(
  (mode): RetrieverConformanceOptions => ({
    name: `fusion by ${mode}`,
    declares: ['filters', 'recursion', 'nesting', 'spans'],
    reasons: { scores: 'Fused scores are relative.' },
    async create(setup) {
      const { nodes, objects } = setup;
      const vector = new VectorRetriever({ store: await vectorsOf(setup), embedding });
      const retrievers = [{ retriever: new BM25Retriever({ nodes }) }, { retriever: vector }];
      return new FusionRetriever({ retrievers, mode, objects });
    },
    compose: (inner) => new FusionRetriever({ retrievers: [{ retriever: inner }], mode }),
  }),
);

const ALL = { declares: ['filters', 'recursion', 'nesting', 'scores', 'spans'] } as const;

const first = { select: () => Promise.resolve([{ index: 0 }]) };
const elsewhere = { retriever: new BM25Retriever({}), description: 'elsewhere' };

const combinations: readonly RetrieverConformanceOptions[] = [
  {
    ...ALL,
    name: 'router',
    create({ nodes, objects }) {
      const here = { retriever: new BM25Retriever({ nodes }), description: 'here' };
      return new RouterRetriever({ choices: [here, elsewhere], selector: first, objects });
    },
    compose: (inner) =>
      new RouterRetriever({
        choices: [{ retriever: inner, description: 'here' }, elsewhere],
        selector: first,
      }),
  },
  {
    ...ALL,
    name: 'auto-merging',
    create: ({ nodes, objects }) =>
      new AutoMergingRetriever({ retriever: new BM25Retriever({ nodes }), nodes: async () => [], objects }),
    compose: (inner) => new AutoMergingRetriever({ retriever: inner, nodes: async () => [] }),
  },
];

export function wireRetrievers(functions: TestFunctions): ConformanceResults[] {
  return [...leaves, ...stored, ...fusions, ...combinations].map((options) =>
    retrieverConformance(functions, options),
  );
}
