import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  BaseLLM,
  blocksOf,
  isKnownBlock,
  sentArguments,
  toolCallBlock,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
  type FinishReason,
  type LLMMetadata,
  type LLMSettings,
  type StreamBatch,
  type Usage,
} from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { EndOfReply, eventJson, malformed, readJson, streamEvents, throwFailure, uniqueCallId, withOptions, type About, type SseEvent, type StreamTranslator } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type FrozenModel = 'frozen-1' | (string & {});

/** How to reach a chat model of Frozen. */
export interface FrozenLLMOptions extends LLMSettings, FrozenConnectionOptions {
  model: FrozenModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** Merged last into the request's body, in Frozen's own spelling. */
export type FrozenProviderOptions = { frozen?: { [member: string]: unknown } };

const DECLARED: LLMMetadata = {
  isChatModel: true,
  capabilities: {
    streaming: true,
    tools: true,
    parallelTools: true,
    // Core refuses what is false, and what needs another way is done another way.
    toolChoice: false,
    structuredOutput: 'prompt',
    inputModalities: ['text'],
    stop: true,
    usageInStreams: true,
  },
};

/** A chat model of Frozen. */
export class FrozenLLM extends BaseLLM<FrozenProviderOptions> {
  readonly metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(options: FrozenLLMOptions) {
    super({ ...options, provider: 'frozen' });
    const { metadata } = options;
    this.#connection = new Connection(options);
    this.metadata = {
      ...DECLARED,
      ...metadata,
      capabilities: { ...DECLARED.capabilities, ...metadata?.capabilities },
    };
  }

  async doGenerate(request: ChatRequest<FrozenProviderOptions>, attempt: Attempt): Promise<ChatReply> {
    const body = toRequest(request, this, attempt);
    const response = await this.#connection.send('/v1/chat', body, attempt, this);
    const about = this.#connection.about(this);
    return fromReply(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<FrozenProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<StreamBatch>> {
    const body = { ...toRequest(request, this, attempt), stream: true };
    const response = await this.#connection.send('/v1/chat', body, attempt, this);
    const about = this.#connection.about(this);
    return streamEvents<ChatStreamEvent>(response, attempt, new Translator(about), about);
  }
}

type Wire = Record<string, unknown>;

function toRequest(
  request: ChatRequest<FrozenProviderOptions>,
  about: About,
  attempt: Pick<Attempt, 'warn'>,
): Wire {
  // A preference that the API has no place for is left out, and said.
  if (request.reasoning !== undefined) leaveOut('reasoning', request, about, attempt);
  if (request.seed !== undefined) leaveOut('seed', request, about, attempt);
  if (request.tools?.some(({ strict }) => strict === true) === true)
    leaveOut('tools.strict', request, about, attempt);
  const { tools } = request;
  const body = defined({
    model: about.model,
    messages: request.messages.map((message) => ({
      role: message.role,
      parts: blocksOf(message).flatMap((block) => toPart(block, about, attempt)),
    })),
    tools: tools?.map(({ name, description, parameters }) => defined({ name, description, parameters })),
    max_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
  });
  return withOptions(body, request.providerOptions?.frozen);
}

function leaveOut(
  setting: string,
  { strict }: Pick<ChatRequest, 'strict'>,
  about: About,
  attempt: Pick<Attempt, 'warn'>,
): void {
  const message = `Frozen has no setting for ${setting}; it was left out.`;
  if (strict) throw new MortiseError('unsupported', message, { ...about });
  attempt.warn({ type: 'unsupported-setting', setting, message });
}

function toPart(block: ContentBlock, about: About, attempt: Pick<Attempt, 'warn'>): Wire[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text }];
    case 'tool-call': {
      const own = block.providerMetadata?.['frozen'];
      return [
        {
          // What the API put into the call besides goes back with it. Core lets nothing through that another server sent.
          ...(isObject(own) ? own : {}),
          type: 'call',
          id: block.id,
          name: block.name,
          arguments: JSON.stringify(sentArguments(block)),
        },
      ];
    }
    case 'tool-result':
      return [{ type: 'result', id: block.toolCallId, text: resultText(block.content, about) }];
    default:
      // What only this API knows goes back as it came.
      if (!isKnownBlock(block) && block.type.startsWith('frozen:')) return [block['value'] as Wire];
      // Reasoning and what other providers wrote mean nothing here; nothing is left out in silence.
      attempt.warn({ type: 'other', message: `A ${block.type} block was left out: Frozen has no place for it.` });
      return [];
  }
}

