export { BaseLLM, type BaseLLMOptions, type LLMSettings } from './base.ts';
export type { CallIdFormat } from './call-ids.ts';
export { checkMessages } from './check-messages.ts';
export type * from './contract.ts';
export { CustomLLM, type TextAttempt, type TextPiece, type TextReply } from './custom.ts';
export {
  base64Of,
  blocksOf,
  isKnownBlock,
  messageText,
  sentArguments,
  toolCallBlock,
  toMessages,
} from './message.ts';
export type * from './message.ts';
export { messagesFromJson, messagesToJson } from './messages-json.ts';
export {
  messagesToPrompt,
  promptToMessages,
  type MediaBlock,
  type PromptTextOptions,
} from './prompt-text.ts';
export { createCompletionStream } from './completion-stream.ts';
export { eventsOfReply } from './reply-events.ts';
export type { ChatReply, ChatRequest } from './request.ts';
export { mergeUsage, toChatResponse, toCompletionResponse } from './response.ts';
export {
  createChatStream,
  textDelta,
  type OpenedStream,
  type StreamBatch,
  type StreamPlan,
} from './stream.ts';
export {
  structured,
  type StructuredMode,
  type StructuredOptions,
  type StructuredResult,
} from './structured.ts';
export { structuredStream, type StructuredStream } from './structured-stream.ts';
export type * from './tool-contract.ts';
export {
  createBudget,
  withBudget,
  type Budget,
  type BudgetOptions,
  type TokenPrices,
  type WithBudgetOptions,
} from './budget.ts';
export { estimateInputTokens, MEDIA_TOKENS } from './estimate.ts';
export { fitMessages, type FitMessagesOptions } from './fit-messages.ts';
export {
  runTools,
  sumUsage,
  toolResults,
  type Approval,
  type RunToolsEvent,
  type RunToolsOptions,
  type RunToolsResult,
} from './run-tools.ts';
export { tool, toolBlocks, type Tool, type ToolOptions } from './tool.ts';
export { replyCacheKey, type CallKind, type ReplyKeyFields } from './reply-cache.ts';
export { withCache, type WithCacheOptions } from './with-cache.ts';
export { movesOn, withFallback, type WithFallbackOptions } from './with-fallback.ts';
export { withRateLimit, type WithRateLimitOptions } from './with-rate-limit.ts';
export { aroundLLM, wrapLLM, type CallInfo, type Outcome } from './wrap.ts';
