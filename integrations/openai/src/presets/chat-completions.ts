import {
  type ChatMessage,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
} from '@mortise/core/llm';
import { defined, isObject, reading } from '@mortise/core/shared';
import type { SseEvent, StreamTranslator } from '@mortise/core/wire';
import { CHAT_COMPLETIONS, type OpenAIApi } from '../api.ts';
import {
  toChatCompletionsRequest,
  toChatCompletionsStreamRequest,
  type ChatCompletionsContext,
} from '../convert-chat-request.ts';
import { fromChatCompletionsResponse } from '../convert-chat-response.ts';
import { chatCompletionsStream } from '../convert-chat-stream.ts';
import { leaveOut, objectsOf, unsupported, type WireAbout, type WireBody } from '../convert.ts';
import type { ReasoningWire, ServerWire } from '../server-wire.ts';
import { isTagged, ThoughtsApart, thoughtsApart } from './thinking.ts';

/**
 * The Chat Completions of a server that is not OpenAI's, for the option `api`: the requests that it takes, by what `wire`
 * says of it. Presets bring both. Without a `wire` it is taken to read texts and images, and no names of speakers.
 */
export function chatCompletions(wire: ServerWire): OpenAIApi {
  const body = (
    request: ChatRequest,
    context: ChatCompletionsContext,
    convert: OpenAIApi['toRequest'],
  ): WireBody => {
    const fitted = fitRequest(request, wire, context);
    const { maxTokensField = wire.maxTokensField } = context;
    return fitBody(convert(fitted, { ...context, maxTokensField }), wire);
  };
  const { endpoint, callIdLength } = CHAT_COMPLETIONS;
  return {
    endpoint,
    callIdLength,
    toRequest: (request, context) => body(request, context, toChatCompletionsRequest),
    toStreamRequest: (request, context) => body(request, context, toChatCompletionsStreamRequest),
    fromReply: (reply, about) => fitReply(reply, wire, about),
    fromStream(about) {
      const plain = new Fitted(chatCompletionsStream(about), wire, about);
      return wire.thinkingTags === true ? new ThoughtsApart(plain, about) : plain;
    },
    ...reading('wire', () => declaredBy(wire), 'configuration'),
  };
}

function declaredBy({
  capabilities,
  schemaDialect,
}: ServerWire): Pick<OpenAIApi, 'capabilities' | 'schemaDialect'> {
  const usual = { inputModalities: ['text', 'image', 'document'], names: false };
  return { capabilities: { ...CHAT_COMPLETIONS.capabilities, ...usual, ...capabilities }, schemaDialect };
}

/** The request as the server can be asked. Throws `unsupported` for a requirement that it does not meet. */
function fitRequest(request: ChatRequest, wire: ServerWire, context: ChatCompletionsContext): ChatRequest {
  const { seed, stop, responseFormat } = request;
  if (seed !== undefined && context.capabilities?.seed === false)
    leaveOut(request, context, 'seed', 'this server has none.');
  if (stop !== undefined && stop.length > (wire.maxStop ?? Infinity))
    throw unsupported(context, `${stop.length} stop sequences`, `Give ${wire.maxStop}.`);
  if (wire.anyJson === false && responseFormat?.type === 'json' && responseFormat.schema === undefined)
    throw unsupported(context, 'a JSON format without a schema', 'Give the schema.');
  const { reasoning, ...rest } = request;
  return defined({
    ...rest,
    messages: request.messages.map((message) => fitMessage(message, wire, context)),
    ...fitTools(request, wire, context),
    seed: context.capabilities?.seed === false ? undefined : seed,
    ...fitReasoning(reasoning, request, wire, context),
  });
}

function fitMessage(message: ChatMessage, wire: ServerWire, context: ChatCompletionsContext): ChatMessage {
  if (typeof message.content === 'string') return message;
  const content = message.content.filter((block) => {
    checkMedia(block, wire, context);
    const isOwn = wire.ownMembers === false && block.type === `${context.provider}:message`;
    return !isOwn && !isTagged(block, context);
  });
  return content.length === message.content.length ? message : { ...message, content };
}

