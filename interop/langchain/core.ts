// #region core
import { BaseDocumentTransformer } from '@langchain/core/documents';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessageChunk } from '@langchain/core/messages';
import { BaseTransformOutputParser } from '@langchain/core/output_parsers';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { BaseRetriever } from '@langchain/core/retrievers';
import { tool } from '@langchain/core/tools';
import { convertToOpenAITool } from '@langchain/core/utils/function_calling';
import { VectorStore } from '@langchain/core/vectorstores';

/** What `toLangChain` makes instances with, from this application's own copy. */
export const core = {
  ...{ BaseChatModel, AIMessageChunk, ChatGenerationChunk, convertToOpenAITool, tool },
  ...{ BaseRetriever, VectorStore, BaseDocumentTransformer, BaseTransformOutputParser },
};
// #endregion
