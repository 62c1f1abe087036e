import { checkOptions, reading } from '@mortise/core/shared';
import type { Attempt } from '@mortise/core/call';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type LLMMetadata,
  type LLMSettings,
  type StreamBatch,
} from '@mortise/core/llm';
import { cohereDialect } from '@mortise/core/schema';
import { readJson, streamEvents } from '@mortise/core/wire';
import { baseURLOf, Connection, type CohereConnectionOptions } from './client.ts';
import type { WireContext } from './convert.ts';
import { fromChatResponse, type CohereMetadata } from './convert-chat-response.ts';
import { toChatRequest, toChatStreamRequest } from './convert-chat-request.ts';
import { ChatStreamTranslator } from './convert-chat-stream.ts';

/** For completion in an editor only: any model works. */
export type CohereModel =
  | 'command-a-plus-05-2026'
  | 'command-a-reasoning-08-2025'
  | 'command-a-vision-07-2025'
  | 'command-a-03-2025'
  | 'command-r7b-12-2024'
  | (string & {});

/** How to reach a chat model of Cohere. All but `model` have defaults. */
export interface CohereLLMOptions extends LLMSettings, CohereConnectionOptions {
  model: CohereModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** Merged last into the request's body, in Cohere's own spelling. */
export type CohereProviderOptions = {
  cohere?:
    | {
        safety_mode?: 'CONTEXTUAL' | 'STRICT' | 'OFF' | (string & {}) | undefined;
        citation_options?: { mode: string } | undefined;
        /** Instead of the document blocks of the messages. */
        documents?:
          | readonly (string | { data: Record<string, unknown>; id?: string | undefined })[]
          | undefined;
        k?: number | undefined;
        frequency_penalty?: number | undefined;
        presence_penalty?: number | undefined;
        logprobs?: boolean | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

const DECLARED: LLMMetadata = {
  isChatModel: true,
  schemaDialect: cohereDialect,
  capabilities: {
    streaming: true,
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    inputModalities: ['text', 'image', 'document'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
};

/** A chat model of Cohere, or of anyone who speaks its v2 API at `baseURL`. */
export class CohereLLM extends BaseLLM<CohereProviderOptions, CohereMetadata> {
  readonly metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(given: CohereLLMOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'cohere', baseURL: baseURLOf(options) });
    const { metadata } = options;
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...DECLARED,
        ...metadata,
        capabilities: { ...DECLARED.capabilities, ...metadata?.capabilities },
      }),
      'configuration',
    );
  }

  async doGenerate(
    request: ChatRequest<CohereProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<CohereMetadata>> {
    const body = toChatRequest(request, this.#context(attempt));
    const response = await this.#connection.send('/v2/chat', body, attempt, this);
    const context = this.#context(attempt);
    return fromChatResponse(await readJson(response, attempt, context), context);
  }

  override async doStream(
    request: ChatRequest<CohereProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<StreamBatch>> {
    const body = toChatStreamRequest(request, this.#context(attempt));
    const response = await this.#connection.send('/v2/chat', body, attempt, this);
    const context = this.#context(attempt);
    return streamEvents(response, attempt, new ChatStreamTranslator(context), context);
  }

  #context(attempt: Attempt): WireContext {
    const { provider, model } = this;
    return { provider, model, secrets: this.#connection.secrets, warn: (warning) => attempt.warn(warning) };
  }
}
