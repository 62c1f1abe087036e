import type { CallOptions, NodeWithScore } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { Retriever } from '@mortise/core/retriever';
import * as rag from '@mortise/rag';
import { call, type Target } from './fuzz.ts';
import { asked, embedding, found, lookup, reranker, retriever, says, selector } from './rag-parts.ts';

type Args = unknown[];

/** A postprocessor: what it is made of, and what it is called with. */
function postprocessorTargets(
  name: string,
  own: () => Args,
  make: (...given: never[]) => NodePostprocessor,
): Target[] {
  return [
    call(`new ${name}`, own, (...given) => make(...(given as never[])).postprocess('q', found())),
    call(
      `${name}.postprocess`,
      () => [{ query: 'q' }, found(), asked()] as [{ query: string }, NodeWithScore[], CallOptions],
      (query, nodes, options) => make(...(own() as never[])).postprocess(query, nodes, options),
    ),
  ];
}

function retrieverTarget(name: string, own: () => object, make: (options: never) => Retriever): Target {
  return call(
    `${name}.retrieve`,
    () => [own(), { query: 'tea' }, { ...asked(), topK: 2 }] as [object, { query: string }, object],
    (options, query, given) => make(options as never).retrieve(query, given),
  );
}

const scores = '{"scores": [{"source": 1, "score": 7}, {"source": 2, "score": 3}]}';
const nodes = () => found().map(({ node }) => node);

const bm25 = (): rag.BM25Index => {
  const index = new rag.BM25Index();
  index.upsert(nodes());
  return index;
};

export const postprocessors: readonly Target[] = [
  ...postprocessorTargets(
    'LongContextReorder',
    () => [],
    () => new rag.LongContextReorder(),
  ).slice(1),
  ...postprocessorTargets(
    'SimilarityCutoff',
    () => [{ cutoff: 0.1, measure: 'similarity', unmeasured: 'keep' }],
    (options) => new rag.SimilarityCutoff(options),
  ),
  ...postprocessorTargets(
    'Neighbours',
    () => [{ nodes: lookup() }, { previous: 1, next: 1 }],
    (parts, options) => new rag.Neighbours(parts, options),
  ),
  ...postprocessorTargets(
    'RerankPostprocessor',
    () => [{ reranker: reranker() }, { topN: 2, textMode: 'embed' }],
    (parts, options) => new rag.RerankPostprocessor(parts, options),
  ),
  ...postprocessorTargets(
    'LLMRerank',
    () => [
      { llm: says(scores) },
      { topN: 2, batchSize: 5, concurrency: 1, maxRepairs: 0, onInvalid: 'throw', chat: { temperature: 0 } },
    ],
    (parts, options) => new rag.LLMRerank(parts, options),
  ),
  ...postprocessorTargets(
    'SplitNodes',
    () => [{ splitter: { transform: async (list: unknown[]) => list } }],
    (parts) => new rag.SplitNodes(parts),
  ),
];

export const selectors: readonly Target[] = [
  call(
    'LLMSelector.select',
    () =>
      [{ llm: says('1'), max: 1, maxRepairs: 0 }, 'q', ['a', 'b'], asked()] as [
        rag.LLMSelectorOptions,
        string,
        string[],
        CallOptions,
      ],
    (options, query, choices, given) => new rag.LLMSelector(options).select(query, choices, given),
  ),
  call(
    'EmbeddingSelector.select',
    () =>
      [{ embedding: embedding(), max: 1, minSimilarity: 0 }, 'q', ['a', 'b'], asked()] as [
        rag.EmbeddingSelectorOptions,
        string,
        string[],
        CallOptions,
      ],
    (options, query, choices, given) => new rag.EmbeddingSelector(options).select(query, choices, given),
  ),
];

export const retrievers: readonly Target[] = [
  retrieverTarget(
    'BM25Retriever',
    () => ({ nodes: nodes(), k1: 1, b: 0.5, topK: 2 }),
    (options) => new rag.BM25Retriever(options),
  ),
  retrieverTarget(
    'FusionRetriever',
    () => ({
      retrievers: [{ retriever: retriever(), weight: 1 }, { retriever: retriever() }],
      mode: 'relative-score',
      topK: 2,
      candidates: 3,
      queryGeneration: { llm: says('1. leaves'), count: 1, deadlineMs: 100 },
    }),
    (options) => new rag.FusionRetriever(options),
  ),
  retrieverTarget(
    'RouterRetriever',
    () => ({
      choices: [
        { retriever: retriever(), description: 'a' },
        { retriever: retriever(), description: 'b' },
      ],
      selector: selector(),
      onNonsense: 'all',
    }),
    (options) => new rag.RouterRetriever(options),
  ),
  retrieverTarget(
    'AutoMergingRetriever',
    () => ({ retriever: retriever(), nodes: lookup(), threshold: 0.3, topK: 2, maxLevels: 2 }),
    (options) => new rag.AutoMergingRetriever(options),
  ),
  call(
    'BM25Index',
    () => [{ k1: 1, b: 0.5 }, nodes(), 'tea', 2, ['a']] as [object, never[], string, number, string[]],
    (options, list, query, topK, ids) => {
      const index = new rag.BM25Index(options);
      index.upsert(list);
      index.search(query, topK);
      index.remove(ids);
    },
  ),
  call(
    'HybridRetriever.retrieve',
    () =>
      [
        { bm25: bm25(), vectors: new rag.MemoryVectorStore(), embedding: embedding() },
        { topK: 2, weights: { bm25: 1, vector: 1 } },
        { query: 'tea' },
        asked(),
      ] as never as [rag.HybridParts, rag.HybridRetrieverOptions, { query: string }, object],
    (parts, options, query, given) => new rag.HybridRetriever(parts, options).retrieve(query, given),
  ),
  call(
    'fuse',
    () =>
      [[found(), found()], [0.5, 0.5], { mode: 'reciprocal-rank', k: 60 }] as [
        NodeWithScore[][],
        number[],
        rag.FuseOptions,
      ],
    (lists, weights, options) => rag.fuse(lists, weights, options),
  ),
];
