import { messageText, MortiseError, type ChatMessage, type JsonValue } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
} from '@mortise/core/synthesizer';

export interface FrozenChatEngineOptions {
  /** What was said before. Default: nothing, or what the store has. */
  messages?: readonly ChatMessage[] | undefined;
  /** Where the conversation is kept. Default: in memory alone. */
  persist?: { readonly store: KeyValueStore; readonly key: string } | undefined;
}

/** Asks a query engine each message, with all that was said before it. */
export class FrozenChatEngine {
  readonly #engine: QueryEngine;
  readonly #persist: FrozenChatEngineOptions['persist'];
  #messages: readonly ChatMessage[] | undefined;
  #turn: object | undefined;

  constructor(engine: QueryEngine, { messages, persist }: FrozenChatEngineOptions = {}) {
    this.#engine = engine;
    this.#persist = persist;
    this.#messages = structuredClone(messages);
  }

  chat(message: string, options?: QueryOptions): Promise<QueryResponse> {
    return this.streamChat(message, options).final();
  }

  streamChat(message: string, options: QueryOptions = {}): ResponseStream {
    return createResponseStream({
      name: 'chat',
      content: () => ({ message }),
      signal: options.signal,
      parent: options.parent,
      events: (call) => this.#events(message, { ...options, ...call }, call.signal),
    });
  }

  async history(): Promise<ChatMessage[]> {
    return structuredClone([...(await this.#load())]);
  }

  async reset(): Promise<void> {
    const end = this.#begin();
    try {
      await this.#persist?.store.delete(this.#persist.key);
      this.#messages = [];
    } finally {
      end();
    }
  }

  async *#events(
    message: string,
    options: QueryOptions,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ResponseStreamEvent> {
    if (message.trim() === '') throw new MortiseError('invalid-request', 'A message needs text.');
    const end = this.#begin();
    // Of a stream that is left as well.
    signal?.addEventListener('abort', end, { once: true });
    try {
      const question = [...(await this.#load()).map(messageText), message].join('\n\n');
      for await (const event of this.#engine.streamQuery(question, options)) {
        if (event.type !== 'finish') {
          yield event;
          continue;
        }
        signal?.throwIfAborted();
        const response = await this.#keep(message, (event as { response: QueryResponse }).response);
        end();
        yield { type: 'finish', response };
      }
    } finally {
      end();
    }
  }

  async #keep(message: string, response: QueryResponse): Promise<QueryResponse> {
    if (response.text.trim() === '') {
      const warning = { type: 'other', message: 'The answer has no text, so the turn is not kept.' } as const;
      return { ...response, warnings: [...response.warnings, warning] };
    }
    const turn: ChatMessage[] = [
      { role: 'user', content: message },
      { role: 'assistant', content: response.text },
    ];
    const messages = [...(await this.#load()), ...turn];
    await this.#persist?.store.set(this.#persist.key, messages as unknown as JsonValue);
    this.#messages = messages;
    return response;
  }

  async #load(): Promise<readonly ChatMessage[]> {
    const kept = this.#messages ?? (await this.#persist?.store.get(this.#persist.key)) ?? [];
    return (this.#messages = kept as readonly ChatMessage[]);
  }

  #begin(): () => void {
    if (this.#turn !== undefined) throw new MortiseError('conflict', 'Another turn is under way.');
    const turn = (this.#turn = {});
    return () => {
      if (this.#turn === turn) this.#turn = undefined;
    };
  }
}
