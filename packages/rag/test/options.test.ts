import { expect, it } from 'vitest';
import { MortiseError } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import * as rag from '@mortise/rag';
import { MemoryDocumentStore, MemoryVectorStore } from '@mortise/rag';

const llm = new ScriptedLLM({ replies: [] });
const embedding = new HashEmbedding();
const retriever = new rag.BM25Retriever({});
const choices = [{ retriever, description: 'all' }];
const engine = rag.createQueryEngine({ llm, retriever });
const named = { name: 'wood', description: 'all' };
const engines = [{ name: 'e', description: 'all', engine }];
const index = await rag.openIndex({ embedding });
const bm25 = new rag.BM25Index();
const report = await rag
  .evaluateRetriever(retriever, {
    queries: [{ id: 'q', query: 'x' }],
    judgements: new Map([['q', { d: 1 }]]),
  } as never)
  .catch(() => ({ name: 'r', metrics: {}, gain: 'linear', queries: [] }) as never);

const parts = { documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore(), embedding };
const collection = { queries: [], judgements: new Map() };

/** What no option that is a number takes. */
const NONE: readonly unknown[] = [NaN, -1, -0.5, '3', 3n, {}];
const [NO_ZERO, NO_FRACTION, NO_INFINITY] = [0, 1.5, Infinity];
const count = [...NONE, NO_ZERO, NO_FRACTION, NO_INFINITY];
const from0 = [...NONE, NO_FRACTION, NO_INFINITY];
const orNone = [...NONE, NO_ZERO, NO_FRACTION];
const share = [...NONE, 1.01, NO_INFINITY];
const any = [NaN, '3', 3n, {}, NO_INFINITY];

