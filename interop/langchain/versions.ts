import { BaseDocumentLoader } from '@langchain/core/document_loaders/base';
import { Document } from '@langchain/core/documents';
import { HumanMessage } from '@langchain/core/messages';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel, FakeRetriever, SyntheticEmbeddings } from '@langchain/core/utils/testing';
import { BaseDocumentLoader as LowestDocumentLoader } from '@langchain/core-lowest/document_loaders/base';
import {
  BaseDocumentTransformer as LowestDocumentTransformer,
  Document as LowestDocument,
} from '@langchain/core-lowest/documents';
import { BaseChatModel as LowestChatModel } from '@langchain/core-lowest/language_models/chat_models';
import {
  AIMessageChunk as LowestAIMessageChunk,
  HumanMessage as LowestHumanMessage,
} from '@langchain/core-lowest/messages';
import {
  BaseTransformOutputParser as LowestTransformOutputParser,
  StringOutputParser as LowestStringOutputParser,
} from '@langchain/core-lowest/output_parsers';
import { ChatGenerationChunk as LowestChatGenerationChunk } from '@langchain/core-lowest/outputs';
import { ChatPromptTemplate as LowestChatPromptTemplate } from '@langchain/core-lowest/prompts';
import { BaseRetriever as LowestRetriever } from '@langchain/core-lowest/retrievers';
import { RunnableLambda as LowestRunnableLambda } from '@langchain/core-lowest/runnables';
import { tool as lowestTool } from '@langchain/core-lowest/tools';
import { convertToOpenAITool as lowestConvertToOpenAITool } from '@langchain/core-lowest/utils/function_calling';
import {
  FakeListChatModel as LowestFakeListChatModel,
  FakeRetriever as LowestFakeRetriever,
  SyntheticEmbeddings as LowestSyntheticEmbeddings,
} from '@langchain/core-lowest/utils/testing';
import { VectorStore as LowestVectorStore } from '@langchain/core-lowest/vectorstores';
import { core } from './core.ts';

/** What the tests use of `@langchain/core`, of the newest version that is promised. */
export const newest = {
  ...{ ...core, BaseDocumentLoader, ChatPromptTemplate, Document, FakeListChatModel, FakeRetriever },
  ...{ HumanMessage, RunnableLambda, StringOutputParser, SyntheticEmbeddings },
};

/** The same of the lowest. */
export const lowest = {
  BaseChatModel: LowestChatModel,
  AIMessageChunk: LowestAIMessageChunk,
  ChatGenerationChunk: LowestChatGenerationChunk,
  convertToOpenAITool: lowestConvertToOpenAITool,
  tool: lowestTool,
  BaseRetriever: LowestRetriever,
  VectorStore: LowestVectorStore,
  BaseDocumentTransformer: LowestDocumentTransformer,
  BaseTransformOutputParser: LowestTransformOutputParser,
  BaseDocumentLoader: LowestDocumentLoader,
  ChatPromptTemplate: LowestChatPromptTemplate,
  Document: LowestDocument,
  FakeListChatModel: LowestFakeListChatModel,
  FakeRetriever: LowestFakeRetriever,
  HumanMessage: LowestHumanMessage,
  RunnableLambda: LowestRunnableLambda,
  StringOutputParser: LowestStringOutputParser,
  SyntheticEmbeddings: LowestSyntheticEmbeddings,
};
