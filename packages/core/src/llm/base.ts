import { runCall, type OpenAttempt, throughDoor } from '../call/call.ts';
import { placeOf } from '../call/place.ts';
import { answeredBy, callPolicy, type CallPolicy } from '../call/retry.ts';
import type { Attempt, Warning } from '../call/contract.ts';
import { stop } from '../call/single-reader.ts';
import { raceAbort } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import { hasSubscribers } from '../events/hub.ts';
import type { Attributes } from '../events/map.ts';
import { emitPoint, inSpan, startSpan, type Span, type SpanOptions } from '../events/span.ts';
import type {
  BaseLLMOptions,
  ChatOptions,
  ChatReply,
  ChatRequest,
  ChatResponse,
  ChatStream,
  ChatStreamEvent,
  CompletionOptions,
  CompletionResponse,
  CompletionStream,
  LLM,
  LLMMetadata,
  StreamBatch,
} from './contract.ts';
import type { ProviderOptions } from '../call/contract.ts';
import { checkOptions, reading } from '../shared/options.ts';
import { estimateInputTokens } from './estimate.ts';
import type { ChatInput } from './message-contract.ts';
import { snapshot } from './message.ts';
import { toChatRequest } from './request.ts';
import { checkedFormat } from './call-ids.ts';
import { forServer } from './for-server.ts';
import { ownerOf, type Server } from './owner.ts';
import { askedOf, contentOf } from './span-attributes.ts';
import { eventsOfReply } from './reply-events.ts';
import { checkEnd, mergeUsage, toChatResponse, toCompletionResponse, type Asked } from './response.ts';
import {
  createChatStream,
  createCompletionStream,
  eventsOf,
  truncated,
  type OpenedStream,
  type ChatStreamHooks,
} from './stream.ts';

type Input = ChatInput | { readonly prompt: string };

/**
 * Everything an LLM does besides talking to its provider: validation, spans, limiter, retries, time bounds, abort,
 * streams. An author implements `metadata`, `doGenerate`, and `doStream` where the provider streams: one attempt
 * each, without retries, logging or timers of their own.
 */
export abstract class BaseLLM<P extends ProviderOptions = ProviderOptions, M = unknown> implements LLM<P, M> {
  readonly provider: string;
  readonly model: string;
  readonly #about: { readonly provider: string; readonly model: string };
  readonly #policy: CallPolicy;
  readonly #server: Server;
  readonly #asked: Asked;
  /** Of its spans: whom it asks. */
  readonly #place: Attributes;

  constructor(given: BaseLLMOptions) {
    const options = checkOptions(given, 'configuration');
    const { provider, model, name, baseURL, callIds } = options;
    this.provider = provider;
    this.model = model;
    this.#about = { provider, model };
    this.#policy = callPolicy(options);
    this.#asked = { ...answeredBy(provider, options), model };
    this.#place = placeOf(this.#asked, baseURL);
    this.#server = { provider, owner: ownerOf(provider, name, baseURL), callIds: checkedFormat(callIds) };
  }

  abstract get metadata(): LLMMetadata;

  /** One attempt at a whole reply. Throw a `MortiseError`; anything else is mapped as well as can be. */
  abstract doGenerate(request: ChatRequest<P>, attempt: Attempt): Promise<ChatReply<M>>;

  /**
   * One attempt at a streamed reply. Yield events, or arrays of them; end without `finish` when the provider's
   * terminal event did not come, and core reports the cut. Absent: streams are derived from `doGenerate`.
   */
  doStream?(
    request: ChatRequest<P>,
    attempt: Attempt,
  ): AsyncIterable<StreamBatch> | Promise<AsyncIterable<StreamBatch>>;

  async chat(messages: ChatInput, options: ChatOptions<P> = {}): Promise<ChatResponse<M>> {
    return this.#whole('llm.chat', snapshot(messages), options);
  }

