import { messagesFromJson, type ChatMessage, type JsonObject, type KeyValueStore } from '@mortise/core';
import { toolsStateFromJson, type PendingApproval, type ToolsState } from '@mortise/toolkit';
import type { ConversationSummary } from '../contract.ts';

/** Everything that is kept of a conversation: one record, written whole. Nothing in it was written by the page but the questions. */
export interface Conversation extends ConversationSummary {
  /** The run of its last question, which holds the questions and answers before it. */
  run: ToolsState;
  /** What the run waits for, where it ended with that. */
  approvals: PendingApproval[];
  /** What had arrived of a reply that was cut. */
  said: string;
  isCut: boolean;
}

const namespace = 'conversations';

/** The conversations in a store. A run keeps its own at every step, so that a kill loses nothing but words of a reply. */
export class Conversations {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  async get(id: string): Promise<Conversation | undefined> {
    const record = (await this.#store.get(id, { namespace })) as unknown as Conversation | undefined;
    // Refuses a state of a later version, in words that say so.
    return record && { ...record, run: toolsStateFromJson(record.run) };
  }

  async set(conversation: Omit<Conversation, 'updatedAt'>): Promise<void> {
    const record: Conversation = { ...conversation, updatedAt: new Date().toISOString() };
    // Plain JSON, every member of it.
    await this.#store.set(record.id, record as unknown as JsonObject, { namespace });
  }

  async delete(id: string): Promise<void> {
    await this.#store.delete(id, { namespace });
  }

  /** The last one first. */
  async list(): Promise<ConversationSummary[]> {
    const list: ConversationSummary[] = [];
    for await (const [, value] of this.#store.iterate({ namespace })) {
      const { id, title, updatedAt } = value as unknown as Conversation;
      list.push({ id, title, updatedAt });
    }
    return list.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  }
}

/** What was said so far: whole turns, the last reply with the results that are there, and what had arrived of a reply that was cut. */
export function messagesOf({ run, said }: Pick<Conversation, 'run' | 'said'>): ChatMessage[] {
  const messages = [...run.messages];
  if (run.reply !== undefined) {
    const results = run.reply.calls.flatMap(({ result }) => result ?? []);
    messages.push(run.reply.message);
    if (results.length > 0) messages.push({ role: 'tool', content: results });
  }
  if (said !== '') messages.push({ role: 'assistant', content: said });
  return messagesFromJson(messages);
}

/** The same for a model that is asked something else: calls that nobody answered get a result that says so. */
export function settledMessages(conversation: Pick<Conversation, 'run' | 'said'>): ChatMessage[] {
  const messages = messagesOf(conversation);
  const answered = new Set<string>();
  const calls = new Map<string, string>();
  for (const { content } of messages) {
    for (const block of typeof content === 'string' ? [] : content) {
      if (block.type === 'tool-call') calls.set(block.id, block.name);
      else if (block.type === 'tool-result') answered.add(block.toolCallId);
    }
  }
  const open = [...calls].filter(([id]) => !answered.has(id));
  if (open.length === 0) return messages;
  const results = open.map(([toolCallId, toolName]) => ({
    ...{ type: 'tool-result' as const, toolCallId, toolName, isError: true },
    content: 'The user went on without it: the call was not run.',
  }));
  // Behind the reply that asked, whose other results stand there already.
  const last = messages.findLastIndex(({ role }) => role === 'tool');
  const asked = messages.findLastIndex(
    ({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'tool-call'),
  );
  const there = last > asked ? messages[last] : undefined;
  if (there === undefined) messages.splice(asked + 1, 0, { role: 'tool', content: results });
  else messages[last] = { role: 'tool', content: [...(there.content as typeof results), ...results] };
  return messages;
}

/** A title from a question. */
export function titleOf(question: string): string {
  const line = question.replace(/\s+/g, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}
