import {
  MortiseError,
  type EmbeddingModel,
  type Node,
  type Reader,
  type Retriever,
  type Transform,
  type VectorStore,
} from '@mortise/core';
import type { ToolLike } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import { toLangChainParser } from '@mortise/toolkit/parsers';
import type { LangChainDocument, LangChainEmbeddings, LangChainLoader } from './contract.ts';
import { toBlock } from './blocks.ts';
import { fromDocument, fromDocuments, toDocument } from './documents.ts';
import { objectOf, type Members } from './values.ts';

/** Embeddings: theirs are an interface, and need no class. Vectors are lists of numbers there. */
export function toEmbeddings(model: EmbeddingModel): LangChainEmbeddings {
  return {
    embedQuery: async (text) => Array.from(await model.embedQuery(text)),
    embedDocuments: async (texts) => {
      const { embeddings } = await model.embedTexts(texts);
      return embeddings.map((vector) => Array.from(vector));
    },
  };
}

/** How a reader becomes a loader. */
export interface ToLangChainLoaderOptions {
  /** Told of what could not be read, and the rest is loaded. Default: `load` rejects with the first failure. */
  onError?: ((failure: { readonly item: string; readonly error: Error }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export function toLoader(
  reader: Reader,
  { onError, signal }: ToLangChainLoaderOptions = {},
): LangChainLoader {
  return {
    async load() {
      const documents: LangChainDocument[] = [];
      let failed: Error | undefined;
      const read = reader.read({
        signal,
        onError: (failure) => (onError === undefined ? (failed ??= failure.error) : onError(failure)),
      });
      for await (const document of read) {
        if (failed !== undefined) break;
        documents.push(toDocument(document));
      }
      if (failed !== undefined) throw failed;
      return documents;
    },
  };
}

/** Of `@langchain/core/retrievers`. */
export interface RetrieverParts<R extends object> {
  readonly BaseRetriever: abstract new (fields?: never) => R;
}

/** Scores stand in the metadata, as `score`; where the document has a `score` of its own, as `mortise:score`. */
export function toRetriever<R extends object>(retriever: Retriever, parts: RetrieverParts<R>): R {
  return retrieverOf(retriever, parts) as R;
}

function retrieverOf(retriever: Retriever, { BaseRetriever }: RetrieverParts<object>): object {
  class MortiseRetriever extends (BaseRetriever as new () => InvokedRetriever) {
    readonly lc_namespace = ['mortise', 'retrievers'];

    static lc_name(): string {
      return 'MortiseRetriever';
    }

    /** Theirs hands no signal down. */
    #signal: AbortSignal | undefined;

    override invoke(query: string, options?: Members): Promise<unknown> {
      const { signal } = options ?? {};
      // One call, one instance: the signal is that call's own.
      const once = new MortiseRetriever();
      once.#signal = signal as AbortSignal | undefined;
      return super.invoke.call(
        Object.assign(once, { callbacks: this.callbacks, tags: this.tags, metadata: this.metadata }),
        query,
        options,
      );
    }

    async _getRelevantDocuments(query: string): Promise<LangChainDocument[]> {
      const found = await retriever.retrieve(query, { signal: this.#signal });
      return found.map(({ node, score }) => scored(node, score));
    }
  }
  return new MortiseRetriever();
}

interface InvokedRetriever {
  callbacks?: unknown;
  tags?: unknown;
  metadata?: unknown;
  invoke(query: string, options?: Members): Promise<unknown>;
}

/** Where the metadata have a `score` already. */
const SCORE_KEY = 'mortise:score';

function scored(node: Node, score: number): LangChainDocument {
  const document = toDocument(node);
  const { metadata } = document;
  return { ...document, metadata: { ...metadata, ['score' in metadata ? SCORE_KEY : 'score']: score } };
}

/** Of `@langchain/core/vectorstores`, with the model that embeds what has no vector yet. */
export interface VectorStoreParts<S extends object> {
  readonly VectorStore: abstract new (embeddings: never, config: never) => S;
  /** Embeds documents and queries. */
  readonly embedding: EmbeddingModel;
}

export function toVectorStore<S extends object>(store: VectorStore, parts: VectorStoreParts<S>): S {
  return vectorStoreOf(store, parts) as S;
}

function vectorStoreOf(store: VectorStore, { VectorStore, embedding }: VectorStoreParts<object>): object {
  class MortiseVectorStore extends (VectorStore as new (embeddings: object, config: object) => object) {
    static lc_name(): string {
      return 'MortiseVectorStore';
    }

    _vectorstoreType(): string {
      return 'mortise';
    }

    async addVectors(
      vectors: number[][],
      documents: LangChainDocument[],
      options?: Members,
    ): Promise<string[]> {
      const ids = objectOf(options)['ids'];
      const nodes = fromDocuments(documents).map((node, at) => {
        const id: unknown = Array.isArray(ids) ? ids[at] : undefined;
        return typeof id === 'string' ? { ...node, id } : node;
      });
      if (vectors.length !== nodes.length) {
        const message = `There are ${vectors.length} vectors for ${nodes.length} documents. Give one for each.`;
        throw new MortiseError('invalid-request', message);
      }
      await store.upsert(
        nodes.map((node, at) => ({ node, embedding: Float32Array.from(vectors[at] ?? []) })),
      );
      return nodes.map(({ id }) => id);
    }

    async addDocuments(documents: LangChainDocument[], options?: Members): Promise<string[]> {
      const { embeddings } = await embedding.embedTexts(documents.map(({ pageContent }) => pageContent));
      return this.addVectors(
        embeddings.map((vector) => Array.from(vector)),
        documents,
        options,
      );
    }

    async similaritySearchVectorWithScore(
      query: number[],
      k: number,
      filter?: unknown,
    ): Promise<[LangChainDocument, number][]> {
      const asked = { embedding: Float32Array.from(query), topK: k, filter: filter as never };
      const found = await store.query(asked);
      return found.map(({ node, score }) => [toDocument(node), score]);
    }

    delete({ ids, filter }: Members = {}): Promise<void> {
      return store.delete({ ids: ids as string[] | undefined, filter: filter as never });
    }
  }
  return new MortiseVectorStore(toEmbeddings(embedding), {});
}

/** Of `@langchain/core/documents`. */
export interface TransformParts<D extends object> {
  readonly BaseDocumentTransformer: abstract new (fields?: never) => D;
}

export function toTransformer<D extends object>(
  transform: Transform,
  parts: TransformParts<D>,
): D & DocumentSplitter {
  return transformerOf(transform, parts) as D & DocumentSplitter;
}

/** What our splitters have besides as one of theirs. */
export interface DocumentSplitter {
  splitDocuments(documents: readonly LangChainDocument[]): Promise<LangChainDocument[]>;
  splitText(text: string): Promise<string[]>;
}

function transformerOf(transform: Transform, { BaseDocumentTransformer }: TransformParts<object>): object {
  class MortiseTransformer extends (BaseDocumentTransformer as new () => object) implements DocumentSplitter {
    readonly lc_namespace = ['mortise', 'transforms'];

    static lc_name(): string {
      return 'MortiseTransformer';
    }

    async transformDocuments(documents: readonly LangChainDocument[]): Promise<LangChainDocument[]> {
      const nodes = await transform.transform(fromDocuments(documents));
      return nodes.map((node) => toDocument(node));
    }

    splitDocuments(documents: readonly LangChainDocument[]): Promise<LangChainDocument[]> {
      return this.transformDocuments(documents);
    }

    async splitText(text: string): Promise<string[]> {
      const nodes = await transform.transform([fromDocument({ pageContent: text, metadata: {} })]);
      return nodes.map((node) => node.text);
    }
  }
  return new MortiseTransformer();
}

/** Of `@langchain/core/output_parsers`. */
export interface ParserParts<P extends object> {
  readonly BaseTransformOutputParser: abstract new (fields?: never) => P;
}

export function toParser<T, S, P extends object>(parser: OutputParser<T, S>, parts: ParserParts<P>): P {
  return parserOf(parser, parts) as P;
}

function parserOf(
  parser: OutputParser<unknown, unknown>,
  { BaseTransformOutputParser }: ParserParts<object>,
): object {
  const theirs = toLangChainParser(parser);
  class MortiseParser extends (BaseTransformOutputParser as new () => object) {
    readonly lc_namespace = ['mortise', 'parsers'];

    static lc_name(): string {
      return 'MortiseParser';
    }

    parse(text: string): Promise<unknown> {
      return theirs.parse(text);
    }

    getFormatInstructions(): string {
      return theirs.getFormatInstructions();
    }

    /** With our streams of values on the way. */
    transform(inputs: AsyncIterable<never>, options?: { signal?: AbortSignal }): AsyncGenerator<unknown> {
      return theirs.transform(inputs, options);
    }
  }
  return new MortiseParser();
}

/** `tool` of `@langchain/core/tools`. */
export interface ToolParts<T> {
  readonly tool: (func: never, fields: never) => T;
}

/** The model sees what it would see of ours: a string as it is, blocks as blocks, anything else as JSON. */
export function toTool<T>(given: ToolLike, { tool }: ToolParts<T>): T {
  const { name, description, parameters } = given;
  const run = async (args: unknown, config?: Members): Promise<unknown> => {
    const { signal, toolCall } = config ?? {};
    const id = objectOf(toolCall)['id'];
    const context = {
      signal: signal instanceof AbortSignal ? signal : new AbortController().signal,
      toolCallId: typeof id === 'string' ? id : '',
      rawArguments: args as never,
    };
    return shownOf(await given.execute?.((await validated(given, args)) as never, context));
  };
  return tool(run as never, { name, description, schema: parameters } as never);
}

async function validated({ name, schema }: ToolLike, args: unknown): Promise<unknown> {
  if (schema === undefined) return args;
  const result = await schema['~standard'].validate(args);
  if (result.issues === undefined) return result.value;
  const message = `The arguments of ${name} are invalid: ${result.issues.map((issue) => issue.message).join('; ')}.`;
  throw new MortiseError('validation', message);
}

function shownOf(value: unknown): unknown {
  const { blocks } = objectOf(value);
  if (!Array.isArray(blocks)) return value ?? '';
  return blocks.flatMap((block) => toBlock(block as never) ?? []);
}
