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
import { WireCall } from '../fetch.ts';
import { headersOf, listOf, partOf, providerData, THEIRS, type Part } from '../read.ts';
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
    const call = new WireCall(attempt, { provider: this.provider, model: this.model, secrets });
    // Known only now, where it is a promise.
    const most = (await this.#model.maxEmbeddingsPerCall) ?? inputs.length;
    // A list that is in its places goes on as it is; of several lists each has places of its own.
    if (most >= inputs.length) return this.#embed(inputs, request, call);
    const replies: EmbedReply[] = [];
    for (let at = 0; at < inputs.length; at += Math.max(1, most))
      replies.push(await this.#embed(inputs.slice(at, at + most), request, call));
    return joined(replies);
  }

  async #embed(values: readonly string[], request: EmbedRequest, wire: WireCall): Promise<EmbedReply> {
    const { attempt } = wire;
    const call = this.#call(request, wire.about);
    let reply: Part;
    try {
      reply = partOf(
        await this.#model.doEmbed({ ...call, values: [...values], abortSignal: attempt.signal }),
      );
    } catch (error) {
      throw errorFrom(error, wire.about);
    }
    const { embeddings, usage, response } = reply;
    for (const warning of warningsFrom(reply['warnings'], wire.about, false)) attempt.warn(warning);
    const headers = headersOf(partOf(response)['headers']);
    if (headers !== undefined) attempt.replied?.(headers);
    if (!Array.isArray(embeddings)) throw malformed('no embeddings', wire.about);
    const { tokens } = partOf(usage);
    return {
      embeddings: placed(embeddings as readonly (readonly number[])[], partOf(response)['body']),
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

/** M-02: by the provider's index where its own reply has one, since theirs takes rows as they come. */
function placed(rows: readonly (readonly number[])[], body: unknown): EmbedReply['embeddings'] {
  const data = listOf(partOf(body)['data']);
  const isIndexed = data.length === rows.length && data.every(({ index }) => typeof index === 'number');
  return isIndexed ? rows.map((embedding, at) => ({ index: Number(data[at]?.['index']), embedding })) : rows;
}

type Row = { readonly index: number; readonly embedding: readonly number[] | Float32Array };

/** The replies of one batch that was more than their model takes. */
function joined(replies: readonly EmbedReply[]): EmbedReply {
  let before = 0;
  const embeddings: Row[] = [];
  for (const { embeddings: rows } of replies) {
    rows.forEach((row, at) => {
      const { index, embedding } = 'embedding' in row ? row : { index: at, embedding: row };
      embeddings.push({ index: before + index, embedding });
    });
    before += rows.length;
  }
  const counts = replies.map(({ usage }) => usage?.inputTokens);
  const isCounted = counts.every((count) => count !== undefined);
  const usage = isCounted ? { inputTokens: counts.reduce((sum, count) => sum + count, 0) } : undefined;
  return { embeddings, usage, providerMetadata: replies.at(-1)?.providerMetadata };
}
