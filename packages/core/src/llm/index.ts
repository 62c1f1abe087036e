export { BaseLLM } from './base.ts';
export type {
  ChatOptions,
  ChatReply,
  ChatRequest,
  ChatResponse,
  ChatStream,
  ChatStreamEvent,
  CompletionResponse,
  CompletionStream,
  FinishReason,
  LLM,
  LLMCapabilities,
  LLMMetadata,
  LLMSettings,
  PartialChatResponse,
  StreamBatch,
} from './contract.ts';
export { CustomLLM, type TextAttempt, type TextPiece, type TextReply } from './custom.ts';
export { estimateInputTokens, MEDIA_TOKENS } from './estimate.ts';
export {
  blocksOf,
  isKnownBlock,
  messageText,
  snapshot,
  sentArguments,
  toolCallBlock,
  toMessages,
} from './message.ts';
export type {
  AudioBlock,
  ChatInput,
  ChatMessage,
  CitationBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  MediaSource,
  ReasoningBlock,
  ResultBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  VideoBlock,
} from './message-contract.ts';
export type { ProviderMetadata, ProviderOptions } from '../call/contract.ts';
export { messagesFromJson, messagesToJson } from './messages-json.ts';
export { messagesToPrompt } from './prompt-text.ts';
export { eventsOfReply } from './reply-events.ts';
export { toChatResponse, toCompletionResponse } from './response.ts';
export { createChatStream, createCompletionStream, textDelta } from './stream.ts';
export type {
  OwnSetting,
  ResponseFormat,
  ToolChoice,
  ToolContext,
  ToolDefinition,
  ToolLike,
} from './tool-contract.ts';
export type { Usage } from './usage-contract.ts';
