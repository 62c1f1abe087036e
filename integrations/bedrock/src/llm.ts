import {
  BaseLLM,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type LLMSettings,
} from '@mortise/core';
import { bedrockDialect } from '@mortise/core/schema';
import { checkOptions, reading } from '@mortise/core/shared';
import { readJson, streamEvents } from '@mortise/core/wire';
import { Connection, type BedrockConnection, type Operation, type Reply } from './client.ts';
import { toRequest, type BedrockProviderOptions } from './convert-request.ts';
import { fromResponse, type BedrockMetadata } from './convert-response.ts';
import { fromStream } from './convert-stream.ts';
import { EVENT_FRAMES } from './event-frames.ts';

/** For completion in an editor; any id of a model or an inference profile, and any ARN of one, goes to the API as it is. */
export type BedrockModel =
  | 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  | 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
  | 'us.amazon.nova-pro-v1:0'
  | 'us.amazon.nova-2-lite-v1:0'
  | 'us.meta.llama4-maverick-17b-instruct-v1:0'
  | 'openai.gpt-oss-120b-1:0'
  | (string & {});

/** How to reach a model of Bedrock. All but `model` have defaults. */
export interface BedrockLLMOptions extends LLMSettings, BedrockConnection {
  model: BedrockModel;
  /** What is known of the model, over what is declared for the provider. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** A language model of Amazon Bedrock, over `Converse` and `ConverseStream`. */
export class BedrockLLM extends BaseLLM<BedrockProviderOptions, BedrockMetadata> {
  readonly #metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(given: BedrockLLMOptions) {
    const options = checkOptions(given, 'configuration');
    // Without an address of the caller's all regions are one server: profiles send requests from one to the other.
    super({ ...options, provider: 'bedrock' });
    this.#metadata = reading(
      'metadata',
      () => ({
        isChatModel: true,
        schemaDialect: bedrockDialect,
        ...options.metadata,
        capabilities: { ...CAPABILITIES, ...options.metadata?.capabilities },
      }),
      'configuration',
    );
    this.#connection = new Connection(options);
  }

  get metadata(): LLMMetadata {
    return this.#metadata;
  }

  async doGenerate(
    request: ChatRequest<BedrockProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<BedrockMetadata>> {
    const { response, about } = await this.#send('Converse', request, attempt);
    return fromResponse(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<BedrockProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<ChatStreamEvent[]>> {
    const { response, about } = await this.#send('ConverseStream', request, attempt);
    return streamEvents(response, attempt, fromStream(about), about, { format: EVENT_FRAMES });
  }

  #send(
    operation: Operation,
    request: ChatRequest<BedrockProviderOptions>,
    attempt: Attempt,
  ): Promise<Reply> {
    const { provider, model } = this;
    const body = toRequest(request, { model, warn: (warning) => attempt.warn(warning) });
    return this.#connection.send(operation, body, attempt, { provider, model });
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
  inputModalities: ['text', 'image', 'document', 'audio', 'video'],
  stop: true,
  seed: false,
  usageInStreams: true,
  caching: true,
};
