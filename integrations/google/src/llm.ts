import {
  BaseLLM,
  type Attempt,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type LLMSettings,
} from '@mortise/core';
import { googleDialect } from '@mortise/core/schema';
import { checkOptions, reading } from '@mortise/core/shared';
import { readJson, streamEvents, type About } from '@mortise/core/wire';
import { baseURLOf, Connection, type GoogleConnection } from './client.ts';
import { toRequest, type GoogleProviderOptions } from './convert-request.ts';
import { fromResponse, type GoogleMetadata } from './convert-response.ts';
import { fromStream } from './convert-stream.ts';

/** For completion in an editor; any other name goes to the API as it is. */
export type GoogleModel =
  | 'gemini-3.8-flash'
  | 'gemini-3-pro-preview'
  | 'gemini-2.5-pro'
  | 'gemini-2.5-flash'
  | 'gemini-2.5-flash-lite'
  | (string & {});

/** How to reach a model of Google. All but `model` have defaults. */
export interface GoogleLLMOptions extends LLMSettings, GoogleConnection {
  model: GoogleModel;
  /** What is known of the model, over what is declared for the provider. */
  metadata?: Partial<LLMMetadata> | undefined;
}

/** Gemini, over the Gemini API, or over Vertex AI with a `project`. */
export class GoogleLLM extends BaseLLM<GoogleProviderOptions, GoogleMetadata> {
  readonly #metadata: LLMMetadata;
  readonly #connection: Connection;

  constructor(given: GoogleLLMOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'google', baseURL: baseURLOf(options) });
    this.#metadata = reading(
      'metadata',
      () => ({
        isChatModel: true,
        schemaDialect: googleDialect,
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
    request: ChatRequest<GoogleProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<GoogleMetadata>> {
    const response = await this.#post('generateContent', request, attempt);
    const about = this.#about();
    return fromResponse(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<GoogleProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<ChatStreamEvent[]>> {
    const response = await this.#post('generateContentStream', request, attempt);
    const about = this.#about();
    return streamEvents(response, attempt, fromStream(about), about);
  }

  #post(
    method: 'generateContent' | 'generateContentStream',
    request: ChatRequest<GoogleProviderOptions>,
    attempt: Attempt,
  ): Promise<Response> {
    const body = toRequest(request, { model: this.model, warn: (warning) => attempt.warn(warning) });
    return this.#connection.send(method, () => body, attempt, this);
  }

  #about(): About {
    return { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
  }
}

/** What the API takes; a single model may take less, and says so. Cache points: the API caches by itself, or by a name. */
const CAPABILITIES: LLMMetadata['capabilities'] = {
  streaming: true,
  tools: true,
  parallelTools: true,
  toolChoice: true,
  allowedTools: true,
  structuredOutput: 'native',
  reasoning: true,
  inputModalities: ['text', 'image', 'document', 'audio', 'video'],
  stop: true,
  seed: true,
  usageInStreams: true,
};
