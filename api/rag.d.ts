// The API of @mortise/rag. Written by `pnpm api`.
// entry . index.d.ts

// ---- evaluation/compare.d.ts
import type { RetrievalReport } from './evaluate.ts';
import type { RetrievalMetric } from './metrics.ts';
export interface CompareOptions {
    metric?: RetrievalMetric | undefined;
    permutations?: number | undefined;
    resamples?: number | undefined;
    confidence?: number | undefined;
    seed?: number | undefined;
}
export interface RetrievalComparison {
    metric: string;
    a: {
        name: string;
        mean: number;
    };
    b: {
        name: string;
        mean: number;
    };
    difference: number;
    pValue: number;
    exact: boolean;
    interval: {
        confidence: number;
        low: number;
        high: number;
    };
    queries: number;
    wins: number;
    losses: number;
    ties: number;
    seed: number;
}
export declare function compareRetrieval(a: RetrievalReport, b: RetrievalReport, options?: CompareOptions): RetrievalComparison;

// ---- evaluation/evaluate.d.ts
import type { Node, Query, Retriever } from '@mortise/core/retriever';
import type { Gain, Judgements, RetrievalMetric } from './metrics.ts';
export interface EvaluationQuery extends Query {
    id: string;
}
export interface EvaluationCollection {
    readonly queries: readonly EvaluationQuery[];
    readonly judgements: ReadonlyMap<string, Judgements>;
}
export interface EvaluateOptions {
    name?: string | undefined;
    metrics?: readonly RetrievalMetric[] | undefined;
    gain?: Gain | undefined;
    documentId?: ((node: Node) => string) | undefined;
    topK?: number | undefined;
    concurrency?: number | undefined;
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: {
        done: number;
        total: number;
        query: string;
    }) => void) | undefined;
}
export declare const DEFAULT_METRICS: readonly RetrievalMetric[];
export interface RetrievalReport {
    name: string;
    metrics: {
        [metric: string]: number;
    };
    gain: Gain;
    queries: MeasuredQuery[];
    unjudged: string[];
    empty: number;
    durationMs: number;
}
export interface MeasuredQuery {
    id: string;
    metrics: {
        [metric: string]: number;
    };
    found: string[];
}
export declare function evaluateRetriever(retriever: Retriever, collection: EvaluationCollection, options?: EvaluateOptions): Promise<RetrievalReport>;

// ---- evaluation/index.d.ts
export { compareRetrieval, type CompareOptions, type RetrievalComparison } from './compare.ts';
export { DEFAULT_METRICS, evaluateRetriever, type EvaluateOptions, type EvaluationCollection, type EvaluationQuery, type MeasuredQuery, type RetrievalReport, } from './evaluate.ts';
export { measureRanking, type Gain, type Judgements, type MetricName, type RetrievalMetric, } from './metrics.ts';
export { comparisonText, retrievalMarkdown } from './report.ts';

// ---- evaluation/metrics.d.ts
export type Judgements = ReadonlyMap<string, number>;
export type MetricName = 'ndcg' | 'recall' | 'precision' | 'mrr' | 'map' | 'hit-rate';
export type RetrievalMetric = `${MetricName}@${number}`;
export type Gain = 'linear' | 'exponential';
export declare function measureRanking(ranking: readonly string[], judgements: Judgements, metric: RetrievalMetric, gain?: Gain): number;

// ---- evaluation/report.d.ts
import type { RetrievalComparison } from './compare.ts';
import type { RetrievalReport } from './evaluate.ts';
export declare function retrievalMarkdown(reports: readonly RetrievalReport[], comparisons?: readonly RetrievalComparison[]): string;
export declare function comparisonText(comparison: RetrievalComparison): string;

// ---- index.d.ts
export * from './chat-engine/index.ts';
export * from './evaluation/index.ts';
export * from './index/index.ts';
export * from './ingestion/index.ts';
export * from './postprocessors/index.ts';
export * from './query-engine/index.ts';
export * from './readers/index.ts';
export * from './retrievers/index.ts';
export * from './selectors/index.ts';
export * from './splitters/index.ts';
export * from './stores/index.ts';
export * from './synthesizer/index.ts';

