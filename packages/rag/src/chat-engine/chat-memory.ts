import { base64Of, MortiseError, type ChatMessage, type TokenCounter } from '@mortise/core';
import { fitMessages } from '@mortise/toolkit';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { reading, wholeNumber } from '@mortise/core/shared';
import { messagesTokens } from '../synthesizer/room.ts';
import { conversationOf } from './conversation.ts';
import {
  ownConversation,
  storedConversation,
  type ChatPersistence,
  type KeptConversation,
} from './conversation-store.ts';

/** Where a conversation is kept, and how much of it a model is shown. */
export interface ChatMemoryOptions {
  /** What was said before, such as what `history()` gave. Not together with `persist`. Default: nothing. */
  messages?: readonly ChatMessage[] | undefined;
  /** Tokens of the conversation that a model is shown, the newest. All of it is kept. Default: 4,096. */
  maxTokens?: number | undefined;
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
  readonly tokenizer: TokenCounter;

  constructor(options: ChatMemoryOptions = {}) {
    this.#maxTokens = wholeNumber('maxTokens', options.maxTokens ?? 4096, { least: 0 });
    this.tokenizer = options.tokenizer ?? estimateTokenizer;
  }

  /**
   * The newest turns that `maxTokens`, or less where the model has less room, hold beside the message that comes next.
   * A tool call is never parted from its results.
   */
  fit(messages: readonly ChatMessage[], next: ChatMessage, room = Infinity): ChatMessage[] {
    const { tokenizer } = this;
    const countMessage = (message: ChatMessage): number => messagesTokens([message], tokenizer);
    const maxTokens = Math.min(this.#maxTokens, room) + countMessage(next);
    return fitMessages([...messages, next], { maxTokens, tokenizer, countMessage }).slice(0, -1);
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
