import { BaseLLM } from '../llm/base.ts';
import type { Attempt } from '../call/contract.ts';
import type { ChatReply, ChatRequest, ChatStreamEvent, LLMSettings, LLMMetadata } from '../llm/contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import type { ContentBlock } from '../llm/message-contract.ts';
import { eventsOfReply } from '../llm/reply-events.ts';
import { checkOptions } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';

/** One reply of a script: a text, blocks, a whole reply, an error to throw, or a function of the request. */
export type ScriptedReply =
  | string
  | readonly ContentBlock[]
  | ChatReply
  | Error
  | ((request: ChatRequest, attempt: Attempt) => ScriptedReply | Promise<ScriptedReply>);

/** What it says, and how it seems. */
export interface ScriptedLLMOptions extends LLMSettings {
  /** Given out in order; a function alone answers every request. More requests than replies is an error. */
  replies:
    | readonly ScriptedReply[]
    | ((request: ChatRequest, attempt: Attempt) => ScriptedReply | Promise<ScriptedReply>);
  model?: string | undefined;
  metadata?: Partial<LLMMetadata> | undefined;
  /** Streamed texts come in pieces of this many UTF-16 units. Default: 4. */
  pieceLength?: number | undefined;
  usage?: Usage | undefined;
}

/** An LLM that says what a test tells it to, and remembers what it was asked. */
export class ScriptedLLM extends BaseLLM {
  /** Every request so far, retries included. */
  readonly requests: ChatRequest[] = [];
  readonly #options: ScriptedLLMOptions;

  constructor(given: ScriptedLLMOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'scripted', model: options.model ?? 'script' });
    this.#options = options;
  }

  get metadata(): LLMMetadata {
    const capabilities = {
      streaming: true,
      tools: true,
      toolChoice: true,
      ...this.#options.metadata?.capabilities,
    };
    return { isChatModel: true, ...this.#options.metadata, capabilities };
  }

  async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    const { replies } = this.#options;
    const at = this.requests.push(request) - 1;
    const scripted = typeof replies === 'function' ? replies : replies[at];
    if (scripted === undefined) {
      throw new MortiseError(
        'configuration',
        `The script has ${replies.length} replies; this is request ${at + 1}.`,
      );
    }
    return this.#reply(scripted, request, attempt);
  }

  override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    const length = this.#options.pieceLength ?? 4;
    for (const event of eventsOfReply(await this.doGenerate(request, attempt))) {
      if (event.type !== 'text-delta') yield event;
      else
        for (let at = 0; at < event.delta.length; at += length)
          yield { ...event, delta: event.delta.slice(at, at + length) };
    }
  }

  async #reply(scripted: ScriptedReply, request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    if (typeof scripted === 'function')
      return this.#reply(await scripted(request, attempt), request, attempt);
    if (scripted instanceof Error) throw scripted;
    if (typeof scripted === 'string')
      return this.#reply([{ type: 'text', text: scripted }], request, attempt);
    if ('finishReason' in scripted) return scripted;
    const called = scripted.some((block) => block.type === 'tool-call');
    const finishReason = called
      ? { unified: 'tool-calls', raw: 'tool_calls' }
      : { unified: 'stop', raw: 'stop' };
    return { content: scripted, finishReason, usage: this.#options.usage };
  }
}
