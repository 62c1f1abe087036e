import type { Attempt } from '@mortise/core/call';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type LLMSettings,
} from '@mortise/core/llm';
import { checkOptions, reading } from '@mortise/core/shared';
import { readJson, streamEvents } from '@mortise/core/wire';
import { baseURLOf, Connection, type MistralConnection } from './client.ts';
import { prefixOf } from './convert-message.ts';
import { SCHEMA_DIALECT, toRequest, type MistralProviderOptions } from './convert-request.ts';
import { fromResponse } from './convert-response.ts';
import { fromStream } from './convert-stream.ts';
import type { ReplyAbout } from './convert.ts';

/** For completion in an editor; any other name goes to the API as it is. */
export type MistralModel =
  | 'mistral-large-latest'
  | 'mistral-medium-latest'
  | 'mistral-small-latest'
  | 'magistral-medium-latest'
  | 'codestral-latest'
  | 'voxtral-small-latest'
  | (string & {});

/** How to reach a model of Mistral. All but `model` have defaults. */
export interface MistralLLMOptions extends LLMSettings, MistralConnection {
  model: MistralModel;
  /** What is known of the model, over what is declared for the provider. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** A chat model of Mistral AI, or of anyone who speaks its API at `baseURL`. */
export class MistralLLM extends BaseLLM<MistralProviderOptions> {
  readonly metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(given: MistralLLMOptions) {
    const options = checkOptions(given, 'configuration');
    const { callIds = CALL_IDS, metadata } = options;
    super({ ...options, provider: 'mistral', callIds, baseURL: baseURLOf(options) });
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        isChatModel: true,
        schemaDialect: SCHEMA_DIALECT,
        ...metadata,
        capabilities: { ...CAPABILITIES, ...metadata?.capabilities },
      }),
      'configuration',
    );
  }

  async doGenerate(request: ChatRequest<MistralProviderOptions>, attempt: Attempt): Promise<ChatReply> {
    const body = toRequest(request, this.#context(attempt), false);
    const response = await this.#connection.send('complete', body, attempt, this);
    const about = this.#about(request);
    return fromResponse(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<MistralProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<ChatStreamEvent[]>> {
    const body = toRequest(request, this.#context(attempt), true);
    const response = await this.#connection.send('stream', body, attempt, this);
    const about = this.#about(request);
    return streamEvents(response, attempt, fromStream(about), about);
  }

  #context(attempt: Attempt): Parameters<typeof toRequest>[1] {
    return { model: this.model, warn: (warning) => attempt.warn(warning) };
  }

  #about({ messages }: ChatRequest): ReplyAbout {
    const { provider, model } = this;
    return { provider, model, secrets: this.#connection.secrets, prefix: prefixOf(messages) };
  }
}

/** It refuses a call under any other id: https://docs.mistral.ai/capabilities/function_calling */
const CALL_IDS = { characters: 'alphanumeric', length: 9 } as const;

/** What the API takes; a single model may take less, and says so. Cache points: the API caches by itself. */
const CAPABILITIES: LLMMetadata['capabilities'] = {
  streaming: true,
  tools: true,
  parallelTools: true,
  toolChoice: true,
  structuredOutput: 'native',
  reasoning: true,
  inputModalities: ['text', 'image', 'document', 'audio'],
  stop: true,
  seed: true,
  usageInStreams: true,
};