type Row = [option: string, refused: readonly unknown[], give: (value: never) => unknown, code?: string];
const options: Row[] = [
  ['BM25Retriever.topK', count, (topK) => new rag.BM25Retriever({ topK })],
  ['BM25Index.k1', [...NONE, NO_INFINITY], (k1) => new rag.BM25Index({ k1 })],
  ['BM25Index.b', share, (b) => new rag.BM25Index({ b })],
  ['BM25Index.search topK', count, (topK) => bm25.search('q', topK), 'invalid-request'],
  ['retrieve topK', count, (topK) => retriever.retrieve('q', { topK }), 'invalid-request'],
  [
    'VectorRetriever.topK',
    count,
    (topK) => new rag.VectorRetriever({ store: parts.vectors, embedding, topK }),
  ],
  ['FusionRetriever.topK', count, (topK) => new rag.FusionRetriever({ retrievers: [{ retriever }], topK })],
  [
    'FusionRetriever.candidates',
    count,
    (candidates) => new rag.FusionRetriever({ retrievers: [{ retriever }], candidates }),
  ],
  [
    'FusionRetriever.k',
    [...NONE, 0, Infinity],
    (k) => new rag.FusionRetriever({ retrievers: [{ retriever }], mode: 'reciprocal-rank', k }),
  ],
  [
    'FusionRetriever.mode',
    ['best', 1, null],
    (mode) => new rag.FusionRetriever({ retrievers: [{ retriever }], mode: mode ?? ('' as never) }),
  ],
  [
    'FusionRetriever weight',
    [...NONE, 0, Infinity],
    (weight) => new rag.FusionRetriever({ retrievers: [{ retriever, weight }] }),
  ],
  [
    'queryGeneration.count',
    [...count, 17],
    (n) => new rag.FusionRetriever({ retrievers: [{ retriever }], queryGeneration: { llm, count: n } }),
  ],
  [
    'queryGeneration.deadlineMs',
    [...NONE, 0, Infinity],
    (deadlineMs) =>
      new rag.FusionRetriever({ retrievers: [{ retriever }], queryGeneration: { llm, deadlineMs } }),
  ],
  [
    'AutoMergingRetriever.topK',
    count,
    (topK) => new rag.AutoMergingRetriever({ retriever, nodes: parts.documents, topK }),
  ],
  [
    'AutoMergingRetriever.candidates',
    count,
    (candidates) => new rag.AutoMergingRetriever({ retriever, nodes: parts.documents, candidates }),
  ],
  [
    'AutoMergingRetriever.threshold',
    share,
    (threshold) => new rag.AutoMergingRetriever({ retriever, nodes: parts.documents, threshold }),
  ],
  [
    'AutoMergingRetriever.maxLevels',
    count,
    (maxLevels) => new rag.AutoMergingRetriever({ retriever, nodes: parts.documents, maxLevels }),
  ],
  [
    'RouterRetriever.onNonsense',
    ['none', 1],
    (onNonsense) => new rag.RouterRetriever({ choices, selector: new rag.LLMSelector({ llm }), onNonsense }),
  ],
  [
    'RouterRetriever.concurrency',
    count,
    (concurrency) =>
      new rag.RouterRetriever({ choices, selector: new rag.LLMSelector({ llm }), concurrency }),
  ],
  ['BaseRetriever.maxDepth', count, (maxDepth) => new rag.BM25Retriever({ maxDepth })],
  ['BaseRetriever.deadlineMs', [...NONE, 0, Infinity], (deadlineMs) => new rag.BM25Retriever({ deadlineMs })],
  ['index.retriever topK', count, (topK) => index.retriever({ topK })],
  ['index.retriever candidates', count, (candidates) => index.retriever({ candidates })],
  [
    'index.retriever weights',
    [...NONE, Infinity],
    (bm) => index.retriever({ weights: { bm25: bm, vector: 1 } }),
  ],
  ['openIndex.concurrency', count, (concurrency) => rag.openIndex({ embedding }, { concurrency })],
  ['openIndex.dimensions', count, (dimensions) => rag.openIndex({ embedding }, { dimensions })],
  [
    'IngestionPipeline.concurrency',
    count,
    (concurrency) => new rag.IngestionPipeline({ ...parts, concurrency }),
  ],
  ['IngestionPipeline.batchSize', count, (batchSize) => new rag.IngestionPipeline({ ...parts, batchSize })],
  [
    'IngestionPipeline.dimensions',
    count,
    (dimensions) => new rag.IngestionPipeline({ ...parts, dimensions }),
  ],
  ['createQueryEngine.topK', count, (topK) => rag.createQueryEngine({ llm, retriever }, { topK })],
  [
    'createQueryEngine.maxSourceTokens',
    orNone,
    (maxSourceTokens) => rag.createQueryEngine({ llm, retriever }, { maxSourceTokens }),
  ],
  [
    'RouterQueryEngine.maxRepairs',
    from0,
    (maxRepairs) => new rag.RouterQueryEngine({ llm }, { engines, maxRepairs }),
  ],
  [
    'SubQuestionQueryEngine.maxRepairs',
    from0,
    (maxRepairs) => new rag.SubQuestionQueryEngine({ llm }, { engines, maxRepairs }),
  ],
  [
    'SubQuestionQueryEngine.maxQuestions',
    count,
    (maxQuestions) => new rag.SubQuestionQueryEngine({ llm }, { engines, maxQuestions }),
  ],
  [
    'SubQuestionQueryEngine.concurrency',
    count,
    (concurrency) => new rag.SubQuestionQueryEngine({ llm }, { engines, concurrency }),
  ],
  ['engineTool.topK', count, (topK) => rag.engineTool(engine, { ...named, topK })],
  ['engineTool.maxSources', from0, (maxSources) => rag.engineTool(engine, { ...named, maxSources })],
  [
    'engineTool.maxSourceLength',
    count,
    (maxSourceLength) => rag.engineTool(engine, { ...named, maxSourceLength }),
  ],
  [
    'engineTool.maxAnswerLength',
    count,
    (maxAnswerLength) => rag.engineTool(engine, { ...named, maxAnswerLength }),
  ],
  ['TreeSynthesizer.fanIn', [...count, 1], (fanIn) => new rag.TreeSynthesizer({ llm }, { fanIn })],
  ['TreeSynthesizer.concurrency', count, (concurrency) => new rag.TreeSynthesizer({ llm }, { concurrency })],
  [
    'createContextChatEngine.maxTokens',
    from0,
    (maxTokens) => rag.createContextChatEngine({ llm, retriever }, { maxTokens }),
  ],
  [
    'createContextChatEngine.topK',
    count,
    (topK) => rag.createContextChatEngine({ llm, retriever }, { topK }),
  ],
  [
    'createContextChatEngine.maxSourceTokens',
    orNone,
    (maxSourceTokens) => rag.createContextChatEngine({ llm, retriever }, { maxSourceTokens }),
  ],
  [
    'createCondenseChatEngine.maxTokens',
    from0,
    (maxTokens) => rag.createCondenseChatEngine({ llm, engine }, { maxTokens }),
  ],
  [
    'createToolsChatEngine.maxTokens',
    from0,
    (maxTokens) => rag.createToolsChatEngine({ llm, tools: [] }, { maxTokens }),
  ],
  ['LLMRerank.topN', count, (topN) => new rag.LLMRerank({ llm }, { topN })],
  ['LLMRerank.batchSize', count, (batchSize) => new rag.LLMRerank({ llm }, { batchSize })],
  ['LLMRerank.concurrency', count, (concurrency) => new rag.LLMRerank({ llm }, { concurrency })],
  ['LLMRerank.maxRepairs', from0, (maxRepairs) => new rag.LLMRerank({ llm }, { maxRepairs })],
  [
    'RerankPostprocessor.topN',
    count,
    (topN) => new rag.RerankPostprocessor({ reranker: {} as never }, { topN }),
  ],
  ['SimilarityCutoff.cutoff', [...any, undefined], (cutoff) => new rag.SimilarityCutoff({ cutoff })],
  [
    'SimilarityCutoff.unmeasured',
    ['hide', 1],
    (unmeasured) => new rag.SimilarityCutoff({ cutoff: 0, unmeasured }),
  ],
  ['LLMSelector.max', count, (max) => new rag.LLMSelector({ llm, max })],
  ['LLMSelector.maxRepairs', from0, (maxRepairs) => new rag.LLMSelector({ llm, maxRepairs })],
  ['EmbeddingSelector.max', count, (max) => new rag.EmbeddingSelector({ embedding, max })],
  [
    'EmbeddingSelector.minSimilarity',
    any,
    (minSimilarity) => new rag.EmbeddingSelector({ embedding, minSimilarity }),
  ],
  ['SentenceSplitter.maxTokens', count, (maxTokens) => new rag.SentenceSplitter({ maxTokens })],
  ['SentenceSplitter.overlap', [...from0, 512], (overlap) => new rag.SentenceSplitter({ overlap })],
  ['MarkdownSplitter.level', [...count, 7], (level) => new rag.MarkdownSplitter({ level })],
  [
    'HierarchicalSplitter.sizes',
    [...NONE, 1.5, Infinity, 20],
    (size) => new rag.HierarchicalSplitter({ sizes: [20, size] }),
  ],
  ['csvFormat.maxRecordLength', orNone, (maxRecordLength) => rag.csvFormat({ maxRecordLength })],
  ['csvFormat.documents', ['pages', 1], (documents) => rag.csvFormat({ documents })],
  ['jsonLinesFormat.maxRecordLength', orNone, (maxRecordLength) => rag.jsonLinesFormat({ maxRecordLength })],
  ['evaluateRetriever.topK', count, (topK) => rag.evaluateRetriever(retriever, collection, { topK })],
  [
    'evaluateRetriever.concurrency',
    count,
    (concurrency) => rag.evaluateRetriever(retriever, collection, { concurrency }),
  ],
  [
    'compareRetrieval.permutations',
    count,
    (permutations) => rag.compareRetrieval(report, report, { permutations }),
  ],
  ['compareRetrieval.resamples', count, (resamples) => rag.compareRetrieval(report, report, { resamples })],
  [
    'compareRetrieval.confidence',
    [...share, 0, 1],
    (confidence) => rag.compareRetrieval(report, report, { confidence }),
  ],
  ['compareRetrieval.seed', [...any, 1.5], (seed) => rag.compareRetrieval(report, report, { seed })],
];

it.each(options)(
  '%s is refused, typed, where it is none',
  async (_option, refused, give, code = 'configuration') => {
    for (const value of refused) {
      const failure: unknown = await (async () => give(value as never))().then(
        () => 'nothing was thrown',
        (error: unknown) => error,
      );
      expect(failure, String(value)).toBeInstanceOf(MortiseError);
      expect(failure, String(value)).toMatchObject({ code });
      // An option's name comes first, and what it takes last.
      expect((failure as Error).message, String(value)).toMatch(/^\S.* (is|are) .*\b(takes?|leaves|needs)\b/);
    }
  },
);
