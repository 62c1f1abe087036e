import { MortiseError } from '@mortise/core';
import type { EmbeddingModel, Node, Reader, Retriever, Transform, VectorStore } from '@mortise/core';
import type { ChatMessage, LLM, ToolLike } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import { isObject, reading } from '@mortise/core/shared';
import type {
  LangChainDocument,
  LangChainEmbeddings,
  LangChainLoader,
  LangChainMessage,
} from './contract.ts';
import { toDocument } from './documents.ts';
import { toChatModel, type ChatModelParts } from './to-llm.ts';
import { toMessages } from './to-messages.ts';
import {
  toEmbeddings,
  toLoader,
  toParser,
  toRetriever,
  toTool,
  toTransformer,
  toVectorStore,
  type DocumentSplitter,
  type ParserParts,
  type RetrieverParts,
  type ToLangChainLoaderOptions,
  type ToolParts,
  type TransformParts,
  type VectorStoreParts,
} from './to-parts.ts';

/**
 * Something of ours as LangChain.js has it, told by its shape. What must be an instance of theirs, to be a step of a chain or
 * the model of an agent, is made with the classes of the application's own `@langchain/core`, and has their types; the
 * rest is plain. What is none of these, and classes that are missing, are `configuration`.
 */
export function toLangChain<M extends object>(llm: LLM, parts: ChatModelParts<M>): M;
export function toLangChain<S extends object>(store: VectorStore, parts: VectorStoreParts<S>): S;
export function toLangChain<R extends object>(retriever: Retriever, parts: RetrieverParts<R>): R;
export function toLangChain<D extends object>(
  transform: Transform,
  parts: TransformParts<D>,
): D & DocumentSplitter;
export function toLangChain<T, S, P extends object>(parser: OutputParser<T, S>, parts: ParserParts<P>): P;
export function toLangChain<T>(tool: ToolLike, parts: ToolParts<T>): T;
export function toLangChain(model: EmbeddingModel): LangChainEmbeddings;
export function toLangChain(reader: Reader, options?: ToLangChainLoaderOptions): LangChainLoader;
export function toLangChain(messages: readonly ChatMessage[]): LangChainMessage[];
export function toLangChain(nodes: readonly Node[]): LangChainDocument[];
export function toLangChain(node: Node): LangChainDocument;
export function toLangChain(given: unknown, parts?: unknown): unknown {
  const found = reading(
    'What was given to toLangChain',
    () => KINDS.find(({ isOne }) => isOne(given)),
    'configuration',
  );
  if (found === undefined) {
    const message =
      'This is no LLM, embedding model, retriever, vector store, transform, parser, tool, reader, node or message. Give one of them.';
    throw new MortiseError('configuration', message);
  }
  const missing = found.needs.filter((name) => !isObject(parts) || parts[name] === undefined);
  if (missing.length === 0) return found.make(given as never, parts as never);
  const message = `toLangChain needs, as its second argument, { ${found.needs.join(', ')} } of @langchain/core; ${missing.join(', ')} is missing.`;
  throw new MortiseError('configuration', message);
}

interface Kind {
  readonly isOne: (given: unknown) => boolean;
  readonly needs: readonly string[];
  readonly make: (given: never, parts: never) => unknown;
}

/** From what is told by most to what is told by least. */
const KINDS: readonly Kind[] = [
  {
    isOne: (given) => has(given, 'chat', 'streamChat'),
    needs: ['BaseChatModel', 'AIMessageChunk', 'ChatGenerationChunk', 'convertToOpenAITool'],
    make: toChatModel,
  },
  { isOne: (given) => has(given, 'embedQuery', 'embedTexts'), needs: [], make: toEmbeddings },
  {
    isOne: (given) => has(given, 'upsert', 'query'),
    needs: ['VectorStore', 'embedding'],
    make: toVectorStore,
  },
  { isOne: (given) => has(given, 'retrieve'), needs: ['BaseRetriever'], make: toRetriever },
  { isOne: (given) => has(given, 'transform'), needs: ['BaseDocumentTransformer'], make: toTransformer },
  { isOne: (given) => has(given, 'read'), needs: [], make: toLoader },
  { isOne: (given) => has(given, 'parse'), needs: ['BaseTransformOutputParser'], make: toParser },
  {
    isOne: (given) => isObject(given) && 'parameters' in given && 'name' in given,
    needs: ['tool'],
    make: toTool,
  },
  { isOne: isNode, needs: [], make: (node: Node) => toDocument(node) },
  {
    isOne: (given) => Array.isArray(given) && given.length > 0 && given.every(isNode),
    needs: [],
    make: (nodes: readonly Node[]) => nodes.map((node) => toDocument(node)),
  },
  {
    isOne: (given) => Array.isArray(given),
    needs: [],
    make: (messages: readonly ChatMessage[]) => toMessages(messages),
  },
];

function has(given: unknown, ...members: readonly string[]): boolean {
  return isObject(given) && members.every((member) => typeof given[member] === 'function');
}

function isNode(given: unknown): boolean {
  return isObject(given) && typeof given['text'] === 'string' && isObject(given['metadata']);
}
