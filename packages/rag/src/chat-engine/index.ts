import type { ChatEngine as Engine } from './chat-engine.ts';

export type { ChatTurnOptions, ConversationTurn, PendingTurn, ResumeOptions } from './contract.ts';
export type { ChatMemoryOptions } from './chat-memory.ts';
export type { ChatPersistence } from './conversation-store.ts';
export { CONDENSE_PROMPT, type CondensePrompt } from './condense.ts';
export { SUMMARY_PROMPT, type ChatSummaryOptions, type SummaryPrompt } from './summary.ts';
export { createCondenseChatEngine, type CondenseChatEngineOptions } from './condense-chat-engine.ts';
export {
  CONTEXT_CHAT_PROMPT,
  createContextChatEngine,
  type ContextChatEngineOptions,
  type ContextChatPrompt,
} from './context-chat-engine.ts';
export {
  createToolsChatEngine,
  type ToolsChatEngineOptions,
  type ToolsChatEvent,
} from './tools-chat-engine.ts';

/**
 * A conversation with its memory. Made by `createCondenseChatEngine` and its like, so its type alone is exported: a name of
 * its own, since declarations that are built from `export type` of a class promise the class.
 */
export type ChatEngine = Engine;
