import { approvalsFromUIMessages, fromUIMessages, toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { messageText, MortiseError, type ResponseStream, type ResponseStreamEvent } from '@mortise/core';
import { MAX_QUESTION, type ChatRequestBody } from '../contract.ts';
import type { Conversations } from './conversations.ts';

/** What the page may see: the token of a call that waits, so that its user can decide, and what refused calls say. */
export const SHOWN = { show: { approvals: true, toolErrors: true }, outputs: 'data' } as const;

/** The turns that are under way, one for each conversation at most. */
export class Turns {
  readonly #conversations: Conversations;
  /** Told why a turn failed, which the page is not. */
  readonly #onError: (error: unknown) => void;
  readonly #running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();

  constructor(conversations: Conversations, onError: (error: unknown) => void) {
    this.#conversations = conversations;
    this.#onError = onError;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /**
   * Answers what the page sent: a question, the decisions about calls that wait, or the wish to go on. A page that leaves stops the turn;
   * what was said by then is kept. Throws `invalid-request`, and `conflict` where the conversation is being answered.
   */
  async answer(body: ChatRequestBody, left: AbortSignal): Promise<Response> {
    const { id } = body;
    if (this.isRunning(id))
      throw new MortiseError('conflict', 'This conversation is being answered. Stop it first.');
    const stop = new AbortController();
    const signal = AbortSignal.any([left, stop.signal]);
    const begun = this.#begin(body, signal);
    const ended = begun
      // Read to its end whether or not the page reads.
      .then(({ stream }) => stream.final().catch((error) => this.#failed(error, signal)))
      .catch(() => undefined)
      .then(() => void this.#running.delete(id));
    this.#running.set(id, { stop, ended });
    return toUIMessageStreamResponse((await begun).events, { ...SHOWN, signal });
  }

  /** Stops the turn of a conversation, and waits until what it said is kept. */
  async stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.abort();
    await running?.ended;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.stop(id)));
  }

  #failed(error: unknown, { aborted }: AbortSignal): void {
    if (!aborted) this.#onError(error);
  }

  /** The turn with its first event, so that what is wrong with a decision is a status. */
  async #begin(body: ChatRequestBody, signal: AbortSignal): Promise<BegunTurn> {
    const stream = await this.#asked(body, signal);
    const events = stream[Symbol.asyncIterator]();
    const first = await events.next();
    return { stream, events: goingOn(first, events) };
  }

  async #asked({ id, messages, isContinued }: ChatRequestBody, signal: AbortSignal): Promise<ResponseStream> {
    const chat = this.#conversations.chat(id);
    const pending = await chat.pending({ signal });
    // A server that was killed before a word or a call has nothing to go on with: the question is asked again.
    const isAsked = roleOf(messages.at(-1)) === 'user' && (isContinued !== true || pending === undefined);
    if (!isAsked) {
      const approvals = isContinued === true ? [] : approvalsFromUIMessages(messages);
      if (pending === undefined) throw nothingWaits(approvals.length > 0);
      await this.#conversations.touch(id, pending.message);
      return chat.streamResume({ approvals, signal });
    }
    const question = questionOf(messages);
    // What was said in a turn that was stopped stays, and what waits is not done.
    if (pending !== undefined) await chat.settle();
    await this.#conversations.touch(id, question);
    return chat.streamChat(question, { signal });
  }
}

function nothingWaits(isDecided: boolean): MortiseError {
  const message = 'Nothing of this conversation waits to be gone on with.';
  return new MortiseError(isDecided ? 'conflict' : 'invalid-request', message);
}

interface BegunTurn {
  readonly stream: ResponseStream;
  readonly events: AsyncIterable<ResponseStreamEvent>;
}

/** A stream that was begun, from its first event. */
async function* goingOn<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

/** The text alone: what else a page may send is nothing that this page has. */
function questionOf(messages: readonly unknown[]): string {
  const [question] = fromUIMessages(messages);
  const text = question === undefined ? '' : messageText(question).trim();
  if (text !== '' && text.length <= MAX_QUESTION) return text;
  throw new MortiseError('invalid-request', `A question has between 1 and ${MAX_QUESTION} characters.`);
}

function roleOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'role' in message ? message.role : undefined;
}
