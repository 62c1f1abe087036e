/**
 * What retrieval with a reranker and the ingestion of documents cost besides the models, which answer at once here, beside
 * LangChain. Ingestion: 2,000 documents of 3,000 characters, split, embedded and stored in memory; Mortise keeps
 * records of documents besides, so that a second run changes nothing. Retrieval: 50 of 10,000 nodes by vector, ranked
 * anew, the best 5; both find the same nodes. `ROUNDS` (9); `ONLY` is `ingestion` or `retrieval`.
 */
import { ContextualCompressionRetriever } from '@langchain/classic/retrievers/contextual_compression';
import { MemoryVectorStore as LangChainStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { Embeddings } from '@langchain/core/embeddings';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { createTextNode } from '@mortise/core';
import { BaseEmbedding, type EmbeddingMetadata, type EmbedReply } from '@mortise/core/embedding';
import { BaseReranker, type RankReply, type RankRequest } from '@mortise/core/reranker';
import { createDocument } from '@mortise/core/retriever';
import {
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  RerankPostprocessor,
  SentenceSplitter,
  VectorRetriever,
} from '@mortise/rag';
import { english } from './english.ts';
import { compare, table, type Contender } from './measure.ts';

const DOCUMENTS = 2_000;
const CHARACTERS = 3_000;
const NODES = 10_000;
const DIMENSIONS = 384;
const TOP = 50;
const BEST = 5;
const QUERIES = 20;
const ROUNDS = Number(process.env['ROUNDS'] ?? 9);
const ONLY = process.env['ONLY'] ?? '';

let state = 7;
const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
const vectors = Array.from({ length: NODES }, () => Float32Array.from({ length: DIMENSIONS }, next));
const lists = vectors.map((vector) => Array.from(vector));
const places = new Map<string, number>();
/** Of a text that is there its own, of another one of those. */
const placeOf = (text: string): number => places.get(text) ?? text.length % NODES;

class AtOnce extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { dimensions: DIMENSIONS, maxBatchSize: 96, asymmetric: false };
  constructor() {
    super({ provider: 'bench', model: 'at-once' });
  }
  doEmbed(inputs: readonly string[]): Promise<EmbedReply> {
    return Promise.resolve({ embeddings: inputs.map((text) => vectors[placeOf(text)]!) });
  }
}
class LangChainAtOnce extends Embeddings {
  embedDocuments(texts: string[]): Promise<number[][]> {
    return Promise.resolve(texts.map((text) => lists[placeOf(text)]!));
  }
  embedQuery(text: string): Promise<number[]> {
    return Promise.resolve(lists[placeOf(text)]!);
  }
}

/** A model's verdict, for which nothing is computed: the same for both. */
const verdict = (text: string): number => (placeOf(text) * 7_919) % 10_007;
class RanksAtOnce extends BaseReranker {
  readonly metadata = { comparableScores: true };
  constructor() {
    super({ provider: 'bench', model: 'at-once' });
  }
  doRerank({ documents }: RankRequest): Promise<RankReply> {
    const results = documents.map((text, index) => ({ index, score: verdict(text) }));
    return Promise.resolve({ results: results.sort((a, b) => b.score - a.score) });
  }
}

export function ingestion(): Contender[] {
  const prose = english(DOCUMENTS * CHARACTERS);
  const texts = Array.from({ length: DOCUMENTS }, (_, at) =>
    prose.slice(at * CHARACTERS, (at + 1) * CHARACTERS),
  );
  const done = (chunks: number): string => {
    if (chunks < DOCUMENTS || chunks > 4 * DOCUMENTS) throw new Error(`${chunks} chunks are there`);
    return 'done';
  };
  return [
    {
      name: 'LangChain: splitter and MemoryVectorStore',
      async run() {
        const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 2_048, chunkOverlap: 256 });
        const documents = texts.map(
          (pageContent, at) => new Document({ pageContent, metadata: { source: at } }),
        );
        const chunks = await splitter.splitDocuments(documents);
        const store = await LangChainStore.fromDocuments(chunks, new LangChainAtOnce({}));
        return done(store.memoryVectors.length);
      },
    },
    {
      name: '@mortise/rag IngestionPipeline',
      async run() {
        const store = new MemoryVectorStore();
        const pipeline = new IngestionPipeline({
          documents: new MemoryDocumentStore(),
          vectors: store,
          embedding: new AtOnce(),
          transforms: [new SentenceSplitter({ maxTokens: 512, overlap: 64 })],
        });
        const documents = texts.map((text, at) => createDocument({ id: `${at}`, text }));
        const { failed } = await pipeline.run(documents);
        if (failed.length > 0) throw new Error(`${failed.length} documents failed`);
        return done(store.size);
      },
    },
  ];
}

export async function retrieval(): Promise<Contender[]> {
  const texts = Array.from({ length: NODES }, (_, at) => `The text of node ${at}, which is not long.`);
  for (const [at, text] of texts.entries()) places.set(text, at);
  const queries = Array.from({ length: QUERIES }, (_, at) => texts[at * 431]!);

  const store = new MemoryVectorStore();
  await store.upsert(
    texts.map((text, at) => ({ node: createTextNode({ id: `${at}`, text }), embedding: vectors[at]! })),
  );
  const retriever = new VectorRetriever({ store, embedding: new AtOnce(), topK: TOP });
  const rerank = new RerankPostprocessor({ reranker: new RanksAtOnce() }, { topN: BEST });

  const langchain = new LangChainStore(new LangChainAtOnce({}));
  await langchain.addVectors(
    lists,
    texts.map((pageContent, at) => new Document({ pageContent, metadata: {}, id: `${at}` })),
  );
  const compressing = new ContextualCompressionRetriever({
    baseCompressor: {
      compressDocuments: async (documents: Document[]) =>
        documents.toSorted((a, b) => verdict(b.pageContent) - verdict(a.pageContent)).slice(0, BEST),
    },
    baseRetriever: langchain.asRetriever(TOP),
  });
  const all = async (find: (query: string) => Promise<readonly string[]>): Promise<string> => {
    const found: string[] = [];
    for (const query of queries) found.push((await find(query)).join());
    return found.join(' ');
  };
  return [
    {
      name: 'LangChain: ContextualCompressionRetriever',
      run: () => all(async (query) => (await compressing.invoke(query)).map(({ id }) => String(id))),
    },
    {
      name: '@mortise/rag VectorRetriever, RerankPostprocessor',
      run: () =>
        all(async (query) =>
          (await rerank.postprocess(query, await retriever.retrieve(query))).map(({ node }) => node.id),
        ),
    },
  ];
}

if (import.meta.main) {
  if (ONLY !== 'retrieval')
    console.log(table(`Ingestion of ${DOCUMENTS} documents`, await compare(ingestion(), ROUNDS)));
  if (ONLY !== 'ingestion')
    console.log(
      table(
        `${QUERIES} retrievals of ${TOP} of ${NODES}, reranked`,
        await compare(await retrieval(), ROUNDS),
      ),
    );
}