  streamChat(messages: ChatInput, options: ChatOptions<P> = {}): ChatStream<M> {
    return createChatStream<M>(this.#streamHooks('llm.chat', snapshot(messages), options));
  }

  async complete(prompt: string, options: CompletionOptions<P> = {}): Promise<CompletionResponse<M>> {
    return toCompletionResponse(await this.#whole('llm.complete', { prompt }, options));
  }

  streamComplete(prompt: string, options: CompletionOptions<P> = {}): CompletionStream<M> {
    return createCompletionStream(
      createChatStream<M>(this.#streamHooks('llm.complete', { prompt }, options)),
    );
  }

  #whole(name: 'llm.chat' | 'llm.complete', input: Input, given: ChatOptions<P>): Promise<ChatResponse<M>> {
    return throughDoor(given, this.#about, (options) =>
      inSpan(
        name,
        this.#spanOptions(input, options, false),
        async (span) => {
          const { request, notes } = this.#request(input, options);
          let warnings: Warning[] = [];
          const spec = {
            ...this.#callSpec(options, request, false),
            span,
            warn: (warning: Warning) => void (isSaid(warnings, warning) || warnings.push(warning)),
          };
          const response = await runCall(spec, async (attempt) => {
            warnings = [...notes];
            const reply = await this.doGenerate(request, attempt);
            // A limiter corrects its estimate by what was really used.
            attempt.close({ tokens: mergeUsage({}, reply.usage ?? {}).totalTokens });
            const response = toChatResponse(reply, this.#asked, warnings, this.#server.owner);
            this.#check(response);
            return response;
          });
          response.warnings.forEach((warning) => this.#announce(warning, span));
          return response;
        },
        describe,
      ),
    );
  }

  #streamHooks(name: 'llm.chat' | 'llm.complete', input: Input, given: ChatOptions<P>): ChatStreamHooks {
    const options = checkOptions(given);
    // Aborted when the stream is left while it is still being opened; linked to nothing, so it cannot leak.
    const abandoned = new AbortController();
    return {
      asked: this.#asked,
      owner: this.#server.owner,
      signal: options.signal,
      open: () => {
        const span = startSpan(name, this.#spanOptions(input, options, true));
        const opened = span.run(() => this.#openStream(input, options, abandoned.signal, span));
        return { span, opened };
      },
      abandon: (reason) => abandoned.abort(reason),
      check: (response) => this.#check(response),
      describe,
    };
  }

  async #openStream(
    input: Input,
    options: ChatOptions<P>,
    leaveSignal: AbortSignal,
    span: Span,
  ): Promise<OpenedStream> {
    const { request, notes } = this.#request(input, options);
    let warnings: Warning[] = [];
    let opened = false;
    const said: Warning[] = [];
    const warn = (warning: Warning): void => {
      if (isSaid(said, warning)) return;
      said.push(warning);
      warnings.push(warning);
      if (opened) this.#announce(warning, span);
    };
    const stream = await runCall(
      { ...this.#callSpec(options, request, true), span, leaveSignal, warn },
      (attempt) => {
        warnings = [...notes];
        said.splice(0);
        return this.#openAttempt(request, attempt);
      },
    );
    opened = true;
    warnings.forEach((warning) => this.#announce(warning, span));
    const [first, ...rest] = stream.head;
    const begins = first?.type === 'start';
    const start: ChatStreamEvent = { model: this.model, ...(begins ? first : { type: 'start' }) };
    return { ...stream, head: [start, ...(begins ? rest : stream.head)], warnings };
  }

  /** E-03: until the first content nothing is handed out, so that this much can be repeated. */
  async #openAttempt(request: ChatRequest<P>, attempt: OpenAttempt): Promise<Omit<OpenedStream, 'warnings'>> {
    const source = (await this.#source(request, attempt))[Symbol.asyncIterator]();
    const head: ChatStreamEvent[] = [];
    try {
      while (!head.some(isContent)) {
        const next = await raceAbort(source.next(), attempt.signal);
        if (next.done === true) throw truncated();
        head.push(...eventsOf(next.value));
      }
      const first = head.find(isContent);
      if (first?.type === 'finish') checkEnd(first.finishReason, this.#about);
    } catch (error) {
      stop(source);
      throw error;
    }
    attempt.opened();
    return { attempt, source, head };
  }

  async #source(request: ChatRequest<P>, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    if (this.doStream !== undefined) return this.doStream(request, attempt);
    const reply = await this.doGenerate(request, attempt);
    return (async function* () {
      yield eventsOfReply(reply);
    })();
  }

  /** What was asked, with of earlier replies what this server understands; and what was left out of them. */
  #request(input: Input, options: ChatOptions<P>): { request: ChatRequest<P>; notes: readonly Warning[] } {
    const asked = reading('The messages or an option', () => toChatRequest(input, options, this));
    const { messages, warnings } = forServer(asked, this.#server, this);
    if (messages.length === 0) {
      const message = `Nothing of the messages is for this server: they hold only what another one can read. Add a message of the user.`;
      throw new MortiseError('invalid-request', message, this.#about);
    }
    return { request: { ...asked, messages }, notes: warnings };
  }

  #callSpec(options: ChatOptions<P>, request: ChatRequest<P>, stream: boolean) {
    const tokens = this.#policy.limiter === undefined ? undefined : estimateTokens(request);
    return { policy: this.#policy, options, stream, about: this.#about, tokens };
  }

  #spanOptions(input: Input, options: ChatOptions<P>, streamed: boolean): SpanOptions {
    if (!hasSubscribers()) return {};
    const attributes = { ...this.#place, streamed, ...askedOf(options) };
    return { attributes, parent: options.parent, content: () => contentOf(input, options) };
  }

  #check(response: ChatResponse): void {
    checkEnd(response.finishReason, { ...this.#about, partial: response }, response.message.content);
  }

  #announce(warning: Warning, span: Span): void {
    emitPoint('warning', { ...this.#about, ...warning }, span);
  }
}

/** Once for a call, however many blocks it is true of. */
function isSaid(said: readonly Warning[], { type, setting, message }: Warning): boolean {
  return said.some((known) => known.message === message && known.type === type && known.setting === setting);
}

/** What a limiter reserves for a request. */
function estimateTokens({ messages, tools, maxOutputTokens = 0 }: ChatRequest): number {
  return estimateInputTokens(messages, { tools }) + maxOutputTokens;
}

function isContent({ type }: ChatStreamEvent): boolean {
  return type !== 'start' && type !== 'usage' && type !== 'warning';
}

function describe(response: ChatResponse) {
  const { usage, finishReason, model, id } = response;
  const { raw: _raw, ...counts } = usage;
  const told = { usage: counts, finishReason: finishReason.unified, answeredBy: model };
  const attributes = id === undefined ? told : { ...told, responseId: id };
  return { attributes, content: (): Attributes => ({ message: response.message }) };
}
