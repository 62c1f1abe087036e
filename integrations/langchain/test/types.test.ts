import { expectTypeOf, it } from 'vitest';
import type {
  ChatMessage,
  EmbeddingModel,
  LLM,
  Node,
  OutputParser,
  Reader,
  Retriever,
  Transform,
  VectorStore,
} from '@mortise/core';
import type { JsonObject } from '@mortise/core/shared';
import {
  fromLangChain,
  toLangChain,
  type LangChainChatModel,
  type LangChainDocument,
  type LangChainEmbeddings,
  type LangChainLoader,
  type LangChainMessage,
  type LangChainRetriever,
  type LangChainSplitter,
  type LangChainTool,
  type LangChainVectorStore,
} from '@mortise/langchain';
import type { Tool } from '@mortise/toolkit/tools';

// Never called: its types are read.
const told = (
  model: LangChainChatModel,
  embeddings: LangChainEmbeddings,
  retriever: LangChainRetriever,
  store: LangChainVectorStore,
  splitter: LangChainSplitter,
  tool: LangChainTool,
  loader: LangChainLoader,
  document: LangChainDocument,
  llm: LLM,
  Model: abstract new (fields: never) => { theirs: true },
) => {
  expectTypeOf(fromLangChain(model)).toExtend<LLM>();
  expectTypeOf(fromLangChain(embeddings)).toExtend<EmbeddingModel>();
  expectTypeOf(fromLangChain(retriever)).toExtend<Retriever>();
  expectTypeOf(fromLangChain(store)).toExtend<VectorStore>();
  expectTypeOf(fromLangChain(splitter)).toExtend<Transform>();
  expectTypeOf(fromLangChain(tool)).toExtend<Tool<JsonObject>>();
  expectTypeOf(fromLangChain(loader)).toExtend<Reader>();
  expectTypeOf(fromLangChain(document)).toExtend<Node>();
  expectTypeOf(fromLangChain([document])).toEqualTypeOf<Node[]>();
  expectTypeOf(fromLangChain([{ type: 'human', content: 'q' }])).toEqualTypeOf<ChatMessage[]>();
  const parser = fromLangChain({
    parse: async (text: string) => text.length,
    getFormatInstructions: () => '',
  });
  expectTypeOf(parser).toEqualTypeOf<OutputParser<number, number>>();
  const convertToOpenAITool = (given: never): unknown => given;
  const Chunk = class {};
  const parts = {
    BaseChatModel: Model,
    AIMessageChunk: Chunk,
    ChatGenerationChunk: Chunk,
    convertToOpenAITool,
  };
  expectTypeOf(toLangChain(llm, parts)).toEqualTypeOf<{ theirs: true }>();
  expectTypeOf(toLangChain([{ role: 'user', content: 'q' }])).toEqualTypeOf<LangChainMessage[]>();
  // @ts-expect-error a model of theirs is an instance of theirs
  toLangChain(llm);
};

it('infers what comes out by what goes in', () => {
  expectTypeOf(told).toBeFunction();
});
