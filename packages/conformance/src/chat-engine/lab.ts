import { messageText } from '@mortise/core';
import { copyNode, type Retriever } from '@mortise/core/retriever';
import type { QueryResponse } from '@mortise/core/synthesizer';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import { NODES } from '../answer/lab.ts';
import type { CaseContext } from '../frame/case.ts';
import type { ChatEngineParts, ChatEngineSubject, Conversation, TurnOptions } from './subject.ts';

/** The model's default answer. */
export const ANSWER = 'Oak is hard [1].';

/** A conversation with a model that says `next`, whatever it is at the time. */
export interface Talk {
  readonly chat: Conversation;
  readonly llm: ScriptedLLM;
  next: ScriptedReply;
}

export function talk(
  { subject }: CaseContext<ChatEngineSubject>,
  setup: Omit<ChatEngineParts, 'llm' | 'retriever'> = {},
): Talk {
  const talking = { next: ANSWER as ScriptedReply };
  const llm = new ScriptedLLM({ replies: () => talking.next, retry: false });
  return Object.assign(talking, { llm, chat: subject.create({ llm, retriever, ...setup }) });
}

export const retriever: Retriever = {
  retrieve: async () => NODES.map((each) => ({ ...each, node: copyNode(each.node) })),
};

/** The two methods that take one turn. */
export const METHODS: readonly (readonly [
  name: string,
  say: (chat: Conversation, message: string, options?: TurnOptions) => Promise<QueryResponse>,
])[] = [
  ['whole', (chat, message, options) => chat.chat(message, options)],
  ['streamed', (chat, message, options) => chat.streamChat(message, options).final()],
];

export type Said = [role: string, text: string][];

/** Who said what. */
export async function said(chat: Conversation): Promise<Said> {
  return (await chat.history()).map((message) => [message.role, messageText(message)]);
}

/** A turn as the history has it. */
export const turnOf = (message: string, answer: string): Said => [
  ['user', message],
  ['assistant', answer],
];
