import { MortiseError } from '@mortise/core';
import type {
  BaseRetrieverOptions,
  Document,
  EmbeddingModel,
  LLM,
  Node,
  Reader,
  Retriever,
  Transform,
  VectorStore,
} from '@mortise/core';
import type { ChatMessage } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import { isObject, reading, type JsonObject } from '@mortise/core/shared';
import { fromLangChainParser, type LangChainParser } from '@mortise/toolkit/parsers';
import type { Tool } from '@mortise/toolkit/tools';
import type {
  LangChainChatModel,
  LangChainDocument,
  LangChainEmbeddings,
  LangChainLoader,
  LangChainMessageLike,
  LangChainRetriever,
  LangChainSplitter,
  LangChainTool,
  LangChainVectorStore,
} from './contract.ts';
import { fromDocument, fromDocuments } from './documents.ts';
import { LangChainEmbedding, type FromLangChainEmbeddingsOptions } from './embedding.ts';
import { fromMessage, fromMessages } from './from-messages.ts';
import { LangChainLLM, type FromLangChainModelOptions, type LangChainProviderOptions } from './llm.ts';
import { LangChainReader, type FromLangChainLoaderOptions } from './loader.ts';
import { LangChainRetrieverAdapter } from './retriever.ts';
import { LangChainTransform, type FromLangChainSplitterOptions } from './splitter.ts';
import { fromTool, type FromLangChainToolOptions } from './tool.ts';
import { LangChainVectorStoreAdapter, type FromLangChainStoreOptions } from './vector-store.ts';

/**
 * Something of LangChain.js as ours, told by its shape: nothing of theirs is imported, so any copy of `@langchain/core`
 * since 1.0.0 fits, and so does a double. What is none of these is `configuration`.
 */
export function fromLangChain(
  model: LangChainChatModel,
  options?: FromLangChainModelOptions,
): LLM<LangChainProviderOptions>;
export function fromLangChain(store: LangChainVectorStore, options?: FromLangChainStoreOptions): VectorStore;
export function fromLangChain(retriever: LangChainRetriever, options?: BaseRetrieverOptions): Retriever;
export function fromLangChain(
  embeddings: LangChainEmbeddings,
  options?: FromLangChainEmbeddingsOptions,
): EmbeddingModel;
export function fromLangChain(splitter: LangChainSplitter, options?: FromLangChainSplitterOptions): Transform;
export function fromLangChain<T>(parser: LangChainParser<T>): OutputParser<T, T>;
export function fromLangChain(tool: LangChainTool, options?: FromLangChainToolOptions): Tool<JsonObject>;
export function fromLangChain(loader: LangChainLoader, options?: FromLangChainLoaderOptions): Reader;
export function fromLangChain(document: LangChainDocument): Document | Node;
export function fromLangChain(documents: readonly LangChainDocument[]): Node[];
export function fromLangChain(messages: readonly LangChainMessageLike[]): ChatMessage[];
export function fromLangChain(message: LangChainMessageLike): ChatMessage;
export function fromLangChain(given: unknown, options?: unknown): unknown {
  const found = reading(
    'What was given to fromLangChain',
    () => KINDS.find(([, isOne]) => isOne(given)),
    'configuration',
  );
  if (found !== undefined) return found[0](given as never, options as never);
  const message =
    'This is no chat model, embeddings, retriever, vector store, splitter, parser, tool, loader, document or message of LangChain.js. Give one of them.';
  throw new MortiseError('configuration', message);
}

type Kind = readonly [make: (given: never, options: never) => unknown, isOne: (given: unknown) => boolean];

/** From what is told by most to what is told by least. */
const KINDS: readonly Kind[] = [
  [
    (model: LangChainChatModel, options: FromLangChainModelOptions) => new LangChainLLM(model, options),
    (given) => has(given, 'invoke', 'stream', '_llmType', '_modelType') && !isTextModel(given),
  ],
  [
    (store: LangChainVectorStore, options: FromLangChainStoreOptions) =>
      new LangChainVectorStoreAdapter(store, options),
    (given) => has(given, 'addVectors', 'similaritySearchVectorWithScore'),
  ],
  [
    (retriever: LangChainRetriever, options: BaseRetrieverOptions) =>
      new LangChainRetrieverAdapter(retriever, options),
    (given) => has(given, 'invoke', '_getRelevantDocuments'),
  ],
  [
    (model: LangChainEmbeddings, options: FromLangChainEmbeddingsOptions) =>
      new LangChainEmbedding(model, options),
    (given) => has(given, 'embedQuery', 'embedDocuments'),
  ],
  [
    (splitter: LangChainSplitter, options: FromLangChainSplitterOptions) =>
      new LangChainTransform(splitter, options),
    (given) => has(given, 'splitText', 'splitDocuments'),
  ],
  [
    (parser: LangChainParser<unknown>) => fromLangChainParser(parser),
    (given) => has(given, 'parse', 'getFormatInstructions'),
  ],
  [
    fromTool,
    (given) =>
      has(given, 'invoke') && isObject(given) && typeof given['name'] === 'string' && 'schema' in given,
  ],
  [
    (loader: LangChainLoader, options: FromLangChainLoaderOptions) => new LangChainReader(loader, options),
    (given) => has(given, 'load'),
  ],
  [fromDocument, isDocument],
  [fromDocuments, (given) => Array.isArray(given) && given.length > 0 && given.every(isDocument)],
  [fromMessages, (given) => Array.isArray(given)],
  [fromMessage, (given) => isObject(given) && ('content' in given || given['lc'] === 1)],
];

function has(given: unknown, ...members: readonly string[]): boolean {
  return isObject(given) && members.every((member) => typeof given[member] === 'function');
}

function isTextModel(given: unknown): boolean {
  if ((given as LangChainChatModel)._modelType() !== 'base_llm') return false;
  const message = 'A text model of LangChain.js is not bridged. Use a chat model, or call it in a CustomLLM.';
  throw new MortiseError('unsupported', message);
}

function isDocument(given: unknown): boolean {
  return isObject(given) && typeof given['pageContent'] === 'string';
}
