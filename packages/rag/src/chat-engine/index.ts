export type { ChatEngine } from './chat-engine.ts';
export type { ChatMemoryOptions } from './chat-memory.ts';
export { CONDENSE_PROMPT, type CondensePrompt } from './condense.ts';
export { createCondenseChatEngine, type CondenseChatEngineOptions } from './condense-chat-engine.ts';
export {
  CONTEXT_CHAT_PROMPT,
  createContextChatEngine,
  type ContextChatEngineOptions,
  type ContextChatPrompt,
} from './context-chat-engine.ts';
