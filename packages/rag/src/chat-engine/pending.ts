import { messageText, type ChatMessage, type ToolResultBlock } from '@mortise/core';
import { messagesFromJson } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import type { PendingApproval, ToolsState } from '@mortise/toolkit';

/** A turn that waits, for approvals or since it was cut, as it is kept. Plain JSON. */
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
  /** What had arrived of a reply that was cut. It is asked for again. */
  readonly said?: string | undefined;
}

/** Whether it called a tool. Then only its users can say that it is given up. */
export function hasActed({ state, from }: Pick<PendingRecord, 'state' | 'from'>): boolean {
  return state.reply !== undefined || state.messages.length > from + 1;
}

/** What was said in it so far: the message, replies, the results that are there, and the words of a reply that was cut. */
export function messagesSoFar(pending: Pick<PendingRecord, 'state' | 'from' | 'said'>): ChatMessage[] {
  return messagesOf(pending, () => []);
}

/** The same for the history, in which every call has a result. */
export function messagesSettled(pending: PendingRecord): ChatMessage[] {
  const asked = new Set(pending.approvals.map(({ callId }) => callId));
  return messagesOf(pending, (toolCallId, toolName) => [
    {
      ...{ type: 'tool-result', toolCallId, toolName, isError: true },
      content: asked.has(toolCallId) ? NOT_RUN : NOT_FINISHED,
    },
  ]);
}

const NOT_RUN = 'The user went on without it: this call was not run.';
const NOT_FINISHED = 'The user went on without it: this call has no result, and may have been run.';

function messagesOf(
  { state, from, said = '' }: Pick<PendingRecord, 'state' | 'from' | 'said'>,
  without: (callId: string, name: string) => readonly ToolResultBlock[],
): ChatMessage[] {
  const { reply } = state;
  const messages = messagesFromJson([
    ...state.messages.slice(from),
    ...(reply === undefined ? [] : [reply.message]),
  ]);
  const { content = [] } = (reply && messages.at(-1)) ?? {};
  const calls = typeof content === 'string' ? [] : content.filter((block) => block.type === 'tool-call');
  const results = calls.flatMap(({ id, name }, at) => {
    const result = reply?.calls[at]?.result;
    return result === undefined ? without(id, name) : resultsOf([{ role: 'tool', content: [result] }]);
  });
  if (results.length > 0) messages.push({ role: 'tool', content: results });
  if (said.trim() !== '') messages.push({ role: 'assistant', content: [{ type: 'text', text: said }] });
  return messages;
}

/** Results of tools in messages, as plain JSON or not. */
export function resultsOf(messages: unknown): ToolResultBlock[] {
  return messagesFromJson(messages).flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.filter((block) => block.type === 'tool-result'),
  );
}

/** Models refuse a history with a question that has no answer. */
export function isAnswered(messages: readonly ChatMessage[]): boolean {
  return messages.some(
    (message) =>
      message.role === 'tool' || (message.role === 'assistant' && messageText(message).trim() !== ''),
  );
}

export function isPending(value: unknown, ids: ReadonlySet<unknown>): value is PendingRecord {
  if (!isObject(value)) return false;
  const { message, parent, from, changes, approvals, state, said } = value;
  return (
    typeof message === 'string' &&
    ids.has(parent) &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(changes) &&
    Array.isArray(approvals) &&
    (said === undefined || typeof said === 'string') &&
    isObject(state) &&
    Array.isArray(state['messages'])
  );
}
