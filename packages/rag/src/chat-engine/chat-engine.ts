import { isMortiseError, MortiseError, withErrorFields, type ChatMessage } from '@mortise/core';
import { throughDoor } from '@mortise/core/call';
import type { QueryResponse, ResponseStream, ResponseStreamEvent } from '@mortise/core/synthesizer';
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
  FinishedTurn,
  PendingTurn,
  ResumedTurn,
  ResumeOptions,
} from './contract.ts';
import { ChatMemory, keptConversation, plainCopy, type ChatMemoryOptions } from './chat-memory.ts';
import { branchTo, changed, messagesTo, turnOf, withSummary, withTurn } from './conversation.ts';
import type { KeptConversation } from './conversation-store.ts';
import { resultsOf, type PendingRecord } from './pending.ts';
import { Turn } from './turn.ts';

/** Where a turn is to be kept. */
interface Place extends Pick<PendingRecord, 'message' | 'parent' | 'begun'> {
  /** Those of the pending turn that this one is. */
  changes?: number | undefined;
}

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

  /** Makes the branch that ends with a turn the current one: the next message goes on from there, and a turn that waits is given up. `not-found` without such a turn. */
  goTo(turnId: string): Promise<void> {
    return this.#alone(async () => {
      await this.#conversation.update((record) =>
        changed(record, { tip: turnOf(record, turnId).id, pending: undefined }),
      );
    });
  }

  /** The turn that waits for approvals; undefined where none does. */
  pending(options: { signal?: AbortSignal | undefined } = {}): Promise<PendingTurn | undefined> {
    return throughDoor(options, {}, async ({ signal }) => {
      const { pending } = await this.#conversation.load(signal);
      return pending && structuredClone({ message: pending.message, approvals: [...pending.approvals] });
    });
  }

  /**
   * Goes on with the turn that waits, in this process or another: calls that were approved are run, others are told to the model. It is
   * kept after each step, so that a kill loses nothing: then call it without approvals. Rejects with `not-found` where nothing waits;
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
      events: (call) => this.#asked(message, options, call),
    };
  }

  #resuming(options: ResumeOptions): AnswerSpec {
    return { name: 'chat', content: () => ({}), options, events: (call) => this.#resumed(options, call) };
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
      const record = await this.#conversation.load(call.signal);
      if (record.pending !== undefined) throw isWaiting();
      const { tip: begun } = record;
      const parent = edits === undefined ? begun : turnOf(record, edits).parent;
      const { steps, made, ...shown } = await this.#memory.shown(branchTo(record, parent), call);
      if (made !== undefined) await this.#conversation.update((now) => withSummary(now, made));
      const asked = { message, ...shown, memory: this.#memory, options, call };
      yield* this.#answered(asked, { message, parent, begun }, turn, steps);
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
      const record = await this.#conversation.load(call.signal);
      const { pending } = record;
      if (pending === undefined) {
        const message =
          'No turn of this conversation waits for an approval: it was gone on with, or given up.';
        throw new MortiseError('not-found', message);
      }
      const { message, parent, begun, from, state } = pending;
      const place: Place = { message, parent, begun, changes: pending.changes };
      const keep = (change: (now: PendingRecord) => Partial<PendingRecord>): Promise<void> =>
        this.#goOn(place, change);
      // Approvals are good for one use, so they tell two at once apart by themselves.
      if (approvals === undefined) await keep(() => ({}));
      const decided = new Set(approvals?.map(({ callId }) => callId));
      const resumed: ResumedTurn = {
        ...{ from, state, approvals, results: resultsOf(pending) },
        keep: (now) =>
          keep((before) => ({
            state: now,
            approvals: before.approvals.filter(({ callId }) => !decided.has(callId)),
          })),
      };
      const asked = { message, history: [], memory: this.#memory, options, call, resumed };
      yield* this.#answered(asked, place, turn);
    } finally {
      turn.end();
    }
  }

  async #goOn(place: Place, change: (now: PendingRecord) => Partial<PendingRecord>): Promise<void> {
    const { changes } = place;
    const { pending } = await this.#conversation.update((record) => {
      const now = record.pending;
      if (now === undefined || now.changes !== changes) {
        const message =
          'Somebody else went on with the turn that waits, or gave it up. Read the conversation again.';
        throw new MortiseError('conflict', message);
      }
      return changed(record, { pending: { ...now, ...change(now), changes: now.changes + 1 } });
    });
    place.changes = pending?.changes;
  }

  async *#answered(
    asked: ChatTurn,
    place: Place,
    turn: Turn,
    steps: Steps = {},
  ): AsyncGenerator<ResponseStreamEvent> {
    let untold = steps.warnings ?? [];
    for await (const event of this.#mode(asked)) {
      if (event.type !== 'finish') {
        yield event;
        if (event.type === 'sources') for (const warning of untold) yield { type: 'warning', warning };
        if (event.type === 'sources') untold = [];
        continue;
      }
      turn.commit();
      const finished = { ...event, response: afterSteps(event.response, steps) };
      const response = await this.#keep(finished, place);
      turn.end();
      yield { type: 'finish', response };
    }
  }

  /** Models refuse a history with an empty answer in it, so a turn without one is not kept. */
  async #keep(finished: FinishedTurn, place: Place): Promise<QueryResponse> {
    const { response, waits } = finished;
    const isEmpty = response.text.trim() === '' && waits === undefined;
    const why = 'The turn is not in the history, as its answer has no text.';
    const told: QueryResponse = isEmpty
      ? { ...response, warnings: [...response.warnings, { type: 'other', message: why }] }
      : response;
    if (isEmpty && place.changes === undefined) return told;
    let turnId: string | undefined;
    const kept = await this.#conversation
      .update((record) => {
        turnId = undefined;
        const isOwn = record.pending?.changes === place.changes;
        const rest = isOwn && record.pending !== undefined ? changed(record, { pending: undefined }) : record;
        if (isEmpty) return rest;
        if (waits !== undefined && isOwn && record.tip === place.begun) {
          const { message, parent, begun, changes = 0 } = place;
          return changed(record, { pending: { message, parent, begun, changes: changes + 1, ...waits } });
        }
        const next = withTurn(rest, { ...place, messages: messagesOf(finished, place) });
        turnId = next.id;
        return next.record;
      })
      .catch((error: unknown) => {
        // What was paid for, and is in no store.
        throw isMortiseError(error) ? withErrorFields(error, { partial: response }) : error;
      });
    if (turnId === undefined) return told;
    const answered = { ...response, metadata: { ...response.metadata, turnId } };
    if (kept.tip === turnId) return answered;
    const beside = `The conversation was changed by somebody else while this turn was answered. It is kept beside, as turn ${String(turnId)}: go on from it with goTo, or ask again.`;
    throw new MortiseError('conflict', beside, { partial: answered });
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

function messagesOf({ messages, response }: FinishedTurn, { message }: Place): ChatMessage[] {
  if (messages !== undefined) return plainCopy(messages);
  return [
    { role: 'user', content: message },
    { role: 'assistant', content: [{ type: 'text', text: response.text }] },
  ];
}

function isWaiting(): MortiseError {
  const message =
    'A turn of this conversation waits for an approval. Go on with it by resume, or give it up by discard or goTo.';
  return new MortiseError('conflict', message);
}
