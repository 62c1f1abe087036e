import {
  BaseLLM,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
  type LLMMetadata,
  type LLMSettings,
  type ProviderOptions,
  type StreamBatch,
  type Warning,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { malformed, type About } from '@mortise/core/wire';
import { headersOf, listOf, partOf, providerData, textOf, type Part } from '../read.ts';
import type { AISDKLanguageModel } from '../spec.ts';
import { secretsOf, theirsOf, type Theirs } from './about.ts';
import { capabilitiesOf } from './capabilities.ts';
import { errorFrom, errorFromPart } from './errors.ts';
import { ReplyReader } from './reply.ts';
import { callFrom } from './request.ts';
import { finishFrom, usageFrom } from './usage.ts';
import { warningsFrom } from './warnings.ts';

/** How a model of the AI SDK is called. All have defaults. */
export interface FromAISDKLLMOptions extends LLMSettings {
  /** What is known of the model, over what is known of its provider. */
  metadata?: Partial<LLMMetadata> | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Keys and the like that no error may show, besides those that the model's own headers tell. */
  secrets?: readonly string[] | undefined;
}

/** A language model of theirs. It does not retry: core does. */
export class AISDKLLM extends BaseLLM<ProviderOptions, object> {
  readonly #model: AISDKLanguageModel;
  readonly #theirs: Theirs;
  readonly #metadata: LLMMetadata;
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #secrets: readonly string[];

  constructor(model: AISDKLanguageModel, options: FromAISDKLLMOptions = {}) {
    const theirs = theirsOf(model);
    super({ ...options, provider: theirs.key, model: model.modelId, baseURL: theirs.baseURL });
    this.#model = model;
    this.#theirs = theirs;
    this.#metadata = {
      isChatModel: true,
      ...options.metadata,
      capabilities: { ...capabilitiesOf(model.provider), ...options.metadata?.capabilities },
    };
    this.#headers = options.headers;
    this.#secrets = [...(options.secrets ?? []), ...Object.values(options.headers ?? {})];
  }

  get metadata(): LLMMetadata {
    return this.#metadata;
  }

  async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply<object>> {
    const about = await this.#about();
    const reply = partOf(
      await this.#call(() => this.#model.doGenerate(this.#request(request, attempt)), about),
    );
    this.#replied(reply, attempt);
    if (!Array.isArray(reply['content'])) throw malformed('no content', about);
    const response = partOf(reply['response']);
    const reader = new ReplyReader({ isWhole: true });
    const events = listOf(reply['content']).flatMap((part, at) =>
      wholePart(part, at).flatMap((each) => reader.push(each)),
    );
    const usage = usageFrom(reply['usage']);
    const end = reader.push({ type: 'finish', usage: reply['usage'], finishReason: reply['finishReason'] });
    const finishReason = finishFrom(reply['finishReason']) ?? { unified: 'other', raw: '' };
    return {
      content: blocksIn([...events, ...end]),
      finishReason,
      usage,
      providerMetadata: providerData(reply['providerMetadata']),
      warnings: [...warningsFrom(reply['warnings'], about, request.strict), ...warningsIn(events)],
      ...answered(response),
    };
  }

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const about = await this.#about();
    const result = await this.#call(() => this.#model.doStream(this.#request(request, attempt)), about);
    this.#replied(partOf(result), attempt);
    return eventsOf(result.stream, request, about);
  }

  #request(request: ChatRequest, attempt: Attempt) {
    const { key: provider } = this.#theirs;
    const version = this.#model.specificationVersion;
    const call = callFrom(request, { version, provider, warn: (warning) => attempt.warn(warning) });
    const headers = { ...this.#headers, ...call.headers };
    const sent = Object.keys(headers).length === 0 ? undefined : headers;
    return { ...call, ...defined({ headers: sent }), abortSignal: attempt.signal };
  }

  async #call<T>(call: () => PromiseLike<T>, about: About): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw errorFrom(error, about);
    }
  }

  /** For limiters that follow what a server says of its limits. */
  #replied(result: Part, attempt: Attempt): void {
    const headers = headersOf(partOf(result['response'])['headers']);
    if (headers !== undefined) attempt.replied?.(headers);
  }

  async #about(): Promise<About> {
    const secrets = [...this.#secrets, ...(await secretsOf(this.#model))];
    return { provider: this.provider, model: this.model, secrets };
  }
}

function answered({ id, modelId, timestamp }: Part): { id?: string; model?: string; createdAt?: string } {
  const reader = new ReplyReader();
  const [start] = [{ type: 'response-metadata', id, modelId, timestamp }, { type: 'custom' }].flatMap(
    (part) => reader.push(part),
  );
  const { type: _type, ...about } = start as Extract<ChatStreamEvent, { type: 'start' }>;
  return about;
}

/** Whole parts that come in pieces in a stream, as such pieces. */
function wholePart(part: Part, at: number): Part[] {
  const { type, text, citations, providerMetadata } = part;
  if (type !== 'text' && type !== 'reasoning') return [part];
  const id = String(at);
  return [
    { type: `${type}-start`, id, providerMetadata },
    { type: `${type}-delta`, id, delta: textOf(text) ?? '' },
    { type: `${type}-end`, id, citations },
  ];
}

/** What the events come to. */
function blocksIn(events: readonly ChatStreamEvent[]): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  for (const event of events) if (isBlock(event)) blocks[event.index] = event.block;
  return blocks;
}

type BlockEvent = Extract<ChatStreamEvent, { type: 'block' }>;

function isBlock(event: ChatStreamEvent): event is BlockEvent {
  return event.type === 'block';
}

function warningsIn(events: readonly ChatStreamEvent[]): Warning[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.warning] : []));
}

async function* eventsOf(
  stream: ReadableStream<unknown>,
  { strict }: ChatRequest,
  about: About,
): AsyncGenerator<StreamBatch, void, undefined> {
  const source = stream.getReader();
  const reader = new ReplyReader();
  let isOver = false;
  try {
    for (;;) {
      const next = await source.read().catch((error: unknown) => Promise.reject(errorFrom(error, about)));
      if (next.done) break;
      const part = partOf(next.value);
      if (part['type'] === 'error') throw errorFromPart(part['error'], about);
      const events = reader.push(part);
      const warnings = part['type'] === 'stream-start' ? warningsFrom(part['warnings'], about, strict) : [];
      const told = warnings.map((warning): ChatStreamEvent => ({ type: 'warning', warning }));
      isOver = reader.done;
      if (told.length + events.length > 0) yield [...events, ...told];
      if (isOver) break;
    }
    isOver = true;
  } finally {
    if (!isOver) source.cancel().catch(() => undefined);
  }
}
