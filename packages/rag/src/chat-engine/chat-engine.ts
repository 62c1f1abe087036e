import { MortiseError, withErrorFields, isMortiseError, type ChatMessage } from '@mortise/core';
import { throughDoor } from '@mortise/core/call';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
import { streamedAnswer, wholeAnswer, type AnswerCall, type AnswerSpec } from '../answer.ts';
import { ChatMemory, keptConversation, plainCopy, type ChatMemoryOptions } from './chat-memory.ts';
import { branchTo, changed, messagesTo, turnOf, withTurn, type ConversationRecord } from './conversation.ts';
import type { KeptConversation } from './conversation-store.ts';
import { Turn } from './turn.ts';

/** How one turn is answered. */
export interface ChatTurnOptions extends QueryOptions {
  /**
   * The id of an earlier turn that the message stands in place of: it is answered as if that turn and all after it had not been
   * said, and becomes a branch beside it, the current one. The old branch stays. Default: the message goes on with the current one.
   */
  edits?: string | undefined;
}

/** A turn in the tree of a conversation. Plain JSON. */
export interface ConversationTurn {
  id: string;
  /** The turn before it; `null` for one that begins the conversation. */
  parent: string | null;
  messages: ChatMessage[];
  /** When its answer was whole, as ISO 8601. */
  at: string;
  /** Whether it is on the current branch, which `history()` is and the next turn goes on with. */
  current: boolean;
}

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
 * and the answer together: one that fails, is aborted or left is not in it. While a turn is under way, another one of this engine,
 * `goTo` and `reset` are refused with `conflict`; a stream is under way from its first read until it has ended or was left.
 */
export class ChatEngine {
  readonly #mode: ChatMode;
  readonly #memory: ChatMemory;
  readonly #conversation: KeptConversation;
  #running: Turn | undefined;

  constructor(mode: ChatMode, options: ChatMemoryOptions = {}) {
    this.#mode = mode;
    this.#memory = new ChatMemory(options);
    this.#conversation = keptConversation(options);
  }

  /**
   * Rejects like a query engine, with `not-found` for a turn to edit that is not there, and with `conflict`: another turn of this
   * engine is under way, or another engine changed the conversation meanwhile. Then the turn is kept beside what the other did; the
   * error's `partial` is the answer. The response's `metadata.turnId` is the id of the turn.
   */
  chat(message: string, options: ChatTurnOptions = {}): Promise<QueryResponse> {
    return wholeAnswer(this.#spec(message, options));
  }

  /** Nothing is done before the stream is first read. */
  streamChat(message: string, options: ChatTurnOptions = {}): ResponseStream {
    return streamedAnswer(this.#spec(message, options));
  }

  /** What was said on the current branch, as plain JSON of its own: `messages` of another engine goes on from there. */
  history(options: { signal?: AbortSignal | undefined } = {}): Promise<ChatMessage[]> {
    return throughDoor(options, {}, async ({ signal }) => {
      const record = await this.#conversation.load(signal);
      return plainCopy(messagesTo(record, record.tip));
    });
  }

  /** All turns, those of other branches too, each after its parent. */
  turns(options: { signal?: AbortSignal | undefined } = {}): Promise<ConversationTurn[]> {
    return throughDoor(options, {}, async ({ signal }) => {
      const record = await this.#conversation.load(signal);
      const current = new Set(branchTo(record, record.tip));
      return record.turns.map((turn) => ({
        ...turn,
        messages: plainCopy(turn.messages),
        current: current.has(turn),
      }));
    });
  }

  /** Makes the branch that ends with a turn the current one: the next message goes on from there. `not-found` without such a turn. */
  goTo(turnId: string): Promise<void> {
    return this.#alone(async () => {
      await this.#conversation.update((record) => changed(record, { tip: turnOf(record, turnId).id }));
    });
  }

  /** Forgets everything that was said, on all branches, in the store too. */
  reset(): Promise<void> {
    return this.#alone(() => this.#conversation.clear());
  }

  #alone(work: () => Promise<void>): Promise<void> {
    return throughDoor({}, {}, async () => {
      const turn = this.#begin(undefined);
      try {
        await work();
      } finally {
        turn.end();
      }
    });
  }

  #spec(message: string, options: ChatTurnOptions): AnswerSpec {
    return {
      name: 'chat',
      content: () => ({ message }),
      options,
      events: (call) => this.#events(message, options, call),
    };
  }

  async *#events(
    message: string,
    { edits, ...options }: ChatTurnOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    if (typeof message !== 'string' || message.trim() === '')
      throw new MortiseError('invalid-request', 'A turn needs a message with text.');
    const turn = this.#begin(call.signal);
    try {
      const record = await this.#conversation.load(call.signal);
      const parent = edits === undefined ? record.tip : turnOf(record, edits).parent;
      const history = messagesTo(record, parent);
      const asked = { message, history, memory: this.#memory, options, call };
      for await (const event of this.#mode(asked)) {
        if (event.type !== 'finish') {
          yield event;
          continue;
        }
        const { response } = event as { response: QueryResponse };
        turn.commit();
        const kept = await this.#keep(message, response, parent, record);
        turn.end();
        yield { type: 'finish', response: kept };
      }
    } finally {
      turn.end();
    }
  }

  /** Models refuse a history with an empty answer in it, so a turn without one is not kept. */
  async #keep(
    message: string,
    response: QueryResponse,
    parent: string | null,
    { tip: begun }: ConversationRecord,
  ): Promise<QueryResponse> {
    if (response.text.trim() === '') {
      const why = 'The turn is not in the history, as its answer has no text.';
      return { ...response, warnings: [...response.warnings, { type: 'other', message: why }] };
    }
    const messages: ChatMessage[] = [
      { role: 'user', content: message },
      { role: 'assistant', content: [{ type: 'text', text: response.text }] },
    ];
    let turnId = '';
    const kept = await this.#conversation
      .update((record) => {
        const next = withTurn(record, { parent, messages, begun });
        turnId = next.id;
        return next.record;
      })
      .catch((error: unknown) => {
        // What was paid for, and is in no store.
        throw isMortiseError(error) ? withErrorFields(error, { partial: response }) : error;
      });
    const answered = { ...response, metadata: { ...response.metadata, turnId } };
    if (kept.tip === turnId) return answered;
    const why = `The conversation was changed by somebody else while this turn was answered. It is kept beside, as turn ${turnId}: go on from it with goTo, or ask again.`;
    throw new MortiseError('conflict', why, { partial: answered });
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