// ---- index/document-index.d.ts
import type { Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { ReadFailure } from '@mortise/core/reader';
import type { Retriever } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import type { BM25IndexOptions } from '../retrievers/bm25-index.ts';
import type { HybridRetrieverOptions } from './hybrid-retriever.ts';
import type { DocumentSource, UpdateProgress } from './update-plan.ts';
export interface IndexParts {
    readonly embedding: EmbeddingModel;
}
export interface OpenIndexOptions {
    splitter?: Transform | undefined;
    directory?: string | undefined;
    dimensions?: number | undefined;
    bm25?: BM25IndexOptions | undefined;
    onWarning?: ((warning: Warning) => void) | undefined;
    signal?: AbortSignal | undefined;
}
export interface UpdateOptions {
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: UpdateProgress) => void) | undefined;
    onError?: ((failure: ReadFailure) => void) | undefined;
    removeMissing?: boolean | undefined;
    parent?: string | undefined;
}
export interface UpdateReport {
    added: number;
    changed: number;
    unchanged: number;
    removed: number;
    failed: ReadFailure[];
    embedded: number;
}
export declare function openIndex(parts: IndexParts, options?: OpenIndexOptions): Promise<DocumentIndex>;
export declare class DocumentIndex {
    private constructor();
    static open(parts: IndexParts, options?: OpenIndexOptions): Promise<DocumentIndex>;
    get size(): number;
    get nodeCount(): number;
    get path(): string | undefined;
    retriever(options?: HybridRetrieverOptions): Retriever;
    update(source: DocumentSource, options?: UpdateOptions): Promise<UpdateReport>;
    save(): Promise<void>;
}

