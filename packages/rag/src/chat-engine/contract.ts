import type { ChatMessage, ToolResultBlock } from '@mortise/core';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStreamEvent } from '@mortise/core/synthesizer';
import type { GivenApproval, PendingApproval } from '@mortise/toolkit';
import type { AnswerCall } from '../answer.ts';
import type { ChatMemory } from './chat-memory.ts';
import type { PendingRecord } from './pending.ts';

/** How one turn is answered. */
export interface ChatTurnOptions extends QueryOptions {
  /**
   * The id of an earlier turn that the message stands in place of: it is answered as if that turn and all after it had not been
   * said, and becomes a branch beside it, the current one. The old branch stays. Default: the message goes on with the current one.
   */
  edits?: string | undefined;
}

/** A turn in the tree of a conversation. Plain JSON. */
export interface ConversationTurn {
  id: string;
  /** The turn before it; `null` for one that begins the conversation. */
  parent: string | null;
  messages: ChatMessage[];
  /** When its answer was whole, as ISO 8601. */
  at: string;
  /** What was said up to and with this turn in short, where the memory of an engine needed it. */
  summary?: string | undefined;
  /** Whether it is on the current branch, which `history()` is and the next turn goes on with. */
  current: boolean;
}

/** A turn that waits: for somebody's decision, or to be gone on with where it was cut by an abort, a failure or a kill. */
export interface PendingTurn {
  message: string;
  /** What is to be decided: for `resume`, with `approved` and the token. Empty where it was cut. */
  approvals: PendingApproval[];
  /** What was said in it so far, the message first: calls may have no result yet, and words of a reply that was cut are last. */
  messages: ChatMessage[];
}

/** What was decided of a turn that waits. */
export interface ResumeOptions extends QueryOptions {
  /** Default: none; a turn that was cut goes on from what was kept of it. */
  approvals?: readonly GivenApproval[] | undefined;
}

/** A turn that is gone on with. */
export interface ResumedTurn extends Pick<PendingRecord, 'from' | 'state'> {
  readonly results: readonly ToolResultBlock[];
  readonly approvals: readonly GivenApproval[] | undefined;
}

/** How far a turn is. */
export interface TurnProgress extends Pick<PendingRecord, 'from' | 'state' | 'said'> {
  /** Ids of the calls that were decided about. */
  readonly decided?: readonly string[] | undefined;
}

/** The end of a turn. */
export interface FinishedTurn {
  readonly type: 'finish';
  readonly response: QueryResponse;
  /** What is kept. Default: the message, and the text of the response. */
  readonly messages?: readonly ChatMessage[];
  /** It waits, and is kept to be gone on with. */
  readonly waits?: Pick<PendingRecord, 'from' | 'state' | 'approvals'>;
}

/** One turn, as a mode sees it. */
export interface ChatTurn {
  readonly message: string;
  /** What was said before, or after what `summary` has. */
  readonly history: readonly ChatMessage[];
  /** What was said before the history, in short. */
  readonly summary?: ChatMessage | undefined;
  readonly memory: ChatMemory;
  readonly options: QueryOptions;
  readonly call: AnswerCall;
  /** Of a turn that waited. Its message was answered in part already. */
  readonly resumed?: ResumedTurn | undefined;
  /**
   * Keeps how far it is, one after the other; `conflict` where somebody else went on with it meanwhile, or with another turn that calls
   * tools. Absent where the conversation is kept nowhere.
   */
  readonly keep?: ((progress: TurnProgress) => Promise<void>) | undefined;
}

/** How a turn is answered. */
export type ChatMode = (turn: ChatTurn) => AsyncIterable<ResponseStreamEvent | FinishedTurn>;