function checkMedia(
  block: ContentBlock,
  { files, imageURLs }: ServerWire,
  context: ChatCompletionsContext,
): void {
  const { url, text } = Object((block as { source?: unknown }).source) as { url?: unknown; text?: unknown };
  if (block.type === 'document' && text === undefined && files !== true)
    throw unsupported(context, 'a document as a file', 'Give its text.');
  const isFetched = typeof url === 'string' && !url.startsWith('data:');
  if (block.type === 'image' && isFetched && imageURLs === false)
    throw unsupported(context, 'an image by its URL', 'Give its bytes.');
}

function fitTools(
  request: ChatRequest,
  wire: ServerWire,
  context: ChatCompletionsContext,
): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const { tools, toolChoice } = request;
  const isStrict = (tools ?? []).filter(({ strict }) => strict === true);
  const takesNone =
    wire.strictTools === 'none' || (wire.strictTools === 'all' && isStrict.length < (tools?.length ?? 0));
  const loosened = takesNone && isStrict.length > 0;
  if (loosened) leaveOut(request, context, 'tools.strict', STRICT[wire.strictTools ?? 'none']);
  const [only, ...others] = tools ?? [];
  const isForced = wire.requiredToolChoice === false && toolChoice === 'required';
  if (isForced && (only === undefined || others.length > 0))
    throw unsupported(context, 'toolChoice "required"', 'Ask for one tool by its name.');
  return defined({
    tools: takesNone ? tools?.map(({ strict: _strict, ...tool }) => tool) : tools,
    toolChoice: isForced && only !== undefined ? { tool: only.name } : toolChoice,
  });
}

const STRICT = {
  none: 'this server does not hold a model to the schema of a tool.',
  all: 'this server takes it for all tools of a request, or for none.',
} as const;

/** What asks for reasoning in the server's own way, under what the caller says of the same members. */
function fitReasoning(
  reasoning: ChatRequest['reasoning'],
  request: ChatRequest,
  wire: ServerWire,
  context: ChatCompletionsContext,
): Pick<ChatRequest, 'reasoning' | 'providerOptions'> {
  const { provider } = context;
  const { effort, budgetTokens, summary } = reasoning ?? {};
  const way = wire.reasoning ?? { effort: 'reasoning_effort' };
  if (way === false && effort !== undefined)
    leaveOut(request, context, 'reasoning.effort', 'this server takes none.');
  const takesBudget = way !== false && way.budget !== undefined;
  const members = {
    ...Object.fromEntries((wire.without ?? []).map((name) => [name, null])),
    ...(way === false ? {} : reasoningMembers(effort, takesBudget ? budgetTokens : undefined, way)),
  };
  const left = defined({ budgetTokens: takesBudget ? undefined : budgetTokens, summary });
  const { providerOptions } = request;
  return defined({
    // The converter says of these that it leaves them out.
    reasoning: Object.keys(left).length === 0 ? undefined : left,
    providerOptions:
      Object.keys(members).length === 0
        ? providerOptions
        : { ...providerOptions, [provider]: { ...members, ...providerOptions?.[provider] } },
  });
}

function reasoningMembers(
  effort: string | undefined,
  budgetTokens: number | undefined,
  { within, effort: field, words = {}, budget = '', on, off }: ReasoningWire,
): WireBody {
  if (effort === undefined && budgetTokens === undefined) return {};
  const word = effort === undefined ? undefined : (words[effort] ?? effort);
  const members =
    effort === 'none' && off !== undefined
      ? off
      : defined({ ...on, ...(field === undefined ? {} : { [field]: word }), [budget]: budgetTokens });
  return within === undefined ? { ...members } : { [within]: { ...members } };
}

