import { checkOptions, reading } from '@mortise/core/shared';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type LLMMetadata,
  type LLMSettings,
  type StreamBatch,
} from '@mortise/core/llm';
import type { Attempt } from '@mortise/core/call';
import { schemaDialects } from '@mortise/core/schema';
import { readJson, streamEvents, type StreamTranslator } from '@mortise/core/wire';
import type { ChatStreamEvent } from '@mortise/core/llm';
import {
  Connection,
  DEFAULT_BASE_URL,
  type ConnectionOptions,
  type Endpoint,
  type OpenAILLMClient,
} from './client.ts';
import { fromChatCompletionsResponse } from './convert-chat-response.ts';
import {
  toChatCompletionsRequest,
  toChatCompletionsStreamRequest,
  type ChatCompletionsContext,
} from './convert-chat-request.ts';
import { chatCompletionsStream } from './convert-chat-stream.ts';
import { fromResponsesResponse } from './convert-responses-response.ts';
import { toResponsesRequest, toResponsesStreamRequest } from './convert-responses-request.ts';
import { responsesStream } from './convert-responses-stream.ts';
import type { WireAbout, WireBody } from './convert.ts';

/** For completion in an editor only: any model works. */
export type OpenAIModel =
  | 'gpt-6.1-sol'
  | 'gpt-6.1-terra'
  | 'gpt-6-astra'
  | 'gpt-6-luna'
  | 'gpt-5.6-luna'
  | 'gpt-5.5'
  | 'gpt-5.4-mini'
  | 'gpt-5.4-nano'
  | (string & {});

/** How to reach a model of OpenAI, or of a server that speaks its wire. All but `model` have defaults. */
export interface OpenAILLMOptions extends LLMSettings, ConnectionOptions<OpenAILLMClient> {
  model: OpenAIModel;
  /** Default: `responses`. Other vendors' servers mostly speak `chat-completions`. */
  api?: 'responses' | 'chat-completions' | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<LLMMetadata> | undefined;
  /** Over Chat Completions, where `maxOutputTokens` goes. Default: `max_completion_tokens`. */
  maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
}

/** Merged last into the request's body, in OpenAI's own spelling. */
export type OpenAIProviderOptions = {
  openai?:
    | {
        /** Whether the provider keeps the reply. Default: the provider's, which is true. */
        store?: boolean | undefined;
        include?: readonly string[] | undefined;
        previous_response_id?: string | undefined;
        parallel_tool_calls?: boolean | undefined;
        prompt_cache_key?: string | undefined;
        service_tier?: string | undefined;
        safety_identifier?: string | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** What the reply said and the contract does not model, in OpenAI's own spelling. */
export type OpenAIMetadata = { [member: string]: unknown };

/** One API of OpenAI: where it is, and what is said there. */
interface Api {
  readonly endpoint: (client: OpenAILLMClient) => Endpoint;
  readonly toRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
  readonly toStreamRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
  readonly fromReply: (body: WireBody, about: WireAbout) => ChatReply<OpenAIMetadata>;
  readonly fromStream: (about: WireAbout) => StreamTranslator<ChatStreamEvent>;
  readonly metadata: LLMMetadata;
  /** Characters that the API takes as the id of a call. */
  readonly callIdLength: number;
}

const SHARED = {
  streaming: true,
  tools: true,
  parallelTools: true,
  toolChoice: true,
  structuredOutput: 'native',
  usageInStreams: true,
} as const;

const RESPONSES: Api = {
  endpoint: (client) => client.responses,
  toRequest: toResponsesRequest,
  toStreamRequest: toResponsesStreamRequest,
  fromReply: fromResponsesResponse,
  fromStream: responsesStream,
  metadata: {
    isChatModel: true,
    capabilities: {
      ...SHARED,
      allowedTools: true,
      inputModalities: ['text', 'image', 'document'],
      stop: false,
      seed: false,
    },
  },
  callIdLength: 64,
};

const CHAT_COMPLETIONS: Api = {
  endpoint: (client) => client.chat.completions,
  toRequest: toChatCompletionsRequest,
  toStreamRequest: toChatCompletionsStreamRequest,
  fromReply: fromChatCompletionsResponse,
  fromStream: chatCompletionsStream,
  metadata: {
    isChatModel: true,
    capabilities: {
      ...SHARED,
      inputModalities: ['text', 'image', 'document', 'audio'],
      names: true,
      stop: true,
      seed: true,
    },
  },
  callIdLength: 40,
};

/** A model of OpenAI, or of anyone who speaks its wire at `baseURL`. */
export class OpenAILLM extends BaseLLM<OpenAIProviderOptions, OpenAIMetadata> {
  readonly metadata: LLMMetadata;
  readonly #api: Api;
  readonly #connection: Connection<OpenAILLMClient>;
  readonly #maxTokensField: OpenAILLMOptions['maxTokensField'];

  constructor(given: OpenAILLMOptions) {
    const options = checkOptions(given, 'configuration');
    const api = options.api === 'chat-completions' ? CHAT_COMPLETIONS : RESPONSES;
    super({
      ...options,
      provider: 'openai',
      baseURL:
        reading('client', () => options.client?.baseURL, 'configuration') ??
        options.baseURL ??
        DEFAULT_BASE_URL,
      callIds: options.callIds ?? { maxLength: api.callIdLength },
    });
    this.#api = api;
    this.#connection = new Connection(options);
    this.#maxTokensField = options.maxTokensField;
    const declared = this.#api.metadata;
    const { metadata } = options;
    this.metadata = reading(
      'metadata',
      () => ({
        schemaDialect: schemaDialects.openai,
        ...declared,
        ...metadata,
        capabilities: { ...declared.capabilities, ...metadata?.capabilities },
      }),
      'configuration',
    );
  }

  async doGenerate(
    request: ChatRequest<OpenAIProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<OpenAIMetadata>> {
    const body = this.#api.toRequest(request, this.#context(attempt));
    const response = await this.#connection.send(this.#api.endpoint, body, attempt, this);
    const about = this.#about();
    return this.#api.fromReply(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<OpenAIProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<StreamBatch>> {
    const body = this.#api.toStreamRequest(request, this.#context(attempt));
    const response = await this.#connection.send(this.#api.endpoint, body, attempt, this);
    const about = this.#about();
    return streamEvents(response, attempt, this.#api.fromStream(about), about);
  }

  #about(): WireAbout {
    return { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
  }

  #context(attempt: Attempt): ChatCompletionsContext {
    return {
      ...this.#about(),
      warn: (warning) => attempt.warn(warning),
      capabilities: this.metadata.capabilities,
      schemaDialect: this.metadata.schemaDialect,
      maxTokensField: this.#maxTokensField,
    };
  }
}
