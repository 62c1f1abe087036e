import { checkOptions, reading } from '@mortise/core/shared';
import {
  BaseLLM,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type LLMSettings,
} from '@mortise/core';
import { anthropicDialect } from '@mortise/core/schema';
import { readJson, streamEvents, type About } from '@mortise/core/wire';
import { Connection, DEFAULT_BASE_URL, type AnthropicConnection } from './client.ts';
import { toRequest, type AnthropicProviderOptions } from './convert-request.ts';
import { fromResponse, type AnthropicMetadata } from './convert-response.ts';
import { fromStream } from './convert-stream.ts';

/** For completion in an editor; any other name goes to the API as it is. */
export type AnthropicModel =
  | 'claude-opus-5-5'
  | 'claude-sonnet-5-5'
  | 'claude-haiku-5-5'
  | 'claude-fable-5-2'
  | 'claude-opus-4-8'
  | 'claude-sonnet-4-6'
  | 'claude-haiku-4-5'
  | (string & {});

/** How to reach a model of Anthropic. All but `model` have defaults. */
export interface AnthropicLLMOptions extends LLMSettings, AnthropicConnection {
  model: AnthropicModel;
  /** What is known of the model, over what is declared for the provider. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** Claude, over Anthropic's Messages API. */
export class AnthropicLLM extends BaseLLM<AnthropicProviderOptions, AnthropicMetadata> {
  readonly #metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(given: AnthropicLLMOptions) {
    const options = checkOptions(given, 'configuration');
    super({
      ...options,
      provider: 'anthropic',
      baseURL:
        reading('client', () => options.client?.baseURL, 'configuration') ??
        options.baseURL ??
        DEFAULT_BASE_URL,
      callIds: options.callIds ?? { maxLength: 64 },
    });
    const capabilities = reading(
      'metadata',
      () => ({ ...CAPABILITIES, ...options.metadata?.capabilities }),
      'configuration',
    );
    this.#metadata = reading(
      'metadata',
      () => ({
        isChatModel: true,
        schemaDialect: anthropicDialect,
        ...options.metadata,
        capabilities,
      }),
      'configuration',
    );
    this.#connection = new Connection(options);
  }

  get metadata(): LLMMetadata {
    return this.#metadata;
  }

  async doGenerate(
    request: ChatRequest<AnthropicProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<AnthropicMetadata>> {
    const response = await this.#post(request, attempt, false);
    const about = this.#about();
    return fromResponse(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<AnthropicProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<ChatStreamEvent[]>> {
    const response = await this.#post(request, attempt, true);
    const about = this.#about();
    return streamEvents(response, attempt, fromStream(about), about);
  }

  #post(
    request: ChatRequest<AnthropicProviderOptions>,
    attempt: Attempt,
    stream: boolean,
  ): Promise<Response> {
    const body = toRequest(request, {
      model: this.model,
      maxOutputTokens: this.#metadata.maxOutputTokens,
      warn: (warning) => attempt.warn(warning),
    });
    const { betas } = request.providerOptions?.anthropic ?? {};
    return this.#connection.send({ ...body, stream }, betas, attempt, this);
  }

  #about(): About {
    return { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
  }
}

/** What the API takes; a single model may take less, and says so. */
const CAPABILITIES: LLMMetadata['capabilities'] = {
  streaming: true,
  tools: true,
  parallelTools: true,
  toolChoice: true,
  toolChoiceWithReasoning: false,
  structuredOutput: 'native',
  reasoning: true,
  inputModalities: ['text', 'image', 'document'],
  stop: true,
  seed: false,
  usageInStreams: true,
  caching: true,
};
