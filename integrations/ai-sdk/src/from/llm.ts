import {
  BaseLLM,
  MortiseError,
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
import { WireCall } from '../fetch.ts';
import { headersOf, listOf, OURS, partOf, providerData, textOf, type Part } from '../read.ts';
import type { AISDKLanguageModel } from '../spec.ts';
import { secretsOf, theirsOf, type Theirs } from './about.ts';
import { capabilitiesOf } from './capabilities.ts';
import { ourFinish } from './blocks.ts';
import { errorFrom, errorFromPart, saysCut } from './errors.ts';
import { isOurs } from '../mark.ts';
import { ReplyReader } from './reply.ts';
import { callFrom } from './request.ts';
import { finishFrom, ourUsage, usageFrom } from './usage.ts';
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
      // Their choice of tools is all of them, or one.
      capabilities: {
        ...capabilitiesOf(model.provider),
        ...options.metadata?.capabilities,
        allowedTools: false,
      },
    };
    this.#headers = options.headers;
    this.#secrets = [...(options.secrets ?? []), ...Object.values(options.headers ?? {})];
  }

  get metadata(): LLMMetadata {
    return this.#metadata;
  }

  async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply<object>> {
    const call = new WireCall(attempt, await this.#about());
    const reply = partOf(
      await this.#call(() => this.#model.doGenerate(this.#request(request, attempt)), call),
    );
    const { about } = call;
    this.#replied(reply, attempt);
    if (!Array.isArray(reply['content'])) throw malformed('no content', about);
    const response = partOf(reply['response']);
    const reader = new ReplyReader({ isWhole: true, endWord: endWordOf(this.#model) });
    const events = listOf(reply['content']).flatMap((part, at) =>
      wholePart(part, at).flatMap((each) => reader.push(each)),
    );
    const end = reader.push({ type: 'finish', usage: reply['usage'], finishReason: reply['finishReason'] });
    const providerMetadata = providerData(reply['providerMetadata']);
    const usage = ourUsage(providerMetadata?.[OURS]) ?? usageFrom(reply['usage']);
    const said = finishFrom(reply['finishReason'], endWordOf(this.#model));
    const content = blocksIn([...events, ...end]);
    if (said === undefined && content.length === 0)
      throw malformed('neither content nor a reason of the end', about);
    return {
      content,
      finishReason: ourFinish(providerMetadata?.[OURS]) ?? said ?? { unified: 'other', raw: '' },
      usage,
      providerMetadata,
      warnings: [...warningsFrom(reply['warnings'], about, request.strict), ...warningsIn(events)],
      ...answered({ modelId: partOf(response['body'])['modelVersion'], ...defined(response) }),
    };
  }

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const call = new WireCall(attempt, await this.#about(), true);
    const result = await this.#call(() => this.#model.doStream(this.#request(request, attempt)), call);
    this.#replied(partOf(result), attempt);
    const reader = new ReplyReader({ endWord: endWordOf(this.#model) });
    return eventsOf(result.stream, reader, request, call);
  }

  #request(request: ChatRequest, attempt: Attempt) {
    const { key: provider } = this.#theirs;
    const version = this.#model.specificationVersion;
    const warn = (warning: Warning): void => {
      if (request.strict && warning.type === 'unsupported-setting')
        throw new MortiseError('unsupported', warning.message, { provider, model: this.model });
      attempt.warn(warning);
    };
    const call = callFrom(request, {
      version,
      provider,
      api: this.#model.provider,
      isOurs: isOurs(this.#model),
      capabilities: this.#metadata.capabilities,
      warn,
    });
    const headers = { ...this.#headers, ...call.headers };
    const sent = Object.keys(headers).length === 0 ? undefined : headers;
    const includeRawChunks = provider === 'google' ? true : undefined;
    return { ...call, ...defined({ headers: sent, includeRawChunks }), abortSignal: attempt.signal };
  }

  async #call<T>(ask: () => PromiseLike<T>, call: WireCall): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw errorFrom(error, call.about);
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
  reader: ReplyReader,
  { strict }: ChatRequest,
  call: WireCall,
): AsyncGenerator<StreamBatch, void, undefined> {
  const source = stream.getReader();
  const told: ChatStreamEvent[] = [];
  let isOver = false;
  try {
    for (;;) {
      const next = await nextOf(source, call);
      if (next === undefined) break;
      reader.isEnded = call.isEnded;
      const events = reader.push(next);
      const isStart = next['type'] === 'stream-start';
      const warnings = isStart ? warningsFrom(next['warnings'], call.about, strict) : [];
      told.push(...warnings.map((warning): ChatStreamEvent => ({ type: 'warning', warning })));
      isOver = reader.done;
      // They come before anything else, and `start` goes before them.
      if (events.some(({ type }) => type !== 'warning'))
        yield [...events.slice(0, 1), ...told.splice(0), ...events.slice(1)];
      else told.push(...events);
      if (isOver) return;
    }
    isOver = true;
    if (call.failure !== undefined) throw errorFrom(call.failure.error, call.about);
  } finally {
    if (!isOver) source.cancel().catch(() => undefined);
  }
}

/** The next part; undefined at the end, and where the bytes ended too early, whatever theirs makes of that. */
async function nextOf(
  source: ReadableStreamDefaultReader<unknown>,
  call: WireCall,
): Promise<Part | undefined> {
  try {
    const { done, value } = await source.read();
    if (done) return undefined;
    const part = partOf(value);
    const { type } = part;
    if (type !== 'ping' && type !== 'raw') call.attempt.touch();
    const isEnd = type === 'finish' || type === 'error';
    if ((isEnd && call.failure !== undefined) || (type === 'error' && saysCut(part['error'])))
      return undefined;
    if (type === 'error') throw errorFromPart(part['error'], call.about);
    return part;
  } catch (error) {
    if (call.failure !== undefined || saysCut(error)) return undefined;
    throw errorFrom(error, call.about);
  }
}

/** What ends a reply of the Responses API is its status; theirs names only what cut it. */
function endWordOf({ provider }: AISDKLanguageModel): string | undefined {
  return provider.endsWith('.responses') ? 'completed' : undefined;
}
