import type { ChatMessage, KeyValueStore } from '@mortise/core';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import type { QueryEngineParts } from '../query-engine/conformance.ts';
import { chatEngineSuite } from './suite.ts';

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

/** A chat engine under test, and what it says it does. */
export interface ChatEngineConformanceOptions extends ChatEngineSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly ChatEngineFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<ChatEngineFeature, string>>> | undefined;
}

/** The contract of chat engines as tests of `functions`' runner, one for each case of {@link chatEngineSuite}. */
export function chatEngineConformance(
  functions: TestFunctions,
  options: ChatEngineConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'chat-engine',
    name,
    suite: chatEngineSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