function resultText(
  content: Extract<ContentBlock, { type: 'tool-result' }>['content'],
  about: About,
): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'text') return part.text;
      const message = `Frozen takes text as the result of a tool, not ${part.type}. Turn it into text first.`;
      throw new MortiseError('unsupported', message, { ...about });
    })
    .join('');
}

function fromReply({ id, model, parts, finish, usage }: Wire, about: About): ChatReply {
  if (!Array.isArray(parts) || typeof finish !== 'string') throw malformed('JSON that is not a reply', about);
  return {
    content: parts.filter(isObject).map(fromPart),
    finishReason: toFinishReason(finish),
    usage: toUsage(usage),
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  };
}

function fromPart(part: Wire): ContentBlock {
  switch (part['type']) {
    case 'text':
      return { type: 'text', text: stringOf(part['text']) };
    case 'call': {
      const { type: _type, id, name, arguments: text, ...rest } = part;
      const call = toolCallBlock(idOf(id), stringOf(name), stringOf(text));
      return Object.keys(rest).length === 0 ? call : { ...call, providerMetadata: { frozen: rest } };
    }
    default:
      // A kind that came after this version is kept, under a name of its own.
      return { type: `frozen:${stringOf(part['type'])}`, value: part };
  }
}

function toFinishReason(raw: string): FinishReason {
  switch (raw) {
    case 'done':
      return { unified: 'stop', raw };
    case 'limit':
      return { unified: 'length', raw };
    case 'calls':
      return { unified: 'tool-calls', raw };
    case 'filtered':
      return { unified: 'content-filter', raw };
    default:
      return { unified: 'other', raw };
  }
}

function toUsage(usage: unknown): Usage {
  if (!isObject(usage)) return {};
  const { input, output } = usage;
  return defined({
    inputTokens: typeof input === 'number' ? input : undefined,
    outputTokens: typeof output === 'number' ? output : undefined,
    raw: usage as NonNullable<Usage['raw']>,
  });
}

class Translator implements StreamTranslator<ChatStreamEvent> {
  done = false;
  readonly end = new EndOfReply();
  #usage: Usage = {};
  readonly #about: About;
  readonly #parts = new Map<number, Wire>();

  constructor(about: About) {
    this.#about = about;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    // What says that it is a failure is thrown as it, in whatever words.
    const data = eventJson(event, this.#about);
    const index = typeof data['at'] === 'number' ? data['at'] : 0;
    switch (data['type']) {
      case 'start':
        out.push({ type: 'start', ...defined({ id: textOf(data['id']), model: textOf(data['model']) }) });
        return;
      case 'part':
        return this.#open(index, isObject(data['part']) ? data['part'] : {}, out);
      case 'delta':
        return this.#add(index, stringOf(data['text']), out);
      case 'end':
        this.#usage = toUsage(data['usage']);
        this.end.say(data['finish']);
        this.end.terminal = true;
        return;
      case undefined:
        return throwFailure(data, this.#about, true);
      default:
      // An event that came after this version.
    }
  }

  finish(out: ChatStreamEvent[]): void {
    for (const [at, part] of this.#parts) out.push({ type: 'block', index: at, block: fromPart(part) });
    this.done = true;
    out.push({ type: 'finish', finishReason: toFinishReason(this.end.reason ?? ''), usage: this.#usage });
  }

  #open(index: number, part: Wire, out: ChatStreamEvent[]): void {
    const own = part['type'] === 'call' ? { ...part, id: idOf(part['id']) } : { ...part };
    this.#parts.set(index, own);
    if (part['type'] !== 'call') return;
    out.push({ type: 'tool-call-start', index, id: stringOf(own.id), name: stringOf(part['name']) });
  }

  #add(index: number, delta: string, out: ChatStreamEvent[]): void {
    const part = this.#parts.get(index);
    if (part === undefined) return;
    const call = part['type'] === 'call';
    const member = call ? 'arguments' : 'text';
    part[member] = stringOf(part[member]) + delta;
    if (call) out.push({ type: 'tool-call-delta', index, delta });
    else if (part['type'] === 'text') out.push({ type: 'text-delta', index, delta });
  }
}

/** A result must name its call: one that comes without an id gets one. */
const idOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : uniqueCallId());
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
