import type {
  AnsweredBy,
  CallOptions,
  ModelSettings,
  ProviderMetadata,
  ProviderOptions,
  Warning,
} from '../call/contract.ts';
import type { SchemaDialect } from '../schema/contract.ts';
import type { WebStream } from '../sse/contract.ts';
import type {
  ChatInput,
  CitationBlock,
  ContentBlock,
  ChatMessage,
  ToolCallBlock,
} from './message-contract.ts';
import type { CallIdFormat, ResponseFormat, ToolChoice, ToolDefinition, ToolLike } from './tool-contract.ts';
import type { Usage } from './usage-contract.ts';

/**
 * A language model. `BaseLLM` implements this from `doGenerate` and `doStream`, `CustomLLM` from `doComplete`; their
 * authors get a `ChatRequest` and give a `ChatReply`, or the events of one. Wrappers take a model and return one. `P` is the
 * shape of the integration's `providerOptions`, `M` of its `providerMetadata`.
 */
export interface LLM<P extends ProviderOptions = ProviderOptions, M = unknown> {
  /** The integration, such as `openai`; also its key in `providerOptions` and `providerMetadata`. */
  readonly provider: string;
  readonly model: string;
  readonly metadata: LLMMetadata;
  /** One whole reply. Rejects with a `MortiseError`, or with exactly the reason of an aborted `signal`. */
  chat(messages: ChatInput, options?: ChatOptions<P>): Promise<ChatResponse<M>>;
  /** Nothing is sent before the stream is first read. */
  streamChat(messages: ChatInput, options?: ChatOptions<P>): ChatStream<M>;
  /** One prompt, one text. On chat models the prompt is one user message. */
  complete(prompt: string, options?: CompletionOptions<P>): Promise<CompletionResponse<M>>;
  streamComplete(prompt: string, options?: CompletionOptions<P>): CompletionStream<M>;
}

/** What is known of a model. Unknown is absent, never an invented number. */
export interface LLMMetadata {
  /** Tokens, prompt and reply together. */
  contextWindow?: number;
  /** Tokens. */
  maxOutputTokens?: number;
  isChatModel: boolean;
  capabilities: LLMCapabilities;
  /** What the wire takes of JSON Schema where it holds the model to it. Default: what all strict modes take. */
  schemaDialect?: SchemaDialect;
}

/**
 * What is `false` and a requirement (tools, a tool choice, a response format, stop sequences, media) is refused as `unsupported` before
 * anything is sent. A preference (`seed`, `reasoning`) reaches the model all the same, which leaves it out with a warning, or refuses it under
 * `strict`: `requestNotes` does both. Without `streaming` a stream is made of the whole reply. Absent means unknown and is let through.
 */
export interface LLMCapabilities {
  streaming?: boolean;
  tools?: boolean;
  parallelTools?: boolean;
  toolChoice?: boolean;
  /** A tool can be asked for by its name. `false`: core asks for `required` with that tool alone, which says the same. */
  namedToolChoice?: boolean;
  /** The wire can say which of the tools may be called. Otherwise core sends those alone, and `{ tools }` does not arrive. */
  allowedTools?: boolean;
  /** The types of tool choices and response formats that are this integration's own, such as `google:enum`. */
  ownSettings?: readonly string[];
  /** A tool call can be forced while the model thinks. `false`: `structured` then uses a prompt. */
  toolChoiceWithReasoning?: boolean;
  /** The best mode for typed output: the provider's own schema mode, a forced tool, or prompt and parser. */
  structuredOutput?: 'native' | 'tool' | 'prompt';
  reasoning?: boolean;
  /** What user messages may hold besides text. */
  inputModalities?: readonly Modality[];
  stop?: boolean;
  seed?: boolean;
  usageInStreams?: boolean;
  /** Takes cache points (`cache-point` blocks). A provider that caches by itself needs none: leave it out. */
  caching?: boolean;
  /** Takes the `name` of messages. */
  names?: boolean;
}

/** What a message may hold; integrations may know more. */
export type Modality = 'text' | 'image' | 'document' | 'audio' | 'video' | (string & {});

