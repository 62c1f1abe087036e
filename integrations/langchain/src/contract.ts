import type { JsonObject } from '@mortise/core/shared';

/**
 * What is used of LangChain.js, by shape: of `@langchain/core` since 1.0.0, and of whatever looks like it. Parameters are
 * `never` where only theirs know what they take: every overload of theirs fits.
 */

/** A piece of a message's content: a standard block, or a provider's own. */
export type LangChainBlock = { type: string; [member: string]: unknown };

/** A message as plain members: what LangChain.js takes wherever it takes messages, and what its instances have. */
export type LangChainMessage = {
  type: 'human' | 'ai' | 'system' | 'tool';
  content: string | LangChainBlock[];
  id?: string;
  name?: string;
  /** Of `ai`. */
  tool_calls?: LangChainToolCall[];
  /** Of `ai`: calls whose arguments are not a JSON object. */
  invalid_tool_calls?: LangChainInvalidToolCall[];
  /** Of `tool`: the call that it answers. */
  tool_call_id?: string;
  /** Of `tool`. */
  status?: 'success' | 'error';
  /** Of `tool`: what came of the call besides, not for the model. */
  artifact?: unknown;
  additional_kwargs?: { [member: string]: unknown };
  response_metadata?: { [member: string]: unknown };
};

/** A call with its arguments, parsed. */
export type LangChainToolCall = { type?: 'tool_call'; id?: string; name: string; args: JsonObject };

/** A call whose arguments are not a JSON object. */
export type LangChainInvalidToolCall = {
  type?: 'invalid_tool_call';
  id?: string;
  name?: string;
  args?: string;
  error?: string;
};

/** A message of theirs as it is given to us: an instance of any class of theirs, or its plain members. */
export interface LangChainMessageLike {
  readonly type?: string;
  readonly role?: string;
  readonly content?: unknown;
}

/** A chat model of theirs. */
export interface LangChainChatModel {
  invoke(messages: never, options?: never): Promise<unknown>;
  stream(messages: never, options?: never): Promise<AsyncIterable<unknown>>;
  bindTools?(tools: never, options?: never): unknown;
  _llmType(): string;
  _modelType(): string;
}

/** Embeddings of theirs. */
export interface LangChainEmbeddings {
  embedQuery(text: string): Promise<number[]>;
  embedDocuments(texts: string[]): Promise<number[][]>;
}

/** A document of theirs. */
export interface LangChainDocument {
  pageContent: string;
  metadata: { [key: string]: unknown };
  id?: string;
}

/** A retriever of theirs. */
export interface LangChainRetriever {
  invoke(query: string, options?: never): Promise<LangChainDocument[]>;
  _getRelevantDocuments(query: string, manager?: never): Promise<LangChainDocument[]>;
}

/** A vector store of theirs. */
export interface LangChainVectorStore {
  addVectors(vectors: number[][], documents: never, options?: never): Promise<unknown>;
  similaritySearchVectorWithScore(
    query: number[],
    k: number,
    filter?: never,
  ): Promise<[LangChainDocument, number][]>;
  delete(selection?: never): Promise<void>;
}

/** A document loader of theirs. */
export interface LangChainLoader {
  load(): Promise<LangChainDocument[]>;
}

/** A text splitter of theirs. */
export interface LangChainSplitter {
  splitText(text: string): Promise<string[]>;
  splitDocuments(documents: never, options?: never): Promise<LangChainDocument[]>;
}

/** A structured tool of theirs. Its `schema` is a schema of zod 4, another that writes JSON Schema, or JSON Schema. */
export interface LangChainTool {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
  invoke(input: never, options?: never): Promise<unknown>;
}
