import { MortiseError, type ChatMessage } from '@mortise/core';
import { throughDoor } from '@mortise/core/call';
import type { Attributes } from '@mortise/core/events';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
import { abortable } from '../abort.ts';
import {
  afterSteps,
  streamedAnswer,
  wholeAnswer,
  type AnswerCall,
  type AnswerSpec,
  type Steps,
} from '../answer.ts';
import type {
  ChatMode,
  ChatTurn,
  ChatTurnOptions,
  ConversationTurn,
  PendingTurn,
  ResumedTurn,
  ResumeOptions,
} from './contract.ts';
import { ChatMemory, keptConversation, plainCopy, type ChatMemoryOptions } from './chat-memory.ts';
import { branchTo, changed, messagesTo, turnOf, withSummary } from './conversation.ts';
import type { KeptConversation } from './conversation-store.ts';
import { checkFree, keptBeside, KeptTurn, placeOf, withSettled } from './kept-turn.ts';
import { messagesSoFar, resultsOf } from './pending.ts';
import { Turn } from './turn.ts';

/**
 * A conversation about documents, one turn at a time. A turn enters the history when its answer is whole, the message
 * and the answer together: one that fails, is aborted or left is not in it. While a turn is under way, another one of this engine,
 * `goTo` and `reset` are refused with `conflict`; a stream is under way from its first read until it has ended or was left. Where it is
 * persisted, a turn that calls tools is kept with each result, and waits if it is cut: see `pending`.
 */
export class ChatEngine {
  readonly #mode: ChatMode;
  readonly #memory: ChatMemory;
  readonly #conversation: KeptConversation;
  readonly #isStored: boolean;
  readonly #about: Attributes;
  #running: Turn | undefined;
  #kept: KeptTurn | undefined;

