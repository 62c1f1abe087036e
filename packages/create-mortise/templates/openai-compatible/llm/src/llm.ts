import type { Attempt } from '@mortise/core/call';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type LLMMetadata,
  type LLMSettings,
  type StreamBatch,
} from '@mortise/core/llm';
import { readJson, streamEvents } from '@mortise/core/wire';
import {
  chatCompletionsStream,
  fromChatCompletionsResponse,
  toChatCompletionsRequest,
  toChatCompletionsStreamRequest,
  type ChatCompletionsContext,
} from '@mortise/openai';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type AcmeModel = 'acme-1' | (string & {});

/** How to reach a chat model of Acme. */
export interface AcmeLLMOptions extends LLMSettings, AcmeConnectionOptions {
  model: AcmeModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** Merged last into the request's body, in Acme's own spelling. */
export type AcmeProviderOptions = { acme?: { [member: string]: unknown } };

// REPLACE: what the API can do of what OpenAI's can. What is declared must pass its cases.
const DECLARED: LLMMetadata = {
  isChatModel: true,
  capabilities: {
    streaming: true,
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    inputModalities: ['text', 'image'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
};

/** A chat model of Acme, which speaks OpenAI's Chat Completions. */
export class AcmeLLM extends BaseLLM<AcmeProviderOptions> {
  readonly metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(options: AcmeLLMOptions) {
    super({ ...options, provider: 'acme' });
    const { metadata } = options;
    this.#connection = new Connection(options);
    this.metadata = {
      ...DECLARED,
      ...metadata,
      capabilities: { ...DECLARED.capabilities, ...metadata?.capabilities },
    };
  }

  async doGenerate(request: ChatRequest<AcmeProviderOptions>, attempt: Attempt): Promise<ChatReply> {
    const body = toChatCompletionsRequest(request, this.#context(attempt));
    const response = await this.#connection.send('/chat/completions', body, attempt, this);
    const about = this.#connection.about(this);
    return fromChatCompletionsResponse(await readJson(response, attempt, about), this.#context(attempt));
  }

  override async doStream(
    request: ChatRequest<AcmeProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<StreamBatch>> {
    const body = toChatCompletionsStreamRequest(request, this.#context(attempt));
    const response = await this.#connection.send('/chat/completions', body, attempt, this);
    const context = this.#context(attempt);
    return streamEvents(response, attempt, chatCompletionsStream(context), context);
  }

  #context(attempt: Attempt): ChatCompletionsContext {
    const { provider, model, metadata } = this;
    const { capabilities } = metadata;
    const { secrets } = this.#connection.about(this);
    const warn: Attempt['warn'] = (warning) => attempt.warn(warning);
    // REPLACE: some know the limit of the reply only by its newer name, `max_completion_tokens`.
    return { provider, model, capabilities, secrets, warn, maxTokensField: 'max_tokens' };
  }
}
