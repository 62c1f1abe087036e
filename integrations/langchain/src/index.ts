export type {
  LangChainBlock,
  LangChainChatModel,
  LangChainDocument,
  LangChainEmbeddings,
  LangChainInvalidToolCall,
  LangChainLoader,
  LangChainMessage,
  LangChainMessageLike,
  LangChainRetriever,
  LangChainSplitter,
  LangChainTool,
  LangChainToolCall,
  LangChainVectorStore,
} from './contract.ts';
export { fromLangChain } from './from.ts';
export type { LangChainSettings } from './call-options.ts';
export type { FromLangChainModelOptions, LangChainProviderOptions } from './llm.ts';
export type { FromLangChainEmbeddingsOptions } from './embedding.ts';
export type { FromLangChainStoreOptions } from './vector-store.ts';
export type { FromLangChainSplitterOptions } from './splitter.ts';
export type { FromLangChainLoaderOptions } from './loader.ts';
export type { FromLangChainToolOptions } from './tool.ts';
export { toLangChain } from './to.ts';
export type { ChatModelParts } from './to-llm.ts';
export type { ConvertTool } from './to-options.ts';
export type {
  DocumentSplitter,
  ParserParts,
  RetrieverParts,
  ToLangChainLoaderOptions,
  ToolParts,
  TransformParts,
  VectorStoreParts,
} from './to-parts.ts';
