import type { ChatMessage } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import type { QueryEngineParts } from '../query-engine/subject.ts';

/**
 * What a case of the chat engine suite may require. `messages`: it goes on from what was said before. `store`: it keeps
 * the conversation in a key-value store.
 */
export type ChatEngineFeature = 'messages' | 'store';

/** What the suite asks of a chat engine. What an answer must be is the query engine suite's, on its first turn. */
export interface Conversation {
  chat(message: string, options?: QueryOptions): Promise<QueryResponse>;
  streamChat(message: string, options?: QueryOptions): ResponseStream;
  history(): Promise<ChatMessage[]>;
  reset(): Promise<void>;
}

/** What a chat engine is made of for the suite: parts, and at most one place from which it goes on. */
export interface ChatEngineParts extends QueryEngineParts {
  readonly messages?: readonly ChatMessage[];
  readonly persist?: { readonly store: KeyValueStore; readonly key: string };
}

/** What the cases of the chat engine suite work with. */
export interface ChatEngineSubject {
  /** A new conversation of these parts. */
  create(parts: ChatEngineParts): Conversation;
}
