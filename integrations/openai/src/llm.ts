import { MortiseError } from '@mortise/core';
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
import { openaiDialect } from '@mortise/core/schema';
import { readJson, streamEvents } from '@mortise/core/wire';
import { CHAT_COMPLETIONS, RESPONSES, type LoadedApi, type OpenAIApi, type Translation } from './api.ts';
import { baseURLOf, Connection, type ConnectionOptions, type OpenAILLMClient } from './client.ts';
import type { WireAbout } from './convert.ts';
import type { ServerWire } from './server-wire.ts';

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
  /** Default: `responses`. Other vendors' servers speak `chat-completions`, or what a preset brings for them. */
  api?: 'responses' | 'chat-completions' | ((wire: ServerWire) => OpenAIApi) | undefined;
  /** How the server's Chat Completions differ from OpenAI's, for the API that a preset brings. */
  wire?: ServerWire | undefined;
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

/** A model of OpenAI, or of anyone who speaks its wire at `baseURL`. */
export class OpenAILLM extends BaseLLM<OpenAIProviderOptions, OpenAIMetadata> {
  readonly metadata: LLMMetadata;
  readonly #api: LoadedApi & Pick<OpenAILLMOptions, 'maxTokensField'>;
  /** What is said to the API: a preset brings it, our own are loaded at the first call. */
  #translation: Translation | undefined;
  readonly #connection: Connection<OpenAILLMClient>;

  constructor(given: OpenAILLMOptions) {
    const options = checkOptions(given, 'configuration');
    const { api: chosen, wire = {}, maxTokensField, metadata } = options;
    const ours = chosen === 'chat-completions' ? CHAT_COMPLETIONS : RESPONSES;
    const made =
      typeof chosen === 'function'
        ? { ...reading('api', () => madeApi(chosen(wire)), 'configuration') }
        : undefined;
    const api = { ...ours, ...made, maxTokensField };
    super({
      ...options,
      provider: 'openai',
      baseURL: baseURLOf(options),
      callIds: options.callIds ?? { maxLength: api.callIdLength },
    });
    this.#api = api;
    this.#translation = made;
    this.#connection = new Connection(options);
    const { capabilities, schemaDialect = openaiDialect } = api;
    this.metadata = reading(
      'metadata',
      () => ({
        isChatModel: true,
        schemaDialect,
        ...metadata,
        capabilities: { ...capabilities, ...metadata?.capabilities },
      }),
      'configuration',
    );
  }

  async doGenerate(
    request: ChatRequest<OpenAIProviderOptions>,
    attempt: Attempt,
  ): Promise<ChatReply<OpenAIMetadata>> {
    const translation = this.#translation ?? (await this.#loaded());
    const response = await this.#send(translation.toRequest, request, attempt);
    const about = this.#about();
    return translation.fromReply(await readJson(response, attempt, about), about);
  }

  override async doStream(
    request: ChatRequest<OpenAIProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<StreamBatch>> {
    const translation = this.#translation ?? (await this.#loaded());
    const response = await this.#send(translation.toStreamRequest, request, attempt);
    const about = this.#about();
    return streamEvents(response, attempt, translation.fromStream(about), about);
  }

  /** Throws `configuration` where the file of the API is not there; the next call looks for it again. */
  async #loaded(): Promise<Translation> {
    try {
      return (this.#translation = await this.#api.load());
    } catch (cause) {
      const { provider, model } = this;
      throw new MortiseError('configuration', NOT_LOADED, { provider, model, cause });
    }
  }

  #about(): WireAbout {
    return { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
  }

  #send(convert: OpenAIApi['toRequest'], request: ChatRequest, attempt: Attempt): Promise<Response> {
    const body = convert(request, {
      ...this.#about(),
      ...this.metadata,
      warn: (warning) => attempt.warn(warning),
      maxTokensField: this.#api.maxTokensField,
    });
    return this.#connection.send(this.#api.endpoint, body, attempt, this);
  }
}

const NOT_LOADED =
  'A file of @mortise/openai could not be loaded. Deploy all files of the build, or install it again.';

function madeApi(made: OpenAIApi): OpenAIApi {
  if (typeof made.toRequest === 'function') return made;
  throw new TypeError('it makes no API');
}
