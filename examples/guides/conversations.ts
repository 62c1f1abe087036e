import {
  isMortiseError,
  messageText,
  type KeyValueStore,
  type LLM,
  type QueryResponse,
  type Retriever,
} from '@mortise/core';
import { createContextChatEngine, createToolsChatEngine, type ChatEngine } from '@mortise/rag';
import type { GivenApproval, PendingApproval, Tool } from '@mortise/toolkit';

export function openConversation(
  llm: LLM,
  retriever: Retriever,
  store: KeyValueStore,
  id: string,
): ChatEngine {
  // #region keep
  // One engine for each request is cheap: what was said is in the store.
  const chat = createContextChatEngine(
    { llm, retriever },
    { persist: { store, key: id, namespace: 'conversations' } },
  );
  // #endregion
  return chat;
}

export function openLong(llm: LLM, small: LLM, retriever: Retriever, store: KeyValueStore): ChatEngine {
  // #region summary
  const chat = createContextChatEngine(
    { llm, retriever },
    { maxTokens: 8_000, summary: { llm: small }, persist: { store, key: 'long' } },
  );
  // #endregion
  return chat;
}

export async function sayInTime(chat: ChatEngine, message: string): Promise<QueryResponse> {
  // #region conflict
  try {
    return await chat.chat(message);
  } catch (error) {
    if (!isMortiseError(error, 'conflict')) throw error;
    const late = error.partial as QueryResponse | undefined; // the whole answer, kept beside
    if (late === undefined) throw error; // this engine was still busy with another turn
    return late;
  }
  // #endregion
}

export async function correct(chat: ChatEngine, message: string): Promise<string[]> {
  // #region branches
  const turns = await chat.turns(); // { id, parent, messages, at, current }
  const last = turns.findLast(({ current }) => current);
  await chat.chat(message, { edits: last?.id }); // in place of the last turn, and beside it
  if (last !== undefined) await chat.goTo(last.id); // and back to what was said first
  // #endregion
  return (await chat.turns()).map(
    ({ messages: [asked], current }) =>
      `${current ? '*' : ' '} ${asked === undefined ? '' : messageText(asked)}`,
  );
}

export async function withTools(
  llm: LLM,
  tools: Tool[],
  approvalKey: string,
  store: KeyValueStore,
  decide: (approvals: PendingApproval[]) => Promise<GivenApproval[]>,
): Promise<string> {
  // #region tools
  const chat = createToolsChatEngine(
    { llm, tools }, // an engineTool among them has sources and citations
    { systemPrompt: 'You look after a saw mill.', approvalKey, persist: { store, key: 'mill' } },
  );
  const answer = await chat.chat('Stop the saw, and say why it hums.');
  if (answer.outcome !== 'approval') return answer.text;
  const pending = await chat.pending(); // in another process too, days later
  const { text } = await chat.resume({ approvals: await decide(pending?.approvals ?? []) });
  // #endregion
  return text;
}

export async function afterACut(chat: ChatEngine, wish: 'go on' | 'keep' | 'forget'): Promise<void> {
  // #region cut
  const cut = await chat.pending(); // { message, approvals, messages }: show its messages behind the history
  if (cut === undefined) return;
  if (wish === 'go on') await chat.resume(); // what ran is not run again, what did not run is
  if (wish === 'keep') await chat.settle(); // into the history as it is: ask something else
  if (wish === 'forget') await chat.discard();
  // #endregion
}
