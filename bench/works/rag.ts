import type { DocumentInterface } from '@langchain/core/documents';
import { BaseReranker, createDocument, type RankReply, type RankRequest } from '@mortise/core';
import { HashEmbedding } from '@mortise/core/testing';
import {
  MemoryDocumentStore,
  MemoryVectorStore,
  openIndex,
  RerankPostprocessor,
  SentenceSplitter,
  VectorRetriever,
} from '@mortise/rag';
import { english } from '../english.ts';
import { race } from '../run/contenders.ts';
import type { Contender, Work } from '../run/work.ts';

const DOCUMENTS = 2_000;
const CHARACTERS = 600;
const DIMENSIONS = 256;
const [FOUND, READ] = [20, 5];

/** Of one chunk each, so that all cut them alike, and what is found can be compared. */
function texts(): string[] {
  const text = english(DOCUMENTS * CHARACTERS);
  return Array.from({ length: DOCUMENTS }, (_, at) =>
    text.slice(at * CHARACTERS, (at + 1) * CHARACTERS).trim(),
  );
}

/** A piece of every tenth document. */
const questions = texts().flatMap((text, at) => (at % 10 === 0 ? [text.slice(100, 220)] : []));

/** Words of the question that stand in the document: what both sides rank by. */
function overlap(question: string, document: string): number {
  const words = new Set(document.toLowerCase().split(/\W+/));
  const asked = question.toLowerCase().split(/\W+/);
  return asked.filter((word) => words.has(word)).length / asked.length;
}

/** Best first; of two alike the one whose text comes first in the alphabet. */
function ranked(question: string, documents: readonly string[], topN: number) {
  return documents
    .map((document, index) => ({ index, score: overlap(question, document) }))
    .toSorted((a, b) => b.score - a.score || (documents[a.index]! < documents[b.index]! ? -1 : 1))
    .slice(0, topN);
}

class OverlapReranker extends BaseReranker {
  readonly metadata = { comparableScores: true };
  constructor() {
    super({ provider: 'bench', model: 'overlap' });
  }
  async doRerank({ query, documents, topN }: RankRequest): Promise<RankReply> {
    return { results: ranked(query, documents, topN ?? documents.length) };
  }
}

async function ours() {
  const embedding = new HashEmbedding({ dimensions: DIMENSIONS });
  const [documents, vectors] = [new MemoryDocumentStore(), new MemoryVectorStore()];
  const index = await openIndex(
    { embedding, documents, vectors },
    { splitter: new SentenceSplitter({ maxTokens: 1_000 }) },
  );
  return { index, vectors, embedding };
}

async function theirs() {
  const { MemoryVectorStore: Store } = await import('@langchain/classic/vectorstores/memory');
  const { RecursiveCharacterTextSplitter } = await import('@langchain/textsplitters');
  const { Document } = await import('@langchain/core/documents');
  const { Embeddings } = await import('@langchain/core/embeddings');
  const model = new HashEmbedding({ dimensions: DIMENSIONS });
  class Hashed extends Embeddings {
    constructor() {
      super({});
    }
    async embedDocuments(all: string[]): Promise<number[][]> {
      return (await model.doEmbed(all, { kind: 'document' })).embeddings.map((row) =>
        Array.from(row as ArrayLike<number>),
      );
    }
    async embedQuery(text: string): Promise<number[]> {
      return (await this.embedDocuments([text]))[0]!;
    }
  }
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 1_000, chunkOverlap: 0 });
  const store = new Store(new Hashed());
  const add = async (all: readonly string[]): Promise<void> => {
    const documents = all.map((pageContent, at) => new Document({ pageContent, metadata: { id: `d${at}` } }));
    await store.addDocuments(await splitter.splitDocuments(documents));
  };
  return { store, add };
}

const made = (): ReturnType<typeof createDocument>[] =>
  texts().map((text, at) => createDocument({ id: `d${at}`, text }));

const ingesting: Record<string, Contender> = {
  LangChain: () => async () => {
    const { store, add } = await theirs();
    await add(texts());
    return `${store.memoryVectors.length} chunks`;
  },
  Mortise: () => async () => {
    const { index, vectors } = await ours();
    await index.update(made());
    return `${vectors.size} chunks`;
  },
};

const retrieving: Record<string, Contender> = {
  async 'LangChain, retrieval'() {
    const { store, add } = await theirs();
    await add(texts());
    const { ContextualCompressionRetriever } =
      await import('@langchain/classic/retrievers/contextual_compression');
    const { BaseDocumentCompressor } = await import('@langchain/core/retrievers/document_compressors');
    class Compressor extends BaseDocumentCompressor {
      async compressDocuments(found: DocumentInterface[], query: string): Promise<DocumentInterface[]> {
        const texts = found.map(({ pageContent }) => pageContent);
        return ranked(query, texts, READ).map(({ index }) => found[index]!);
      }
    }
    const retriever = new ContextualCompressionRetriever({
      baseCompressor: new Compressor(),
      baseRetriever: store.asRetriever(FOUND),
    });
    return async () => {
      const all: string[] = [];
      for (const question of questions)
        all.push((await retriever.invoke(question)).map(({ metadata }) => metadata['id']).join());
      return all.join(' ');
    };
  },
  async 'Mortise, retrieval'() {
    const { index, vectors, embedding } = await ours();
    await index.update(made());
    const retriever = new VectorRetriever({ store: vectors, embedding, topK: FOUND });
    const postprocessor = new RerankPostprocessor({ reranker: new OverlapReranker() }, { topN: READ });
    return async () => {
      const all: string[] = [];
      for (const question of questions) {
        const nodes = await postprocessor.postprocess(question, await retriever.retrieve(question));
        all.push(nodes.map(({ node }) => node.relationships?.source?.id ?? node.id).join());
      }
      return all.join(' ');
    };
  },
};

export const contenders: Readonly<Record<string, Contender>> = { ...ingesting, ...retrieving };

export const works: readonly Work[] = [
  {
    name: 'ingestion',
    title: '2,000 documents into an index in memory',
    about:
      'Cut, embedded by the same function, and stored; ours keeps records of what came from where besides, and of what need not be done again. As many chunks come out.',
    measure: (rounds) => race({ file: import.meta.filename, contenders: ingesting, rounds: 9 }, rounds),
  },
  {
    name: 'retrieval',
    title: '200 questions to 2,000 documents, with a rerank',
    about:
      'The 20 nearest vectors, of which the same function ranks the best 5; the documents that are found are the same, in the same order.',
    measure: (rounds) => race({ file: import.meta.filename, contenders: retrieving, rounds: 9 }, rounds),
  },
];
