import { approvalsFromUIMessages, fromUIMessages, toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { messageText, MortiseError, type ChatMessage, type LLM } from '@mortise/core';
import {
  streamTools,
  type RunToolsEvent,
  type Tool,
  type ToolsInput,
  type ToolsStream,
} from '@mortise/toolkit';
import { MAX_QUESTION, type ChatRequestBody } from '../contract.ts';
import { settledMessages, titleOf, type Conversation, type Conversations } from './conversations.ts';
import { SYSTEM } from './tools.ts';

export interface TurnsOptions {
  llm: LLM;
  tools: readonly Tool[];
  conversations: Conversations;
  /** Signs what is asked of the user, the same after a restart. */
  approvalKey: Uint8Array;
  /** Told why a turn failed, which the page is not. */
  onError: (error: unknown) => void;
}

/** What the page may see: the token of a call that waits, so that its user can decide, and what refused calls say. */
export const SHOWN = { show: { approvals: true, toolErrors: true }, outputs: 'data' } as const;

/** The turns that are under way, one for each conversation at most. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /**
   * Answers what the page sent: a question, the decisions about calls that wait, or the wish to go on. A page that leaves stops the turn;
   * what was said by then is kept. Throws `invalid-request`, and `conflict` where the conversation is being answered.
   */
  async answer(body: ChatRequestBody, signal: AbortSignal): Promise<Response> {
    const { conversations, llm, tools, approvalKey } = this.#options;
    const known = await conversations.get(body.id);
    const asked = readTurn(body, known);
    if (this.#running.has(body.id))
      throw new MortiseError('conflict', 'This conversation is being answered. Stop it first.');
    const stop = new AbortController();
    let over = (): void => undefined;
    const ended = new Promise<void>((resolve) => (over = resolve));
    this.#running.set(body.id, { stop, ended });
    const { title, input, approvals } = asked;
    const record = (run: Conversation['run']): Omit<Conversation, 'updatedAt'> => {
      return { id: body.id, title, run, approvals: [], said: '', isCut: true };
    };
    const either = AbortSignal.any([signal, stop.signal]);
    const stream = streamTools(llm, input, {
      ...{ tools, approvalKey, approvals, signal: either, maxSteps: MAX_STEPS },
      onState: (run) => conversations.set(record(run)),
    });
    const events = this.#kept(stream, record, either, () => {
      this.#running.delete(body.id);
      over();
    });
    // Begun here, so that it ends however the response does, and what is wrong with a decision is a status.
    const first = await events.next();
    if (either.aborted) await events.return(undefined);
    return toUIMessageStreamResponse(goingOn(first, events), { ...SHOWN, signal: either });
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

  /** The events as they come; at the end, however it comes, what there is of the turn is kept. */
  async *#kept(
    stream: ToolsStream,
    record: (run: Conversation['run']) => Omit<Conversation, 'updatedAt'>,
    signal: AbortSignal,
    over: () => void,
  ): AsyncGenerator<RunToolsEvent, undefined> {
    const { conversations, onError } = this.#options;
    let said = '';
    let isBegun = false;
    let end: Partial<Conversation> = {};
    try {
      for await (const event of stream) {
        isBegun = true;
        if (event.type === 'response') said = '';
        else if (event.type === 'stream' && event.event.type === 'text-delta') said += event.event.delta;
        yield event;
      }
      end = { isCut: false, approvals: (await stream.final()).approvals };
    } catch (error) {
      if (!signal.aborted && isBegun) onError(error);
      throw error;
    } finally {
      // What failed before it began, such as a forged decision, leaves everything as it was.
      if (isBegun) await conversations.set({ ...record(stream.state), said, ...end });
      over();
    }
  }
}

/** Replies of one turn. */
const MAX_STEPS = 12;

/** A generator that was begun, from its first event. */
function goingOn<T>(first: IteratorResult<T>, rest: AsyncGenerator<T, undefined>): AsyncIterable<T> {
  let waiting: IteratorResult<T> | undefined = first;
  const next = async (): Promise<IteratorResult<T>> => {
    const result = waiting ?? (await rest.next());
    waiting = undefined;
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: () => rest.return(undefined) }) };
}

interface AskedTurn {
  readonly title: string;
  readonly input: ToolsInput;
  readonly approvals: ReturnType<typeof approvalsFromUIMessages>;
}

function readTurn({ messages, isContinued }: ChatRequestBody, known: Conversation | undefined): AskedTurn {
  const isQuestion = isContinued !== true && roleOf(messages.at(-1)) === 'user';
  if (!isQuestion) {
    if (known === undefined)
      throw new MortiseError('invalid-request', 'There is no such conversation to go on with.');
    const approvals = isContinued === true ? [] : approvalsFromUIMessages(messages);
    return { title: known.title, input: known.run, approvals };
  }
  const [question] = fromUIMessages(messages);
  const text = question === undefined ? '' : messageText(question).trim();
  if (text === '' || text.length > MAX_QUESTION)
    throw new MortiseError('invalid-request', `A question has between 1 and ${MAX_QUESTION} characters.`);
  const before: readonly ChatMessage[] =
    known === undefined ? [{ role: 'system', content: SYSTEM }] : settledMessages(known);
  // The text alone: what else a page may send is nothing that this page has.
  const input: ChatMessage[] = [...before, { role: 'user', content: text }];
  return { title: known?.title ?? titleOf(text), input, approvals: [] };
}

function roleOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'role' in message ? message.role : undefined;
}
