import type { Attempt } from '../call/contract.ts';
import { BaseLLM } from './base.ts';
import type { ChatReply, ChatRequest, ChatStreamEvent, FinishReason } from './contract.ts';
import type { Usage } from './usage-contract.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { ChatMessage } from './message-contract.ts';
import { messagesToPrompt } from './prompt-text.ts';

/** A text, with what is known of it. */
export interface TextReply {
  text: string;
  usage?: Usage | undefined;
  /** Default: `stop`. */
  finishReason?: FinishReason | undefined;
}

/** A piece of a streamed text; the last one may tell usage and finish reason instead. */
export type TextPiece = string | Omit<TextReply, 'text'>;

/** An attempt, with the options that the caller gave (`maxOutputTokens`, `stop`, ...). */
export interface TextAttempt<P extends ProviderOptions = ProviderOptions> extends Attempt {
  readonly request: ChatRequest<P>;
}

const stop = (): FinishReason => ({ unified: 'stop', raw: 'stop' });

/**
 * An LLM from a function of text to text. An author implements `metadata` and `doComplete`, and `doStreamComplete` where
 * the model streams; chat is derived through `messagesToPrompt`, which may be overridden. One span a call.
 *
 * Declare in `metadata.capabilities` what the model cannot do (`tools: false`), so that core refuses it.
 */
export abstract class CustomLLM<P extends ProviderOptions = ProviderOptions> extends BaseLLM<P> {
  /** One attempt at the text that follows `prompt`. */
  abstract doComplete(prompt: string, attempt: TextAttempt<P>): Promise<string | TextReply>;

  /**
   * One attempt, piece by piece. The end of the iterable is the end of the text: throw when it was cut. The last
   * item may be a `TextReply` without text, to tell usage and finish reason.
   */
  doStreamComplete?(prompt: string, attempt: TextAttempt<P>): AsyncIterable<TextPiece>;

  /**
   * Chat as one prompt. Default: each message as `role: text`, then `assistant: `; media are refused. To describe them
   * instead: `return messagesToPrompt(messages, { describe: () => '[image]', warn: (w) => attempt.warn(w) })`.
   */
  messagesToPrompt(messages: readonly ChatMessage[], _attempt: Attempt): string {
    return messagesToPrompt(messages);
  }

  override async doGenerate(request: ChatRequest<P>, attempt: Attempt): Promise<ChatReply> {
    const reply = await this.doComplete(this.#prompt(request, attempt), textAttempt(request, attempt));
    const { text, usage, finishReason = stop() } = typeof reply === 'string' ? { text: reply } : reply;
    return { content: [{ type: 'text', text }], finishReason, usage };
  }

  override async *doStream(request: ChatRequest<P>, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    const tail: Omit<TextReply, 'text'> = {};
    if (this.doStreamComplete === undefined) {
      const reply = await this.doComplete(this.#prompt(request, attempt), textAttempt(request, attempt));
      const { text, ...rest } = typeof reply === 'string' ? { text: reply } : reply;
      Object.assign(tail, rest);
      yield { type: 'text-delta', index: 0, delta: text };
    } else {
      yield { type: 'start' };
      for await (const piece of this.doStreamComplete(
        this.#prompt(request, attempt),
        textAttempt(request, attempt),
      )) {
        attempt.touch();
        if (typeof piece === 'string') yield { type: 'text-delta', index: 0, delta: piece };
        else Object.assign(tail, piece);
      }
    }
    yield { type: 'finish', finishReason: tail.finishReason ?? stop(), usage: tail.usage ?? {} };
  }

  #prompt(request: ChatRequest<P>, attempt: Attempt): string {
    return request.prompt ?? this.messagesToPrompt(request.messages, attempt);
  }
}

function textAttempt<P extends ProviderOptions>(request: ChatRequest<P>, attempt: Attempt): TextAttempt<P> {
  const { number, signal, maxReplyBytes, maxLineBytes } = attempt;
  return {
    number,
    signal,
    maxReplyBytes,
    maxLineBytes,
    request,
    touch: () => attempt.touch(),
    replied: (headers) => attempt.replied?.(headers),
    warn: (warning) => attempt.warn(warning),
  };
}
