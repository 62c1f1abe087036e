import type { ChatMessage, ToolResultBlock } from '@mortise/core';
import { messagesFromJson } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import type { PendingApproval, ToolsState } from '@mortise/toolkit';

/** A turn that waits for approvals, as it is kept. Plain JSON. */
export interface PendingRecord {
  readonly message: string;
  /** As a new turn's. */
  readonly parent: string | null;
  readonly begun: string | null;
  /** The place of the message among those of the state. */
  readonly from: number;
  /** Counts who went on with it: of two at once one is told that the other was first. */
  readonly changes: number;
  readonly approvals: readonly PendingApproval[];
  readonly state: ToolsState;
}

/** The results that a turn has so far. */
export function resultsOf({ state, from }: Pick<PendingRecord, 'state' | 'from'>): ToolResultBlock[] {
  const unfinished = (state.reply?.calls ?? []).flatMap(({ result }) => result ?? []);
  const messages = messagesFromJson([
    ...state.messages.slice(from),
    ...(unfinished.length === 0 ? [] : [{ role: 'tool', content: unfinished }]),
  ]);
  return messages.flatMap(resultsIn);
}

function resultsIn({ content }: ChatMessage): ToolResultBlock[] {
  if (typeof content === 'string') return [];
  return content.filter((block): block is ToolResultBlock => block.type === 'tool-result');
}

export function isPending(value: unknown, ids: ReadonlySet<unknown>): value is PendingRecord {
  if (!isObject(value)) return false;
  const { message, parent, from, changes, approvals, state } = value;
  return (
    typeof message === 'string' &&
    ids.has(parent) &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(changes) &&
    Array.isArray(approvals) &&
    isObject(state) &&
    Array.isArray(state['messages'])
  );
}
