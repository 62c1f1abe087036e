import { isMortiseError, MortiseError, withErrorFields, type ChatMessage } from '@mortise/core';
import type { QueryResponse } from '@mortise/core/synthesizer';
import { plainCopy } from './chat-memory.ts';
import type { FinishedTurn, TurnProgress } from './contract.ts';
import { changed, withTurn, type ConversationRecord } from './conversation.ts';
import type { KeptConversation } from './conversation-store.ts';
import { hasActed, isAnswered, messagesSettled, type PendingRecord } from './pending.ts';

/** Where a turn is to be kept. */
export interface Place extends Pick<PendingRecord, 'message' | 'parent' | 'begun'> {
  /** The run that is kept of it, where one is, and how often that was changed. */
  readonly kept?: { readonly run: string; readonly changes: number } | undefined;
}

/** A conversation with a turn more. */
export interface TurnKept {
  readonly record: ConversationRecord;
  /** Absent where no turn was added. */
  readonly turnId?: string | undefined;
}

export function placeOf({ message, parent, begun, state, changes }: PendingRecord): Place {
  return { message, parent, begun, kept: { run: state.id, changes } };
}

/** `conflict` where a turn waits that called tools: nobody but its users knows what becomes of it. */
export function checkFree({ pending }: ConversationRecord): void {
  if (pending === undefined || !hasActed(pending)) return;
  const message =
    'A turn of this conversation waits: for an approval, or to be gone on with where it was cut, unless another process is at it. Go on with it by resume, end it as it is by settle, or give it up by discard or goTo.';
  throw new MortiseError('conflict', message);
}

/** How far a turn is, which waits from then on. `conflict` where somebody else went on with it, or with another one. */
export function withProgress(
  record: ConversationRecord,
  place: Place,
  { decided = [], ...progress }: Partial<TurnProgress>,
): ConversationRecord {
  const { pending: now, turns } = record;
  const { message, begun, kept } = place;
  if (kept === undefined) {
    checkFree(record);
    const parent = turns.some(({ id }) => id === place.parent) ? place.parent : null;
    const { from = 0, state, said } = progress;
    // Of a question without an answer nothing is worth keeping where others went on.
    if (state === undefined || (!hasActed({ state, from }) && record.tip !== begun)) return record;
    return changed(record, {
      pending: { message, parent, begun, from, state, said, changes: 1, approvals: [] },
    });
  }
  if (now === undefined || !isAt(place, now)) {
    const gone =
      'Somebody else went on with the turn that waits, or gave it up. Read the conversation again.';
    throw new MortiseError('conflict', gone);
  }
  const approvals = now.approvals.filter(({ callId }) => !decided.includes(callId));
  const pending = { ...now, said: undefined, ...progress, approvals, changes: now.changes + 1 };
  return changed(record, { pending });
}

/** A turn that has ended: with its answer, or to wait for approvals. */
export function withFinished(record: ConversationRecord, place: Place, finished: FinishedTurn): TurnKept {
  const { pending } = record;
  const { waits, response } = finished;
  const isOwn = pending === undefined ? place.kept === undefined : isAt(place, pending);
  const isFree = isOwn || (pending !== undefined && !hasActed(pending) && place.kept === undefined);
  const rest = isFree && pending !== undefined ? changed(record, { pending: undefined }) : record;
  if (waits !== undefined && isFree && record.tip === place.begun) {
    const { message, parent, begun, kept } = place;
    const changes = (kept?.changes ?? 0) + 1;
    return { record: changed(record, { pending: { message, parent, begun, changes, ...waits } }) };
  }
  if (waits === undefined && response.text.trim() === '') return { record: rest };
  const next = withTurn(rest, { ...place, messages: messagesOf(finished, place) });
  // Of a turn that somebody else took over or gave up, the tip is theirs.
  const isLost = place.kept !== undefined && !isOwn;
  return { record: isLost ? { ...next.record, tip: record.tip } : next.record, turnId: next.id };
}

/** The turn that waits, as it is, in the history. */
export function withSettled(record: ConversationRecord): TurnKept {
  const { pending } = record;
  if (pending === undefined) return { record };
  const rest = changed(record, { pending: undefined });
  const messages = plainCopy(messagesSettled(pending));
  if (!isAnswered(messages)) return { record: rest };
  const { record: next, id: turnId } = withTurn(rest, { ...pending, messages });
  return { record: next, turnId };
}

function isAt({ kept }: Place, { state, changes }: PendingRecord): boolean {
  return kept !== undefined && kept.run === state.id && kept.changes === changes;
}

function messagesOf({ messages, response }: FinishedTurn, { message }: Place): ChatMessage[] {
  if (messages !== undefined) return plainCopy(messages);
  return [
    { role: 'user', content: message },
    { role: 'assistant', content: [{ type: 'text', text: response.text }] },
  ];
}

/** A turn on its way into a conversation. */
export class KeptTurn {
  readonly #conversation: KeptConversation;
  #place: Place;
  #writing: Promise<void> = Promise.resolve();
  #isLeft = false;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(conversation: KeptConversation, place: Place) {
    this.#conversation = conversation;
    this.#place = place;
  }

  /** One after the other: after an abort a step may still be written when the words that were cut are to be. */
  readonly keep = (progress: Partial<TurnProgress>): Promise<void> => {
    if (this.#isLeft) return Promise.resolve();
    const kept = this.#writing.then(() => this.#write(progress));
    this.#writing = kept.catch(() => undefined);
    return kept;
  };

  /** The turn was answered, or has kept how far it came before it was cut. */
  end(): void {
    this.#end();
  }

  /** Resolves when what was cut is kept. A model that does not look at its signal holds nobody up for long. */
  async ended(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LATE_MS)));
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    await this.written();
  }

  /** Resolves when nothing is being kept. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Nothing more will be kept. */
  leave(): void {
    this.#isLeft = true;
  }

  async #write(progress: Partial<TurnProgress>): Promise<void> {
    const { pending } = await this.#conversation.update((record) =>
      withProgress(record, this.#place, progress),
    );
    if (pending !== undefined) this.#place = placeOf(pending);
  }

  /** The answer as its user is told it. A turn without a text is not kept, since models refuse a history with an empty answer in it. */
  async finish(finished: FinishedTurn): Promise<QueryResponse> {
    const { response, waits } = finished;
    const isEmpty = response.text.trim() === '' && waits === undefined;
    const why = 'The turn is not in the history, as its answer has no text.';
    const told: QueryResponse = isEmpty
      ? { ...response, warnings: [...response.warnings, { type: 'other', message: why }] }
      : response;
    if (isEmpty && this.#place.kept === undefined) return told;
    let turnId: string | undefined;
    const { tip } = await this.#conversation
      .update((record) => {
        const next = withFinished(record, this.#place, finished);
        ({ turnId } = next);
        return next.record;
      })
      .catch((error: unknown) => {
        // What was paid for, and is in no store.
        throw isMortiseError(error) ? withErrorFields(error, { partial: response }) : error;
      });
    if (turnId === undefined) return told;
    const answered = { ...response, metadata: { ...response.metadata, turnId } };
    if (tip === turnId) return answered;
    throw keptBeside(turnId, answered);
  }
}

export function keptBeside(turnId: string, partial?: QueryResponse): MortiseError {
  const message = `The conversation was changed by somebody else while this turn was answered. It is kept beside, as turn ${turnId}: go on from it with goTo, or ask again.`;
  return new MortiseError('conflict', message, { partial });
}

/** Of a turn that was cut, until it is no longer waited for. */
const LATE_MS = 1_000;