/** Requirements (tools, toolChoice, responseFormat, stop) are met or `unsupported`; preferences may be left out with a warning. */
export interface ChatOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
  tools?: readonly ToolLike[] | undefined;
  toolChoice?: ToolChoice | undefined;
  responseFormat?: ResponseFormat | undefined;
  /** Preference. The provider's own range, usually 0 to 1 or 2. */
  temperature?: number | undefined;
  /** Preference. Above 0, at most 1. */
  topP?: number | undefined;
  /** Tokens, reasoning included. */
  maxOutputTokens?: number | undefined;
  /** Requirement. The reply ends before any of these. */
  stop?: readonly string[] | undefined;
  /** Preference. */
  seed?: number | undefined;
  /** Preference. */
  reasoning?: ReasoningOptions | undefined;
  /** Makes a preference that cannot be honoured `unsupported` instead of a warning. Default: false. */
  strict?: boolean | undefined;
  providerOptions?: P | undefined;
}

/**
 * How much a model may think. Providers take `effort` or `budgetTokens`; the one that a provider does not take is left out with a
 * warning. A setting that holds anyway (`none` on a model that does not think, a summary that always comes) needs no warning.
 */
export interface ReasoningOptions {
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | (string & {}) | undefined;
  /** Tokens, for providers that take a budget. */
  budgetTokens?: number | undefined;
  /** Ask for a readable summary where reasoning itself is hidden. */
  summary?: 'auto' | 'concise' | 'detailed' | (string & {}) | undefined;
}

/** A model's whole reply. Plain data. */
export interface ChatResponse<M = unknown> extends AnsweredBy {
  /** Ready to be appended to the conversation. Its content is always blocks. */
  message: AssistantMessage;
  /** All text blocks joined; empty when there is none. */
  text: string;
  /** The tool calls that the model asks for, in order. */
  toolCalls: ToolCallBlock[];
  /** All citations of all text blocks, in order. */
  citations: CitationBlock[];
  finishReason: FinishReason;
  usage: Usage;
  warnings: Warning[];
  /** What the provider said and the contract does not model, keyed by provider. */
  providerMetadata?: ProviderMetadata<M>;
  id?: string;
  /** The model that answered, which may be a dated version of the one asked for. */
  model: string;
  /** ISO 8601, only if the provider gave it. */
  createdAt?: string;
}

/** A model's turn: always blocks, so that reasoning and calls go back as they came. */
export interface AssistantMessage extends ChatMessage {
  role: 'assistant';
  content: ContentBlock[];
}

export interface FinishReason {
  /**
   * `pause`: the provider stopped in the middle of work of its own; send the message back as the last one to let it go on. An
   * integration that says so keeps in the message's blocks all that the provider needs for it. `content-filter`: a reply that was
   * stopped, or a prompt that was blocked, without content. `other`: any other word; where it names a failure (`error`, a
   * malformed call) core throws it, with what had come as `partial`.
   */
  unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'pause' | 'other' | (string & {});
  /** The provider's own word. */
  raw: string;
}

/**
 * `index` is the place of the block in `message.content`, so that interleaved blocks rebuild exactly. Media come as finished
 * blocks; pieces of them, and what else only one provider has, are events of its own (`openai:audio-delta`).
 */
export type ChatStreamEvent =
  | { type: 'start'; id?: string; model?: string; createdAt?: string }
  | { type: 'text-delta'; index: number; delta: string }
  | { type: 'reasoning-delta'; index: number; delta: string }
  | { type: 'tool-call-start'; index: number; id: string; name: string }
  /** Text of the arguments' JSON. Where the wire gives objects, or members by their path, there is none: the call is its `block`. */
  | { type: 'tool-call-delta'; index: number; delta: string }
  | { type: 'citation'; index: number; citation: CitationBlock }
  /** The finished block at `index`: what the deltas came to. It may come again, such as with a late signature; the last one stands. */
  | { type: 'block'; index: number; block: ContentBlock }
  /** Replaces what was known, field by field; it never adds up. */
  | { type: 'usage'; usage: Usage }
  | { type: 'warning'; warning: Warning }
  /**
   * The provider ended the reply: by a finish reason, or by its terminal event. Nothing follows. Its `id`, `model` and
   * `createdAt` replace those of `start`.
   */
  | {
      type: 'finish';
      finishReason: FinishReason;
      usage: Usage;
      providerMetadata?: ProviderMetadata;
      id?: string;
      model?: string;
      createdAt?: string;
    }
  | { type: `${string}:${string}`; [member: string]: unknown };

