import { MortiseError, type ChatMessage } from '@mortise/core';
import { throughDoor } from '@mortise/core/call';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
import { streamedAnswer, wholeAnswer, type AnswerCall, type AnswerSpec } from '../answer.ts';
import { ChatMemory, plainCopy, type ChatMemoryOptions } from './chat-memory.ts';

/** One turn, as a mode sees it. */
export interface ChatTurn {
  readonly message: string;
  /** Everything that was said before. */
  readonly history: readonly ChatMessage[];
  readonly memory: ChatMemory;
  readonly options: QueryOptions;
  readonly call: AnswerCall;
}

/** How a turn is answered. */
export type ChatMode = (turn: ChatTurn) => AsyncIterable<ResponseStreamEvent>;

/**
 * A conversation about documents, one turn at a time. A turn enters the history when its answer is whole, the message
 * and the answer together: one that fails, is aborted or left is not in it. While a turn is under way, another one and
 * `reset` are refused with `conflict`; a stream is under way from its first read until it has ended or was left.
 */
export class ChatEngine {
  readonly #mode: ChatMode;
  readonly #memory: ChatMemory;
  #running: Turn | undefined;

  constructor(mode: ChatMode, options: ChatMemoryOptions = {}) {
    this.#mode = mode;
    this.#memory = new ChatMemory(options);
  }

  /** Rejects like a query engine, and with `conflict`. */
  chat(message: string, options: QueryOptions = {}): Promise<QueryResponse> {
    return wholeAnswer(this.#spec(message, options));
  }

  /** Nothing is done before the stream is first read. */
  streamChat(message: string, options: QueryOptions = {}): ResponseStream {
    return streamedAnswer(this.#spec(message, options));
  }

  /** What was said, as plain JSON of its own: `messages` of another engine goes on from there. */
  history(options: { signal?: AbortSignal | undefined } = {}): Promise<ChatMessage[]> {
    return throughDoor(options, {}, async ({ signal }) => plainCopy(await this.#memory.load(signal)));
  }

  /** Forgets everything that was said, in the store too. */
  reset(): Promise<void> {
    return throughDoor({}, {}, async () => {
      const turn = this.#begin(undefined);
      try {
        await this.#memory.clear();
      } finally {
        turn.end();
      }
    });
  }

  #spec(message: string, options: QueryOptions): AnswerSpec {
    return {
      name: 'chat',
      content: () => ({ message }),
      options,
      events: (call) => this.#events(message, options, call),
    };
  }

  async *#events(
    message: string,
    options: QueryOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    if (typeof message !== 'string' || message.trim() === '')
      throw new MortiseError('invalid-request', 'A turn needs a message with text.');
    const turn = this.#begin(call.signal);
    try {
      const history = await this.#memory.load(call.signal);
      const asked = { message, history, memory: this.#memory, options, call };
      for await (const event of this.#mode(asked)) {
        if (event.type !== 'finish') {
          yield event;
          continue;
        }
        const { response } = event as { response: QueryResponse };
        turn.commit();
        const kept = await this.#keep(message, response);
        turn.end();
        yield { type: 'finish', response: kept };
      }
    } finally {
      turn.end();
    }
  }

  /** Models refuse a history with an empty answer in it, so a turn without one is not kept. */
  async #keep(message: string, response: QueryResponse): Promise<QueryResponse> {
    if (response.text.trim() === '') {
      const why = 'The turn is not in the history, as its answer has no text.';
      return { ...response, warnings: [...response.warnings, { type: 'other', message: why }] };
    }
    await this.#memory.append([
      { role: 'user', content: message },
      { role: 'assistant', content: [{ type: 'text', text: response.text }] },
    ]);
    return response;
  }

  #begin(signal: AbortSignal | undefined): Turn {
    if (this.#running !== undefined) {
      const message =
        'Another turn of this conversation is under way. Wait for its answer, or read its stream to the end or cancel it.';
      throw new MortiseError('conflict', message);
    }
    const turn = new Turn(signal, () => {
      if (this.#running === turn) this.#running = undefined;
    });
    this.#running = turn;
    return turn;
  }
}

/** From its beginning until it is kept, given up or left. An abort ends it at once, unless it is being kept. */
class Turn {
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: () => void;
  readonly #onAbort = (): void => {
    if (!this.#isKept) this.end();
  };
  #isKept = false;
  #isOver = false;

  constructor(signal: AbortSignal | undefined, onEnd: () => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** From here on the turn enters the history, even if its reader leaves. */
  commit(): void {
    // What a model says after it was left must not turn up in the history.
    if (this.#isOver) throw new MortiseError('aborted', 'The turn was left before its answer was whole.');
    this.#isKept = true;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
  }
}
