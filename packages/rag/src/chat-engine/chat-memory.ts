import { base64Of, MortiseError, type ChatMessage, type TokenCounter } from '@mortise/core';
import { fitMessages } from '@mortise/toolkit';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { reading, wholeNumber } from '@mortise/core/shared';
import type { AnswerCall } from '../answer.ts';
import { messagesTokens } from '../synthesizer/room.ts';
import { conversationOf, type StoredTurn } from './conversation.ts';
import {
  ownConversation,
  storedConversation,
  type ChatPersistence,
  type KeptConversation,
} from './conversation-store.ts';
import { Summariser, type ChatSummaryOptions, type ShownBranch } from './summary.ts';

/** Where a conversation is kept, and how much of it a model is shown. */
export interface ChatMemoryOptions {
  /** What was said before, such as what `history()` gave. Not together with `persist`. Default: nothing. */
  messages?: readonly ChatMessage[] | undefined;
  /** Tokens of the conversation that a model is shown, the newest and `summary`. All of it is kept. Default: 4,096. */
  maxTokens?: number | undefined;
  /**
   * Has a model put in short what no longer fits, and shows it that before the newest turns. One call more in a turn now and then; what it
   * wrote is kept with the conversation, so that no turn is read twice. Default: what no longer fits is not shown.
   */
  summary?: ChatSummaryOptions | undefined;
  /** Counts them. Default: `estimateTokenizer`. */
  tokenizer?: TokenCounter | undefined;
  /**
   * Keeps the conversation in a store, from one process to the next: read at each turn, written after it. Several engines, in
   * several processes, may have one conversation: of two turns at once one is added and the other is `conflict`, and kept beside.
   */
  persist?: ChatPersistence | undefined;
}

/** Throws `configuration` for options that do not fit each other, and for a store that could lose a turn. */
export function keptConversation({ messages, persist }: ChatMemoryOptions): KeptConversation {
  if (persist === undefined) {
    const begin = reading('messages', () => conversationOf(plainCopy(messages ?? [])), 'configuration');
    return ownConversation(begin);
  }
  if (messages === undefined) return storedConversation(persist);
  const message = 'messages and persist are both given, and may differ. Give one.';
  throw new MortiseError('configuration', message);
}

/** How much of a conversation a model is shown. */
export class ChatMemory {
  readonly #maxTokens: number;
  readonly #summariser: Summariser | undefined;
  readonly tokenizer: TokenCounter;

  constructor({ maxTokens = 4096, tokenizer = estimateTokenizer, summary }: ChatMemoryOptions = {}) {
    this.#maxTokens = wholeNumber('maxTokens', maxTokens, { least: 0 });
    this.tokenizer = tokenizer;
    this.#summariser = summary && new Summariser(summary, this.#maxTokens, tokenizer);
  }

  /** The branch as a model is to be shown it: whole, or the oldest turns in short. */
  async shown(branch: readonly StoredTurn[], call: AnswerCall): Promise<ShownBranch> {
    if (this.#summariser !== undefined) return this.#summariser.shown(branch, call);
    return { history: branch.flatMap(({ messages }) => messages), steps: {} };
  }

  /**
   * The newest turns that `maxTokens`, or less where the model has less room, hold beside the message that comes next.
   * The summary comes before them, unless it would take more than half. A tool call is never parted from its results.
   */
  fit(
    { history, summary }: Pick<ShownBranch, 'history' | 'summary'>,
    next: ChatMessage,
    room = Infinity,
  ): ChatMessage[] {
    const { tokenizer } = this;
    const countMessage = (message: ChatMessage): number => messagesTokens([message], tokenizer);
    const most = Math.min(this.#maxTokens, room);
    const before = summary !== undefined && countMessage(summary) <= most / 2 ? [summary] : [];
    const maxTokens = most + countMessage(next);
    return fitMessages([...before, ...history, next], { maxTokens, tokenizer, countMessage }).slice(0, -1);
  }
}

/** Bytes become base64, which blocks take as well. */
export function plainCopy(messages: readonly ChatMessage[]): ChatMessage[] {
  const text = JSON.stringify(messages, function (this: Record<string, unknown>, key, value: unknown) {
    // A `Buffer` has turned itself into something else by now.
    const raw = this[key];
    return raw instanceof Uint8Array ? base64Of(raw) : value;
  });
  return JSON.parse(text) as ChatMessage[];
}
