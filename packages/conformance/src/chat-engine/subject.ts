import type { ChatMessage } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import type { QueryEngineParts } from '../query-engine/subject.ts';

/**
 * What a case of the chat engine suite may require. `messages`: it goes on from what was said before. `store`: it keeps
 * the conversation in a key-value store. `branches`: it keeps a tree of turns, and has `turns` and `goTo`. `approvals`: its
 * model has tools that need approval, and it has `pending`, `resume` and `discard`.
 */
export type ChatEngineFeature = 'messages' | 'store' | 'branches' | 'approvals';

/** A tool without arguments that needs somebody's approval. */
export interface ApprovedToolLike {
  readonly name: string;
  readonly description: string;
  /** Signs what is asked. */
  readonly approvalKey: string;
  execute(): string;
}

/** A turn that waits, as far as the suite looks at it. */
export interface PendingTurnLike {
  readonly message: string;
  readonly approvals: readonly { readonly callId: string; readonly name: string; readonly token: string }[];
}

/** What was decided of a call that waits. */
export interface GivenApprovalLike {
  callId: string;
  token: string;
  approved: boolean;
}

/** A turn in the tree of a conversation, as far as the suite looks at it. */
export interface ConversationTurnLike {
  readonly id: string;
  readonly parent: string | null;
  readonly messages: readonly ChatMessage[];
  readonly current: boolean;
}

/** How one turn is answered; `edits` is asked of an engine with `branches` alone. */
export interface TurnOptions extends QueryOptions {
  edits?: string | undefined;
}

/** What the suite asks of a chat engine. What an answer must be is the query engine suite's, on its first turn. */
export interface Conversation {
  chat(message: string, options?: TurnOptions): Promise<QueryResponse>;
  streamChat(message: string, options?: TurnOptions): ResponseStream;
  history(): Promise<ChatMessage[]>;
  reset(): Promise<void>;
  /** All turns, each after its parent. `branches` needs it. */
  turns?(): Promise<readonly ConversationTurnLike[]>;
  /** Goes on after a turn. `branches` needs it. */
  goTo?(turnId: string): Promise<void>;
  /** The turn that waits. `approvals` needs it, and the two that follow. */
  pending?(): Promise<PendingTurnLike | undefined>;
  /** Goes on with it. */
  resume?(options: { approvals: readonly GivenApprovalLike[] }): Promise<QueryResponse>;
  /** Gives it up. */
  discard?(): Promise<void>;
}

/** What a chat engine is made of for the suite: parts, and at most one place from which it goes on. */
export interface ChatEngineParts extends QueryEngineParts {
  readonly messages?: readonly ChatMessage[];
  readonly persist?: { readonly store: KeyValueStore; readonly key: string };
  /** The one tool of the model. Given where `approvals` is declared alone. */
  readonly tool?: ApprovedToolLike;
}

/** What the cases of the chat engine suite work with. */
export interface ChatEngineSubject {
  /** A new conversation of these parts. */
  create(parts: ChatEngineParts): Conversation;
}
