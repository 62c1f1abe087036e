import type { ChatMessage, ChatOptions, ChatResponse, LLM, Warning } from '@mortise/core';
import { checkOptions, defined, requireMembers, wholeNumber } from '@mortise/core/shared';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import { abortable } from '../abort.ts';
import type { SynthesisCall, SynthesisEvent } from './base.ts';

/** What goes with every call to the model. */
export type WritingChatOptions = Pick<
  ChatOptions,
  'temperature' | 'topP' | 'maxOutputTokens' | 'seed' | 'reasoning' | 'providerOptions'
>;

/** How a model is asked, and what of the sources it is shown. */
export interface WritingOptions {
  /** Tokens for the sources of one call. Default: what the model's context window, if known, leaves beside prompt and answer. */
  maxSourceTokens?: number | undefined;
  /** Counts them. Default: `estimateTokenizer`. */
  tokenizer?: TokenCounter | undefined;
  /** Goes with every call to the model. */
  chat?: WritingChatOptions | undefined;
}

/** A model with what it is asked by. */
export interface Writer {
  readonly llm: LLM;
  readonly tokenizer: TokenCounter;
  readonly maxSourceTokens: number | undefined;
  readonly chat: WritingChatOptions;
}

export function writerOf(llm: LLM, options: WritingOptions): Writer {
  const {
    tokenizer = estimateTokenizer,
    maxSourceTokens,
    chat = {},
  } = checkOptions(options, 'configuration');
  requireMembers(llm, ['chat', 'streamChat'], 'llm', 'LLM');
  requireMembers(tokenizer, ['count'], 'tokenizer', 'TokenCounter');
  if (maxSourceTokens !== undefined) wholeNumber('maxSourceTokens', maxSourceTokens, { orInfinity: true });
  return { llm, tokenizer, maxSourceTokens, chat };
}

/** What `roomForSources` asks of a writer. */
export function roomOptions({ tokenizer, maxSourceTokens, chat }: Writer): {
  tokenizer: TokenCounter;
  maxSourceTokens: number | undefined;
  maxOutputTokens: number | undefined;
} {
  return { tokenizer, maxSourceTokens, maxOutputTokens: chat.maxOutputTokens };
}

/** The model's answer as what it adds to a synthesis: in pieces when somebody reads along. */
export async function* answerEvents(
  writer: Writer,
  messages: readonly ChatMessage[],
  call: SynthesisCall,
): AsyncGenerator<SynthesisEvent> {
  if (!call.streamed) {
    const reply = await replyTo(writer, messages, call);
    yield { type: 'text-delta', delta: reply.text };
    yield* warningEvents(reply.warnings);
    yield replyEvent(reply);
    return;
  }
  const stream = writer.llm.streamChat(messages, chatOptions(writer, call));
  let told = 0;
  for await (const event of stream) {
    if (event.type === 'text-delta') yield { type: 'text-delta', delta: event.delta };
    if (event.type === 'warning') {
      told += 1;
      yield { type: 'warning', warning: event.warning };
    }
  }
  const reply = await stream.final();
  yield* warningEvents(reply.warnings.slice(told));
  yield replyEvent(reply);
}

/** A whole reply that is a step on the way: nobody reads it as it comes. */
export function replyTo(
  writer: Writer,
  messages: readonly ChatMessage[],
  call: Omit<SynthesisCall, 'streamed'>,
): Promise<ChatResponse> {
  return abortable(call.signal, () => writer.llm.chat(messages, chatOptions(writer, call)));
}

/** What a reply that was a step on the way cost, and what is to be said of it. */
export function* stepEvents(reply: ChatResponse, what: string): Generator<SynthesisEvent> {
  yield* warningEvents(reply.warnings);
  const { finishReason, text } = reply;
  if (finishReason.unified === 'length' || finishReason.unified === 'content-filter' || text.trim() === '') {
    const message = `${what} stopped for ${finishReason.raw}${text.trim() === '' ? ' and has no text' : ''}; the answer may lack what it would have told.`;
    yield { type: 'warning', warning: { type: 'other', message } };
  }
  yield replyEvent(reply);
}

function replyEvent({ finishReason, usage, provider, server, model }: ChatResponse): SynthesisEvent {
  return { type: 'reply', finishReason, usage, ...defined({ provider, server }), model };
}

function* warningEvents(warnings: readonly Warning[]): Generator<SynthesisEvent> {
  for (const warning of warnings) yield { type: 'warning', warning };
}

function chatOptions(
  { chat }: Writer,
  { signal, parent, timeoutMs, remainingMs }: Omit<SynthesisCall, 'streamed'>,
): ChatOptions {
  return { ...chat, signal, parent, timeoutMs, deadlineMs: remainingMs() };
}