/** The body as the server reads it. */
function fitBody(body: WireBody, wire: ServerWire): WireBody {
  const { emptyReasoning, plainText, typeLists } = wire;
  if (emptyReasoning === undefined && plainText !== true && typeLists !== false) return body;
  const messages = objectsOf(body['messages']).map((message) => {
    const content = plainText === true ? asText(message['content']) : message['content'];
    const lacks = message['tool_calls'] !== undefined && message['reasoning_content'] === undefined;
    return {
      ...message,
      content,
      ...(emptyReasoning !== undefined && lacks ? { reasoning_content: emptyReasoning } : {}),
    };
  });
  const format = body['response_format'];
  if (typeLists !== false || !isObject(format)) return { ...body, messages };
  return { ...body, messages, response_format: withoutTypeLists(format) };
}

/** Texts as paragraphs of one; with anything else among them, as they are. */
function asText(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const parts = objectsOf(content);
  const isText = parts.every(({ type, text }) => type === 'text' && typeof text === 'string');
  return isText ? parts.map(({ text }) => text as string).join('\n\n') : content;
}

/** `type: ['string', 'null']` as `anyOf`. */
function withoutTypeLists(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTypeLists);
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([name, value]) => [name, withoutTypeLists(value)] as const);
  const { type, ...rest }: WireBody = Object.fromEntries(entries);
  if (!Array.isArray(type)) return { ...(type === undefined ? {} : { type }), ...rest };
  return {
    anyOf: (type as unknown[]).map((each) => (each === 'null' ? { type: each } : { ...rest, type: each })),
  };
}

function fitReply(body: WireBody, wire: ServerWire, about: WireAbout): ChatReply<WireBody> {
  const reply = fromChatCompletionsResponse(body, about);
  const apart = wire.thinkingTags === true ? thoughtsApart(reply, about) : reply;
  return fitEnd(apart, body, wire, about);
}

/** How a reply ended: with what the server says beside its choices, and its own words for why. */
function fitEnd<E extends Pick<ChatReply<WireBody>, 'finishReason' | 'providerMetadata'>>(
  end: E,
  said: WireBody,
  { metadata = [], ends = {} }: ServerWire,
  { provider }: WireAbout,
): E {
  const { finishReason, providerMetadata } = end;
  const unified = ends[finishReason.raw] ?? finishReason.unified;
  const kept = metadata.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]] as const]));
  const own = { ...providerMetadata?.[provider], ...Object.fromEntries(kept) };
  return {
    ...end,
    finishReason: { ...finishReason, unified },
    ...(kept.length === 0 ? {} : { providerMetadata: { ...providerMetadata, [provider]: own } }),
  };
}

/** The same of a stream. */
class Fitted implements StreamTranslator<ChatStreamEvent> {
  readonly #inner: StreamTranslator<ChatStreamEvent>;
  readonly #wire: ServerWire;
  readonly #about: WireAbout;
  /** The last event that holds a member to keep. Parsed at the end: each may hold all of it. */
  #last = '{}';

  constructor(inner: StreamTranslator<ChatStreamEvent>, wire: ServerWire, about: WireAbout) {
    this.#inner = inner;
    this.#wire = wire;
    this.#about = about;
  }

  get done(): boolean {
    return this.#inner.done;
  }

  get end(): StreamTranslator<ChatStreamEvent>['end'] {
    return this.#inner.end;
  }

  get said(): number {
    return this.#inner.said ?? 0;
  }

  push(event: SseEvent, out: ChatStreamEvent[]): void {
    this.#inner.push(event, out);
    const { metadata = [] } = this.#wire;
    if (metadata.some((name) => event.data.includes(`"${name}"`))) this.#last = event.data;
  }

  finish(out: ChatStreamEvent[]): void {
    this.#inner.finish?.(out);
    const finish = out.at(-1);
    if (finish?.type !== 'finish') return;
    const said = JSON.parse(this.#last) as WireBody;
    out[out.length - 1] = fitEnd(
      finish as typeof finish & ChatReply<WireBody>,
      said,
      this.#wire,
      this.#about,
    );
  }
}
