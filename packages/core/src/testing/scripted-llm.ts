import { BaseLLM } from '../llm/base.ts';
import type { Attempt } from '../call/contract.ts';
import type { ChatReply, ChatRequest, ChatStreamEvent, LLMSettings, LLMMetadata } from '../llm/contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import type { ContentBlock } from '../llm/message-contract.ts';
import { checkParts, eventsOfParts, pieces, type ScriptedPart } from './script.ts';
import { eventsOfReply } from '../llm/reply-events.ts';
import { checkOptions } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';

/**
 * One reply of a script: a text, its parts, a whole reply, an error to throw, or a function of the request.
 *
 * ```ts
 * const replies = [
 *   [{ type: 'tool-call', name: 'weather', arguments: { city: 'Lisbon' } }],
 *   ['It is ', { type: 'wait', ms: 50 }, 'warm.'],
 *   ['It is', new MortiseError('connection', 'reset')], // fails in mid-stream
 * ];
 * ```
 */
export type ScriptedReply =
  | string
  | readonly ScriptedPart[]
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
    const scripted = await this.#next(request, attempt);
    if ('finishReason' in scripted) return scripted;
    let reply: ChatReply | undefined;
    const content: ContentBlock[] = [];
    for await (const event of this.#play(scripted, attempt)) {
      if (event.type === 'block') content.push(event.block);
      else if (event.type === 'finish')
        reply = { content, finishReason: event.finishReason, usage: event.usage };
    }
    if (reply === undefined) throw new MortiseError('connection', 'The script cuts the connection here.');
    return reply;
  }

  override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    const scripted = await this.#next(request, attempt);
    if ('finishReason' in scripted)
      for (const event of eventsOfReply(scripted)) yield* pieces(event, this.#options.pieceLength ?? 4);
    else yield* this.#play(scripted, attempt);
  }

  #play(parts: readonly ScriptedPart[], { signal }: Attempt): AsyncGenerator<ChatStreamEvent> {
    const { pieceLength = 4, usage } = this.#options;
    return eventsOfParts(parts, { pieceLength, usage, signal });
  }

  /** The parts of the reply to this request, or the whole reply that the script has for it. */
  async #next(request: ChatRequest, attempt: Attempt): Promise<readonly ScriptedPart[] | ChatReply> {
    const { replies } = this.#options;
    const at = this.requests.push(request) - 1;
    let scripted = typeof replies === 'function' ? replies : replies[at];
    if (scripted === undefined) {
      throw new MortiseError(
        'configuration',
        `The script has ${replies.length} replies; this is request ${at + 1}. Retries count too: \`retry: false\` sends none.`,
      );
    }
    while (typeof scripted === 'function') scripted = await scripted(request, attempt);
    if (scripted instanceof Error) throw scripted;
    const reply = typeof scripted === 'string' ? [scripted] : scripted;
    if ('finishReason' in reply) return reply;
    checkParts(reply);
    return reply;
  }
}
