import { base64Of, MortiseError, type ChatMessage, type JsonValue, type TokenCounter } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import { fitMessages } from '@mortise/toolkit';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { reading, wholeNumber } from '@mortise/core/shared';
import { abortable } from '../abort.ts';
import { messagesTokens } from '../synthesizer/room.ts';

/** Where a conversation is kept, and how much of it a model is shown. */
export interface ChatMemoryOptions {
  /** What was said before, such as what `history()` gave. Not together with `persist`. Default: nothing. */
  messages?: readonly ChatMessage[] | undefined;
  /** Tokens of the conversation that a model is shown, the newest. All of it is kept. Default: 4,096. */
  maxTokens?: number | undefined;
  /** Counts them. Default: `estimateTokenizer`. */
  tokenizer?: TokenCounter | undefined;
  /**
   * Keeps the conversation in a store, from one process to the next: read at the first turn, written after each. One
   * engine at a time: of two on one key, the last to write wins.
   */
  persist?: { readonly store: KeyValueStore; readonly key: string; readonly namespace?: string } | undefined;
}

/** A conversation: whole turns, in their order, as plain JSON. */
export class ChatMemory {
  readonly #options: ChatMemoryOptions;
  readonly #maxTokens: number;
  readonly tokenizer: TokenCounter;
  #messages: readonly ChatMessage[] | undefined;
  #loading: Promise<readonly ChatMessage[]> | undefined;

  constructor(options: ChatMemoryOptions = {}) {
    this.#options = options;
    this.#maxTokens = wholeNumber('maxTokens', options.maxTokens ?? 4096, { least: 0 });
    this.tokenizer = options.tokenizer ?? estimateTokenizer;
    if (options.persist === undefined)
      this.#messages = reading('messages', () => plainCopy(options.messages ?? []), 'configuration');
    else if (options.messages !== undefined) {
      const message =
        'messages and persist are both given, and may differ. Give one; to begin with messages, write them to the store.';
      throw new MortiseError('configuration', message);
    }
  }

  /** Everything that was said. */
  async load(signal?: AbortSignal): Promise<readonly ChatMessage[]> {
    if (this.#messages !== undefined) return this.#messages;
    // Shared by all who wait, so nobody's abort may end it.
    this.#loading ??= this.#read().finally(() => (this.#loading = undefined));
    return abortable(signal, () => this.#loading as Promise<readonly ChatMessage[]>);
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

  /** Both in the store and here, or neither. */
  async append(turn: readonly ChatMessage[]): Promise<void> {
    const messages = [...(await this.load()), ...plainCopy(turn)];
    const { persist } = this.#options;
    if (persist !== undefined) {
      const { store, key, namespace } = persist;
      await store.set(key, messages as unknown as JsonValue, { namespace });
    }
    this.#messages = messages;
  }

  async clear(): Promise<void> {
    const { persist } = this.#options;
    if (persist !== undefined) await persist.store.delete(persist.key, { namespace: persist.namespace });
    this.#messages = [];
  }

  async #read(): Promise<readonly ChatMessage[]> {
    const { store, key, namespace } = this.#options.persist as NonNullable<ChatMemoryOptions['persist']>;
    const kept = await store.get(key, { namespace });
    if (kept !== undefined && !isConversation(kept)) {
      const message = `What the store has under '${key}' is not a conversation. Use another key, or delete it.`;
      throw new MortiseError('validation', message);
    }
    return (this.#messages = kept ?? []);
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

const ROLES: readonly unknown[] = ['system', 'user', 'assistant', 'tool'];

function isConversation(value: unknown): value is ChatMessage[] {
  if (!Array.isArray(value)) return false;
  return value.every((each: unknown) => {
    const { role, content } = (each ?? {}) as { role?: unknown; content?: unknown };
    return ROLES.includes(role) && (typeof content === 'string' || Array.isArray(content));
  });
}
