import type { JsonObject } from '@mortise/core/shared';
import type { Approval } from './approval-contract.ts';

// Aliases and not interfaces: so they are `JsonObject`s, and go into a store as they are.

/**
 * A run as plain JSON, to be kept and gone on from. It holds the conversation: keep it where that may be kept. Its messages are
 * frozen, since those of the states before and after it are the same objects.
 */
export type ToolsState = {
  version: 1;
  /** Of the run. */
  id: string;
  /** Whole turns alone, as `messagesToJson` writes them. */
  messages: JsonObject[];
  /** Replies so far, the one in `reply` included. */
  steps: number;
  /** Calls of each tool in `messages`, those of this run. */
  calls: { [tool: string]: number };
  /** So far, without agents whose calls have no result yet: theirs is in `run`. */
  usage?: JsonObject;
  /** The model was told to give its answer by the tool for it. */
  reminded?: true;
  /** The last reply, until the next request: its calls may be unanswered. */
  reply?: ToolsReplyState;
};

/** A reply, and how far its calls have come. */
export type ToolsReplyState = {
  message: JsonObject;
  /** The response without its message. */
  about: JsonObject;
  /** Names of the tools that this step might call, where not all. */
  tools?: string[];
  /** In the order of the message's. */
  calls: ToolsCallState[];
};

/** How far one call has come. Without a result it is run, or run again with the same key, when the run goes on. */
export type ToolsCallState = {
  /** A `tool-result` block. */
  result?: JsonObject;
  /** Decided, and not run yet: `false` or a reason refuses. */
  approved?: Approval;
  /** The run of an agent that is a tool. Its `id` is the key of the call. */
  run?: ToolsState;
};