// ---- index/hybrid-retriever.d.ts
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { BaseRetriever, BaseRetrieverOptions, NodeWithScore, Query, RetrieveCall } from '@mortise/core/retriever';
import type { BM25Index } from '../retrievers/bm25-index.ts';
import type { MemoryVectorStore } from '../stores/memory-vector-store.ts';
export declare const DEFAULT_WEIGHTS: Readonly<HybridWeights>;
export interface HybridWeights {
    bm25: number;
    vector: number;
}
export interface HybridRetrieverOptions extends BaseRetrieverOptions {
    topK?: number | undefined;
    weights?: HybridWeights | undefined;
    candidates?: number | undefined;
}
export interface HybridParts {
    readonly bm25: BM25Index;
    readonly vectors: MemoryVectorStore;
    readonly embedding: Pick<EmbeddingModel, 'embedQuery'>;
}
export declare class HybridRetriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(parts: HybridParts, options?: HybridRetrieverOptions);
    retrieveNodes(query: Query, call: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- index/index.d.ts
export { DocumentIndex, openIndex, type IndexParts, type OpenIndexOptions, type UpdateOptions, type UpdateReport, } from './document-index.ts';
export { DEFAULT_WEIGHTS, HybridRetriever, type HybridParts, type HybridRetrieverOptions, type HybridWeights, } from './hybrid-retriever.ts';
export type { DocumentSource, UpdateProgress } from './update-plan.ts';

// ---- index/update-plan.d.ts
import type { Reader } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
export type DocumentSource = Reader | AsyncIterable<Document> | Iterable<Document>;
export interface UpdateProgress {
    phase: 'read' | 'embed' | (string & {});
    done: number;
    total?: number;
    item: string;
}

// ---- query-engine/index.d.ts
export { createQueryEngine, RetrieverQueryEngine, type CreateQueryEngineOptions, type RetrieverQueryEngineOptions, } from './retriever-query-engine.ts';

// ---- query-engine/retriever-query-engine.d.ts
import type { LLM } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { QueryInput, Retriever } from '@mortise/core/retriever';
import type { QueryResponse, ResponseStream, ResponseSynthesizer } from '@mortise/core/synthesizer';
import type { CitationSynthesizerOptions } from '../synthesizer/citation-synthesizer.ts';
export interface RetrieverQueryEngineOptions {
    retriever: Retriever;
    synthesizer: ResponseSynthesizer;
    postprocessors?: readonly NodePostprocessor[] | undefined;
    topK?: number | undefined;
}
export declare class RetrieverQueryEngine implements QueryEngine {
    constructor(options: RetrieverQueryEngineOptions);
    query(input: QueryInput, options?: QueryOptions): Promise<QueryResponse>;
    streamQuery(input: QueryInput, options?: QueryOptions): ResponseStream;
}
export interface CreateQueryEngineOptions extends CitationSynthesizerOptions, Pick<RetrieverQueryEngineOptions, 'postprocessors' | 'topK'> {
}
export declare function createQueryEngine({ llm, retriever }: {
    readonly llm: LLM;
    readonly retriever: Retriever;
}, { postprocessors, topK, ...options }?: CreateQueryEngineOptions): RetrieverQueryEngine;

// ---- readers/directory.d.ts
import type { JsonObject } from '@mortise/core';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
export interface DirectoryReaderOptions {
    directory: string;
    include?: readonly string[] | undefined;
    exclude?: readonly string[] | undefined;
    hidden?: boolean | undefined;
    dependencies?: boolean | undefined;
    followLinks?: boolean | undefined;
    id?: ((path: string) => string) | undefined;
    metadata?: JsonObject | undefined;
}
export declare const DEFAULT_INCLUDE: readonly string[];
export declare class DirectoryReader implements Reader {
    constructor(options: DirectoryReaderOptions);
    read(options?: ReadOptions): AsyncGenerator<Document>;
}

// ---- readers/files.d.ts
import type { JsonObject } from '@mortise/core';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
export interface FilesReaderOptions {
    files: readonly string[];
    root?: string | undefined;
    id?: ((path: string) => string) | undefined;
    metadata?: JsonObject | undefined;
}
export declare class FilesReader implements Reader {
    constructor(options: FilesReaderOptions);
    read(options?: ReadOptions): AsyncIterable<Document>;
}

// ---- readers/index.d.ts
export { DEFAULT_INCLUDE, DirectoryReader, type DirectoryReaderOptions } from './directory.ts';
export { FilesReader, type FilesReaderOptions } from './files.ts';

// ---- retrievers/auto-merging.d.ts
import type { BaseRetriever, BaseRetrieverOptions, Node, NodeWithScore, Query, RetrieveCall, Retriever } from '@mortise/core/retriever';
import type { DocumentStore, StoreOptions } from '@mortise/core/store';
export type NodeLookup = Pick<DocumentStore, 'getMany'> | ((ids: readonly string[], options: StoreOptions) => Promise<readonly (Node | undefined)[]>);
export interface AutoMergingRetrieverOptions extends BaseRetrieverOptions {
    retriever: Retriever;
    nodes: NodeLookup;
    threshold?: number | undefined;
    topK?: number | undefined;
    candidates?: number | undefined;
    maxLevels?: number | undefined;
}
export declare class AutoMergingRetriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(options: AutoMergingRetrieverOptions);
    retrieveNodes(query: Query, call: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- retrievers/bm25-index.d.ts
import type { MetadataFilter } from '@mortise/core/store';
import type { Node, NodeWithScore } from '@mortise/core/retriever';
export interface BM25IndexOptions {
    toTerm?: ((word: string) => string) | undefined;
    functionWords?: ReadonlySet<string> | undefined;
    k1?: number | undefined;
    b?: number | undefined;
}
export interface RankedNode {
    readonly node: Node;
    readonly score: number;
    readonly coverage: number;
}
export declare class BM25Index {
    constructor(options?: BM25IndexOptions);
    get size(): number;
    upsert(nodes: readonly Node[]): void;
    remove(ids: readonly string[]): void;
    search(query: string, topK: number, filter?: MetadataFilter): NodeWithScore[];
    ranked(query: string): RankedNode[];
}

// ---- retrievers/bm25.d.ts
import type { BaseRetriever, BaseRetrieverOptions, Node, NodeWithScore, Query, RetrieveCall } from '@mortise/core/retriever';
import type { BM25Index, BM25IndexOptions } from './bm25-index.ts';
export interface BM25RetrieverOptions extends BaseRetrieverOptions, BM25IndexOptions {
    nodes?: readonly Node[] | undefined;
    index?: BM25Index | undefined;
    topK?: number | undefined;
}
export declare class BM25Retriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(options: BM25RetrieverOptions);
    retrieveNodes({ query }: Query, { topK, filters }: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- retrievers/fuse.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
export type FusionMode = 'relative-score' | 'distribution' | 'reciprocal-rank';
export interface FuseOptions {
    mode?: FusionMode | undefined;
    k?: number | undefined;
}
export declare function fuse(lists: readonly (readonly NodeWithScore[])[], weights: readonly number[], options?: FuseOptions): NodeWithScore[];

// ---- retrievers/fusion.d.ts
import type { BaseRetriever, BaseRetrieverOptions, NodeWithScore, Query, RetrieveCall, Retriever } from '@mortise/core/retriever';
import type { FusionMode } from './fuse.ts';
import type { QueryGeneration } from './query-generation.ts';
export interface FusionRetrieverOptions extends BaseRetrieverOptions {
    retrievers: readonly WeightedRetriever[];
    mode?: FusionMode | undefined;
    k?: number | undefined;
    topK?: number | undefined;
    candidates?: number | undefined;
    queryGeneration?: QueryGeneration | undefined;
}
export interface WeightedRetriever {
    retriever: Retriever;
    weight?: number | undefined;
}
export declare class FusionRetriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(options: FusionRetrieverOptions);
    retrieveNodes(query: Query, call: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- retrievers/index.d.ts
export { AutoMergingRetriever, type AutoMergingRetrieverOptions, type NodeLookup } from './auto-merging.ts';
export { BM25Retriever, type BM25RetrieverOptions } from './bm25.ts';
export { BM25Index, type BM25IndexOptions, type RankedNode } from './bm25-index.ts';
export { fuse, type FuseOptions, type FusionMode } from './fuse.ts';
export { FusionRetriever, type FusionRetrieverOptions, type WeightedRetriever } from './fusion.ts';
export { QUERY_GENERATION_PROMPT, type QueryGeneration } from './query-generation.ts';
export { RouterRetriever, type DescribedRetriever, type RouterRetrieverOptions } from './router.ts';
export { singularTerm } from './terms.ts';
export { VectorRetriever, type VectorRetrieverOptions } from './vector.ts';

// ---- retrievers/query-generation.d.ts
import type { LLM } from '@mortise/core';
import type { PromptTemplate } from '@mortise/core/prompt';
export interface QueryGeneration {
    llm: Pick<LLM, 'chat'>;
    count?: number | undefined;
    prompt?: PromptTemplate<'question' | 'count' | 'format'> | undefined;
    deadlineMs?: number | undefined;
}
export declare const QUERY_GENERATION_PROMPT: PromptTemplate<'question' | 'count' | 'format'>;

// ---- retrievers/router.d.ts
import type { BaseRetriever, BaseRetrieverOptions, NodeWithScore, Query, RetrieveCall, Retriever } from '@mortise/core/retriever';
import type { Selector } from '../selectors/contract.ts';
export interface DescribedRetriever {
    retriever: Retriever;
    description: string;
}
export interface RouterRetrieverOptions extends BaseRetrieverOptions {
    choices: readonly DescribedRetriever[];
    selector: Selector;
    onNonsense?: 'error' | 'all' | undefined;
}
export declare class RouterRetriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(options: RouterRetrieverOptions);
    retrieveNodes(query: Query, call: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- retrievers/terms.d.ts
export declare function singularTerm(word: string): string;

// ---- retrievers/vector.d.ts
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { BaseRetriever, BaseRetrieverOptions, NodeWithScore, Query, RetrieveCall } from '@mortise/core/retriever';
import type { VectorStore } from '@mortise/core/store';
export interface VectorRetrieverOptions extends BaseRetrieverOptions {
    store: VectorStore;
    embedding: EmbeddingModel;
    topK?: number | undefined;
}
export declare class VectorRetriever extends BaseRetriever {
    readonly supportsFilters = true;
    constructor(options: VectorRetrieverOptions);
    retrieveNodes(query: Query, { topK, filters, signal, parent }: RetrieveCall): Promise<NodeWithScore[]>;
}

// ---- selectors/check.d.ts
import type { SelectedChoice } from './contract.ts';
export declare function checkSelection(found: unknown, choices: number, max?: number): readonly SelectedChoice[];

// ---- selectors/contract.d.ts
import type { CallOptions } from '@mortise/core/call';
export interface Selector {
    select(query: string, choices: readonly string[], options?: CallOptions): Promise<SelectedChoice[]>;
}
export interface SelectedChoice {
    index: number;
    reason?: string;
}

// ---- selectors/embedding.d.ts
import type { CallOptions } from '@mortise/core/call';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { SelectedChoice, Selector } from './contract.ts';
export interface EmbeddingSelectorOptions {
    embedding: EmbeddingModel;
    max?: number | undefined;
    minSimilarity?: number | undefined;
}
export declare class EmbeddingSelector implements Selector {
    constructor({ embedding, max, minSimilarity }: EmbeddingSelectorOptions);
    select(query: string, choices: readonly string[], options?: CallOptions): Promise<SelectedChoice[]>;
}

// ---- selectors/index.d.ts
export { checkSelection } from './check.ts';
export type { SelectedChoice, Selector } from './contract.ts';
export { EmbeddingSelector, type EmbeddingSelectorOptions } from './embedding.ts';
export { LLMSelector, SELECTION_PROMPT, type LLMSelectorOptions } from './llm.ts';

// ---- selectors/llm.d.ts
import type { LLM } from '@mortise/core';
import type { CallOptions } from '@mortise/core/call';
import type { PromptTemplate } from '@mortise/core/prompt';
import type { SelectedChoice, Selector } from './contract.ts';
export interface LLMSelectorOptions {
    llm: Pick<LLM, 'chat'>;
    max?: number | undefined;
    prompt?: PromptTemplate<'query' | 'instructions'> | undefined;
    maxRepairs?: number | undefined;
}
export declare const SELECTION_PROMPT: PromptTemplate<'query' | 'instructions'>;
export declare class LLMSelector implements Selector {
    constructor({ llm, max, prompt: template, maxRepairs }: LLMSelectorOptions);
    select(query: string, choices: readonly string[], options?: CallOptions): Promise<SelectedChoice[]>;
}

// ---- splitters/index.d.ts
export { SentenceSplitter, type SentenceSplitterOptions } from './sentence.ts';

// ---- splitters/sentence.d.ts
import type { Node, TextNode } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
export interface SentenceSplitterOptions {
    tokenizer?: TokenCounter | undefined;
    maxTokens?: number | undefined;
    overlap?: number | undefined;
    format?: 'markdown' | 'text' | undefined;
}
export declare class SentenceSplitter implements NodeSplitter {
    readonly tokenizer: TokenCounter;
    readonly maxTokens: number;
    readonly fingerprint: string;
    constructor(options?: SentenceSplitterOptions);
    split(node: Node): TextNode[];
    transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]>;
}

// ---- stores/index.d.ts
export { MemoryDocumentStore } from './memory-document-store.ts';
export { MemoryVectorStore } from './memory-vector-store.ts';

// ---- stores/memory-document-store.d.ts
import type { Node } from '@mortise/core/retriever';
import type { DocumentStore, SourceRecord, SourcesOptions, StoreLock, StoreOptions } from '@mortise/core/store';
export declare class MemoryDocumentStore implements DocumentStore {
    upsert(nodes: readonly Node[], options?: StoreOptions): Promise<void>;
    get(id: string, options?: StoreOptions): Promise<Node | undefined>;
    getMany(ids: readonly string[], options?: StoreOptions): Promise<(Node | undefined)[]>;
    delete(ids: readonly string[], options?: StoreOptions): Promise<void>;
    iterate(options?: StoreOptions): AsyncIterable<Node>;
    setSource(record: SourceRecord, options?: StoreOptions): Promise<void>;
    getSource(sourceId: string, options?: StoreOptions): Promise<SourceRecord | undefined>;
    deleteSource(sourceId: string, options?: StoreOptions): Promise<void>;
    sources({ signal, unsettled }?: SourcesOptions): AsyncIterable<SourceRecord>;
    lock({ signal }?: StoreOptions): Promise<StoreLock>;
}

// ---- stores/memory-vector-store.d.ts
import type { MetadataFilter, StoreOptions, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport } from '@mortise/core/store';
import type { Node, NodeWithScore } from '@mortise/core/retriever';
export declare class MemoryVectorStore implements VectorStore {
    static load(path: string, options?: StoreOptions): Promise<MemoryVectorStore>;
    get support(): VectorStoreSupport;
    get size(): number;
    upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, options?: StoreOptions): Promise<void>;
    query(query: VectorQuery, options?: StoreOptions): Promise<NodeWithScore[]>;
    save(path: string, options?: StoreOptions): Promise<void>;
    nearest(embedding: Float32Array, topK: number, filter?: MetadataFilter): {
        readonly node: Node;
        readonly score: number;
    }[];
    similarityTo(embedding: Float32Array, id: string): number | undefined;
    vectorOf(id: string): Float32Array | undefined;
}

// ---- synthesizer/citation-synthesizer.d.ts
import type { CallOptions, ChatOptions, LLM } from '@mortise/core';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import type { QueryResponse, ResponseStream, ResponseSynthesizer } from '@mortise/core/synthesizer';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { CitationPrompt } from './prompt.ts';
export interface CitationSynthesizerOptions {
    prompt?: CitationPrompt | undefined;
    notFoundText?: string | undefined;
    maxSourceTokens?: number | undefined;
    tokenizer?: TokenCounter | undefined;
    chat?: Pick<ChatOptions, 'temperature' | 'topP' | 'maxOutputTokens' | 'seed' | 'reasoning' | 'providerOptions'> | undefined;
}
export declare const NOT_FOUND_TEXT = "The answer was not found in the documents.";
export declare class CitationSynthesizer implements ResponseSynthesizer {
    constructor({ llm }: {
        llm: LLM;
    }, options?: CitationSynthesizerOptions);
    synthesize(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): Promise<QueryResponse>;
    streamSynthesize(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): ResponseStream;
}

// ---- synthesizer/citations.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
import type { Citation } from '@mortise/core/synthesizer';
export declare class CitationScanner {
    constructor(sources: readonly NodeWithScore[]);
    get text(): string;
    push(delta: string): Citation[];
    end(): Citation[];
}

// ---- synthesizer/index.d.ts
export { CitationSynthesizer, NOT_FOUND_TEXT, type CitationSynthesizerOptions, } from './citation-synthesizer.ts';
export { CitationScanner } from './citations.ts';
export { CITATION_PROMPT, citationPromptValues, readCitationPrompt, type CitationPrompt, type PromptSource, } from './prompt.ts';

// ---- synthesizer/prompt.d.ts
import type { ChatMessage } from '@mortise/core';
import type { ChatPromptTemplate } from '@mortise/core/prompt';
import type { Node } from '@mortise/core/retriever';
export type CitationPrompt = ChatPromptTemplate<'sources' | 'tag' | 'question'>;
export declare const CITATION_PROMPT: CitationPrompt;
export declare function citationPromptValues(question: string, nodes: readonly Node[]): {
    sources: string;
    tag: string;
    question: string;
};
export interface PromptSource {
    number: number;
    about: string;
    text: string;
}
export declare function readCitationPrompt(prompt: string | readonly ChatMessage[]): {
    question: string;
    sources: PromptSource[];
} | undefined;