/**
 * A reply that is still arriving: single use, pull-based, cancelled by `break`. It has one reader: the events, `textStream`,
 * `toReadableStream()`, `toSSE()` or `toResponse()`; a second one is refused with `invalid-request`. `final()` may be called beside the reader, at any time.
 */
export interface ChatStream<M = unknown> extends AsyncIterable<ChatStreamEvent>, WebStream<ChatStreamEvent> {
  /** The text deltas alone. */
  readonly textStream: AsyncIterable<string>;
  /** What has arrived so far. */
  readonly partial: PartialChatResponse;
  /** Reads to the end and gives what `chat` would have given. Rejects with `aborted` and `partial` after `break` or `cancel()`. */
  final(): Promise<ChatResponse<M>>;
  /** Leaves the stream and closes its connection. */
  cancel(): Promise<void>;
}

/** A `ChatResponse` without the members that only the end of a stream gives. */
export interface PartialChatResponse extends AnsweredBy {
  message: AssistantMessage;
  text: string;
  usage: Usage;
  id?: string;
  model?: string;
}

/** The options of a chat that make sense without messages. */
export interface CompletionOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  ChatOptions<P>,
  'tools' | 'toolChoice'
> {}

/** The text that follows a prompt, with what it cost. */
export interface CompletionResponse<M = unknown> extends AnsweredBy {
  text: string;
  finishReason: FinishReason;
  usage: Usage;
  warnings: Warning[];
  providerMetadata?: ProviderMetadata<M>;
  id?: string;
  model: string;
  createdAt?: string;
}

/** Yields text deltas. The same rules as for {@link ChatStream}. */
export interface CompletionStream<M = unknown> extends AsyncIterable<string>, WebStream<string> {
  /** The text so far. */
  readonly partial: string;
  final(): Promise<CompletionResponse<M>>;
  cancel(): Promise<void>;
}

/** What every language model takes besides what it needs to reach its server. Options of an integration extend it. */
export interface LLMSettings extends ModelSettings {
  /**
   * The server's name, such as `eu-gateway`; every response says it as `server`. Signatures, encrypted reasoning and ids go
   * back to the server that sent them alone; models whose servers share a name share them, such as two addresses of one
   * gateway. Default: none, and servers differ by the base URL.
   */
  name?: string | undefined;
  /** What the server takes as the id of a tool call; Mistral's takes nine letters and digits. Default: the integration's. */
  callIds?: CallIdFormat | undefined;
}

/** What the author of an integration gives. */
export interface BaseLLMOptions extends LLMSettings {
  /** The integration's name, such as `openai`. */
  provider: string;
  model: string;
  /** Where the server is, the provider's own address included. It is not kept. Default: one server for all of `provider`. */
  baseURL?: string | undefined;
}

/** A validated request as `doGenerate(request, attempt)` and `doStream(request, attempt)` get it: messages, never a bare string; tools as plain definitions. */
export interface ChatRequest<P extends ProviderOptions = ProviderOptions> {
  readonly messages: readonly ChatMessage[];
  /** The prompt of `complete`, as given; `messages` then holds it as one user message. */
  readonly prompt?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly responseFormat?: ResponseFormat;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoning?: ReasoningOptions;
  readonly strict: boolean;
  readonly providerOptions?: P;
}

/** What `doGenerate` gives, read out of one whole reply; core makes a `ChatResponse` of it. */
export interface ChatReply<M = unknown> {
  content: readonly ContentBlock[];
  finishReason: FinishReason;
  usage?: Usage | undefined;
  providerMetadata?: ProviderMetadata<M> | undefined;
  id?: string | undefined;
  /** Default: the model that was asked for. */
  model?: string | undefined;
  createdAt?: string | undefined;
  warnings?: readonly Warning[] | undefined;
}

/** What `doStream` may yield: one event, or all those that one arrival of bytes gave. */
export type StreamBatch = ChatStreamEvent | readonly ChatStreamEvent[];
