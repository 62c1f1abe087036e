export {
  OpenAILLM,
  type OpenAILLMOptions,
  type OpenAIMetadata,
  type OpenAIModel,
  type OpenAIProviderOptions,
} from './llm.ts';
export {
  OpenAIEmbedding,
  type OpenAIEmbeddingModel,
  type OpenAIEmbeddingOptions,
  type OpenAIEmbeddingProviderOptions,
  type ServerEmbeddings,
} from './embedding.ts';
export type {
  ConnectionOptions,
  Endpoint,
  OpenAIEmbeddingClient,
  OpenAILLMClient,
  RequestSettings,
} from './client.ts';

export type { OpenAIApi } from './api.ts';
export type { ReasoningWire, ServerWire } from './server-wire.ts';

// For vendors that speak OpenAI's wire: functions without I/O, `about.provider` being the vendor's own name.
export type { ErrorAbout, WireAbout, WireBody, WireContext } from './convert.ts';
export {
  toChatCompletionsRequest,
  toChatCompletionsStreamRequest,
  type ChatCompletionsContext,
} from './convert-chat-request.ts';
export { chatUsage, fromChatCompletionsResponse } from './convert-chat-response.ts';
export { chatCompletionsStream } from './convert-chat-stream.ts';
export { toResponsesRequest, toResponsesStreamRequest } from './convert-responses-request.ts';
export { fromResponsesResponse } from './convert-responses-response.ts';
export { responsesStream } from './convert-responses-stream.ts';
export { fromEmbeddingResponse, toEmbeddingRequest } from './convert-embedding.ts';
