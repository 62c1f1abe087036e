import {
  BaseEmbedding,
  MortiseError,
  type Attempt,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
  type ProviderOptions,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { malformed, type About } from '@mortise/core/wire';
import { headersOf, partOf, providerData, THEIRS, type Part } from '../read.ts';
import type { AISDKEmbeddingModel } from '../spec.ts';
import { secretsOf, theirsOf } from './about.ts';
import { errorFrom } from './errors.ts';
import { warningsFrom } from './warnings.ts';

/** How an embedding model of the AI SDK is called. All have defaults. */
export interface FromAISDKEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'> {
  /** What is known of the model, over what is known of its provider. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Keys and the like that no error may show, besides those that the model's own headers tell. */
  secrets?: readonly string[] | undefined;
}

/** Texts of a request where their model names no limit, or not before it is asked. */
const BATCH = 2048;

/** An embedding model of theirs. It makes one request; core batches and retries. */
export class AISDKEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly #model: AISDKEmbeddingModel;
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #secrets: readonly string[];

  constructor(model: AISDKEmbeddingModel, options: FromAISDKEmbeddingOptions = {}) {
    const { key } = theirsOf(model);
    const { concurrency = model.supportsParallelCalls === true ? undefined : 1 } = options;
    super({ ...options, concurrency, provider: key, model: model.modelId });
    const { maxEmbeddingsPerCall: most } = model;
    this.metadata = {
      maxBatchSize: typeof most === 'number' && Number.isSafeInteger(most) && most >= 1 ? most : BATCH,
      asymmetric: key in KINDS,
      ...options.metadata,
    };
    this.#model = model;
    this.#headers = options.headers;
    this.#secrets = [...(options.secrets ?? []), ...Object.values(options.headers ?? {})];
  }

  async doEmbed(inputs: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const secrets = [...this.#secrets, ...(await secretsOf(this.#model))];
    const about: About = { provider: this.provider, model: this.model, secrets };
    // Known only now, where it is a promise.
    const most = (await this.#model.maxEmbeddingsPerCall) ?? inputs.length;
    const replies: EmbedReply[] = [];
    for (let at = 0; at < inputs.length; at += Math.max(1, most))
      replies.push(await this.#embed(inputs.slice(at, at + most), request, attempt, about));
    const [first] = replies;
    if (replies.length === 1 && first !== undefined) return first;
    const counts = replies.map(({ usage }) => usage?.inputTokens);
    const isCounted = counts.every((count) => count !== undefined);
    return {
      embeddings: replies.flatMap(({ embeddings }) => embeddings as readonly (readonly number[])[]),
      usage: isCounted ? { inputTokens: counts.reduce((sum, count) => sum + count, 0) } : undefined,
      providerMetadata: replies.at(-1)?.providerMetadata,
    };
  }

  async #embed(
    values: readonly string[],
    request: EmbedRequest,
    attempt: Attempt,
    about: About,
  ): Promise<EmbedReply> {
    const call = this.#call(request, about);
    let reply: Part;
    try {
      reply = partOf(
        await this.#model.doEmbed({ ...call, values: [...values], abortSignal: attempt.signal }),
      );
    } catch (error) {
      throw errorFrom(error, about);
    }
    const { embeddings, usage, response } = reply;
    for (const warning of warningsFrom(reply['warnings'], about, false)) attempt.warn(warning);
    const headers = headersOf(partOf(response)['headers']);
    if (headers !== undefined) attempt.replied?.(headers);
    if (!Array.isArray(embeddings)) throw malformed('no embeddings', about);
    const { tokens } = partOf(usage);
    return {
      embeddings: embeddings as readonly (readonly number[])[],
      usage: typeof tokens === 'number' && tokens > 0 ? { inputTokens: tokens } : undefined,
      providerMetadata: providerData(reply['providerMetadata']),
    };
  }

  #call({ kind, dimensions, providerOptions }: EmbedRequest, { provider }: About): Part {
    const { [THEIRS]: own, ...given } = providerOptions ?? {};
    const word = (KINDS[provider] ?? {})[kind];
    const named = dimensions === undefined ? undefined : DIMENSIONS[provider];
    const isV4 = this.#model.specificationVersion === 'v4';
    if (dimensions !== undefined && named === undefined && !isV4) {
      const message = `How ${provider} takes dimensions is not known. Give its own option in providerOptions.`;
      throw new MortiseError('unsupported', message, { provider, model: this.model });
    }
    const said = { ...word, ...(named === undefined ? {} : { [named]: dimensions }) };
    const options: ProviderOptions = { ...given };
    if (Object.keys(said).length > 0) options[provider] = { ...said, ...given[provider] };
    return {
      ...defined({ dimensions: isV4 ? dimensions : undefined, headers: this.#headers }),
      ...(Object.keys(options).length > 0 ? { providerOptions: options } : {}),
      ...own,
    };
  }
}

/** What some providers call a query and a document. Cohere's package embeds documents as queries unless it is told. */
const KINDS: { readonly [provider: string]: { readonly [kind: string]: Part } } = {
  cohere: { query: { inputType: 'search_query' }, document: { inputType: 'search_document' } },
  google: { query: { taskType: 'RETRIEVAL_QUERY' }, document: { taskType: 'RETRIEVAL_DOCUMENT' } },
  voyage: { query: { inputType: 'query' }, document: { inputType: 'document' } },
};

/** What some providers call it; some of their packages read nothing else, in V4 too. */
const DIMENSIONS: { readonly [provider: string]: string } = {
  openai: 'dimensions',
  google: 'outputDimensionality',
  cohere: 'outputDimension',
  mistral: 'outputDimension',
  voyage: 'outputDimension',
};