  constructor(mode: ChatMode, options: ChatMemoryOptions = {}) {
    this.#mode = mode;
    this.#memory = new ChatMemory(options);
    this.#conversation = keptConversation(options);
    this.#isStored = options.persist !== undefined;
    this.#about = options.persist === undefined ? {} : { conversation: options.persist.key };
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

  /** Makes the branch that ends with a turn the current one: the next message goes on from there, and a turn that waits is given up. `not-found` without such a turn. */
  goTo(turnId: string): Promise<void> {
    return this.#alone(async () => {
      await this.#conversation.update((record) =>
        changed(record, { tip: turnOf(record, turnId).id, pending: undefined }),
      );
    });
  }

  /** The turn that waits; undefined where none does. Where a conversation is persisted, it may be one that another process is at. */
  pending(options: { signal?: AbortSignal | undefined } = {}): Promise<PendingTurn | undefined> {
    return throughDoor(options, {}, async ({ signal }) => {
      // Who stopped a turn sees all of it.
      if (this.#running === undefined) await abortable(signal, async () => this.#kept?.ended());
      const { pending } = await this.#conversation.load(signal);
      if (pending === undefined) return undefined;
      const { message, approvals } = pending;
      return structuredClone({ message, approvals: [...approvals], messages: messagesSoFar(pending) });
    });
  }

  /**
   * Goes on with the turn that waits, in this process or another: calls that were approved are run, others are told to the model. One that
   * was cut goes on without approvals from what was kept of it. Rejects with `not-found` where nothing waits;
   * with `permission` and `conflict` for approvals that do not hold, as `runTools` does, and the turn still waits; and with `conflict`
   * where somebody else goes on with it.
   */
  resume(options: ResumeOptions = {}): Promise<QueryResponse> {
    return wholeAnswer(this.#resuming(options));
  }

  /** The same as a stream. */
  streamResume(options: ResumeOptions = {}): ResponseStream {
    return streamedAnswer(this.#resuming(options));
  }

  /** Gives up the turn that waits, with all that its tools gave. */
  discard(): Promise<void> {
    return this.#alone(async () => {
      await this.#conversation.update((record) => changed(record, { pending: undefined }));
    });
  }

  /**
   * Ends the turn that waits as it is: what was said in it is in the history, its calls without a result are answered by words that say so,
   * and the next message goes on from there. One in which nothing was answered is given up; where none waits nothing is done. `conflict`
   * where somebody else changed the conversation since it began: then it is kept beside.
   */
  settle(): Promise<void> {
    return this.#alone(async () => {
      let turnId: string | undefined;
      const { tip } = await this.#conversation.update((record) => {
        const next = withSettled(record);
        ({ turnId } = next);
        return next.record;
      });
      if (turnId !== undefined && tip !== turnId) throw keptBeside(turnId);
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
        await this.#kept?.ended();
        this.#kept?.leave();
        await work();
      } finally {
        turn.end();
      }
    });
  }

  #spec(message: string, options: ChatTurnOptions): AnswerSpec {
    return {
      name: 'chat',
      attributes: () => this.#about,
      content: () => ({ message }),
      options,
      events: (call) => this.#asked(message, options, call),
    };
  }

  #resuming(options: ResumeOptions): AnswerSpec {
    return {
      name: 'chat',
      attributes: () => ({ ...this.#about, resumed: true }),
      content: () => ({}),
      options,
      events: (call) => this.#resumed(options, call),
    };
  }

  async *#asked(
    message: string,
    { edits, ...options }: ChatTurnOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    if (typeof message !== 'string' || message.trim() === '')
      throw new MortiseError('invalid-request', 'A turn needs a message with text.');
    const turn = this.#begin(call.signal);
    try {
      await abortable(call.signal, async () => this.#kept?.written());
      const record = await this.#conversation.load(call.signal);
      checkFree(record);
      this.#kept?.leave();
      const { tip: begun } = record;
      const parent = edits === undefined ? begun : turnOf(record, edits).parent;
      const { steps, made, ...shown } = await this.#memory.shown(branchTo(record, parent), call);
      if (made !== undefined) await this.#conversation.update((now) => withSummary(now, made));
      const asked = { message, ...shown, memory: this.#memory, options, call };
      const kept = (this.#kept = new KeptTurn(this.#conversation, { message, parent, begun }));
      const keep = this.#isStored ? { keep: kept.keep } : {};
      yield* this.#answered({ ...asked, ...keep }, kept, turn, steps);
    } finally {
      turn.end();
    }
  }

  async *#resumed(
    { approvals, ...options }: ResumeOptions,
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    const turn = this.#begin(call.signal);
    try {
      await abortable(call.signal, async () => this.#kept?.ended());
      const record = await this.#conversation.load(call.signal);
      const { pending } = record;
      if (pending === undefined) {
        const message = 'No turn of this conversation waits: it was gone on with, or given up.';
        throw new MortiseError('not-found', message);
      }
      const kept = new KeptTurn(this.#conversation, placeOf(pending));
      // Approvals are good for one use, so they tell two at once apart by themselves.
      if (approvals === undefined || approvals.length === 0) await kept.keep({});
      this.#kept = kept;
      const { message, from, state } = pending;
      const resumed: ResumedTurn = { from, state, approvals, results: resultsOf(messagesSoFar(pending)) };
      const asked = { message, history: [], memory: this.#memory, options, call, resumed, keep: kept.keep };
      yield* this.#answered(asked, kept, turn);
    } finally {
      turn.end();
    }
  }

  async *#answered(
    asked: ChatTurn,
    kept: KeptTurn,
    turn: Turn,
    steps: Steps = {},
  ): AsyncGenerator<ResponseStreamEvent> {
    let untold = steps.warnings ?? [];
    try {
      for await (const event of this.#mode(asked)) {
        if (event.type !== 'finish') {
          yield event;
          if (event.type === 'sources') for (const warning of untold) yield { type: 'warning', warning };
          if (event.type === 'sources') untold = [];
          continue;
        }
        turn.commit();
        const response = await kept.finish({ ...event, response: afterSteps(event.response, steps) });
        turn.end();
        yield { type: 'finish', response };
      }
    } finally {
      kept.end();
    }
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
