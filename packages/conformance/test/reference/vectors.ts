import { Buffer } from 'node:buffer';
import type {
  EmbeddingDialect,
  EmbeddingTarget,
  RerankDialect,
  RerankerTarget,
  SentInput,
} from '@mortise/conformance';
import type { Attempt, MortiseError } from '@mortise/core';
import {
  BaseEmbedding,
  type EmbeddingMetadata,
  type EmbeddingInput,
  type EmbedReply,
  type EmbedRequest,
  type IndexedRow,
} from '@mortise/core/embedding';
import type { ImageBlock } from '@mortise/core/llm';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { base64Of, defined } from '@mortise/core/shared';
import {
  Credentials,
  errorFromResponse,
  float32FromBase64,
  guardedFetch,
  malformed,
  readJson,
} from '@mortise/core/wire';

export type Raw = Record<string, any>;

export const KEY = 'key-of-the-reference';

const ACCESS = {
  provider: 'reference',
  name: 'Reference',
  variable: 'REFERENCE_API_KEY',
  defaultBaseURL: 'http://127.0.0.1',
};

const failure: EmbeddingDialect['failure'] = ({ kind, message }) => ({
  body: { error: message, kind: kind ?? null },
  headers: {},
});
const member = (name: string) => (request: { readonly body: unknown }) =>
  (request.body as Raw | undefined)?.[name] as never;

/** Nobody's wire formats, which can say everything, so that no case is skipped. */
export const referenceEmbed: EmbeddingDialect = {
  name: 'reference-embed',
  without: {},
  model: member('model'),
  inputs: member('texts'),
  encoding: () => 'base64',
  dimensions: member('dimensions'),
  kind: member('kind'),
  blocks: member('texts'),
  truncated: (body, inputs) => ({ ...body, cut: [...inputs] }),
  warned: (body, message) => ({ ...body, warning: message }),
  body: (rows, { encoding, inputTokens }) => ({
    rows: rows.map(({ index, vector }) => ({
      index,
      vector: encoding === 'float' ? [...vector] : packed(vector),
    })),
    ...(inputTokens === undefined ? {} : { tokens: inputTokens }),
  }),
  requestId: 'x-request-id',
  failure,
};

export const referenceRerank: RerankDialect = {
  name: 'reference-rerank',
  without: {},
  model: member('model'),
  query: member('query'),
  documents: member('documents'),
  topN: member('top'),
  body: (results) => ({ results: results.map((result) => ({ ...result })) }),
  usage: (count) => ({ tokens: count }),
  warned: (body, message) => ({ ...body, warning: message }),
  requestId: 'x-request-id',
  failure,
};

function packed(vector: readonly (number | null)[]): string {
  return Buffer.from(Float32Array.from(vector, (value) => value ?? NaN).buffer).toString('base64');
}

/** One request, in steps that a mutant can do wrong. */
export class ReferenceClient {
  readonly #access: Credentials;

  constructor(baseURL: string, headers?: Readonly<Record<string, string>>) {
    this.#access = new Credentials({ apiKey: KEY, baseURL, headers }, ACCESS);
  }

  get url(): string {
    const { baseURL, query } = this.#access;
    return query.size === 0 ? baseURL : `${baseURL}?${query.toString()}`;
  }

  get secrets(): readonly (string | undefined)[] {
    return this.#access.secrets;
  }

  async send(body: Raw, attempt: Attempt): Promise<Raw> {
    const response = await this.fetch(this.init(body, attempt));
    if (!response.ok) throw this.failure(response.status, response.headers, await response.text());
    return this.json(response, attempt);
  }

  fetch(init: RequestInit): Promise<Response> {
    return guardedFetch({ provider: 'reference' })(this.url, init);
  }

  init(body: Raw, attempt: Attempt): RequestInit {
    const own = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const headers = { ...own, ...this.#access.headers };
    return { method: 'POST', headers, body: JSON.stringify(body), signal: attempt.signal };
  }

  failure(status: number, headers: Headers, text: string): MortiseError {
    const { error, kind } = (text.startsWith('{') ? JSON.parse(text) : {}) as Raw;
    const code = kind === 'quota' || kind === 'context-length' ? (kind as 'quota') : undefined;
    const message = error as string;
    const requestId = headers.get('x-request-id') ?? undefined;
    const about = { provider: 'reference', requestId };
    return errorFromResponse({ ...about, status, headers, message, code, secrets: this.secrets });
  }

  json(response: Response, attempt: Attempt): Promise<Raw> {
    return readJson(response, attempt, { provider: 'reference', secrets: this.secrets });
  }
}

/** Texts as they are, blocks as a list of theirs. */
function sent(input: EmbeddingInput): SentInput {
  if (typeof input === 'string') return input;
  return input.map((block) => {
    if (block.type === 'text') return block.text;
    const { mediaType, data } = (block as ImageBlock).source as { mediaType: string; data: Uint8Array };
    return { mediaType, data: base64Of(data) };
  });
}

/** What the server warns of. */
function warn({ warning }: Raw, attempt: Attempt): void {
  if (typeof warning === 'string') attempt.warn({ type: 'other', message: warning });
}

type ClientClass = new (url: string, headers?: Readonly<Record<string, string>>) => ReferenceClient;

/** Adapters that do everything right. */
export class ReferenceEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = {
    maxBatchSize: 4,
    asymmetric: true,
    inputModalities: ['text', 'image'],
  };
  readonly #client: ReferenceClient;

  constructor(
    { url, settings: { headers, ...settings } }: EmbeddingTarget,
    Client: ClientClass = ReferenceClient,
  ) {
    super({ provider: 'reference', model: 'reference-1', ...settings });
    this.#client = new Client(url, headers);
  }

  async doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const raw = await this.#client.send(this.body(inputs.map(sent), request), attempt);
    this.warn(raw, attempt);
    return this.reply(raw);
  }

  body(texts: readonly SentInput[], { kind, dimensions, providerOptions }: EmbedRequest): Raw {
    return { ...defined({ model: this.model, texts, kind, dimensions }), ...providerOptions?.['reference'] };
  }

  reply({ rows, tokens, cut }: Raw): EmbedReply {
    if (!Array.isArray(rows)) throw malformed('JSON without rows', { provider: 'reference' });
    return {
      embeddings: rows.map((row: Raw) => this.row(row)),
      usage: { inputTokens: tokens as number },
      truncated: cut as number[],
    };
  }

  warn(raw: Raw, attempt: Attempt): void {
    warn(raw, attempt);
  }

  row({ index, vector }: Raw): IndexedRow {
    const embedding =
      typeof vector === 'string'
        ? float32FromBase64(vector, { provider: 'reference' })
        : (vector as number[]);
    return { index: index as number, embedding };
  }
}

export class ReferenceReranker extends BaseReranker {
  readonly metadata: RerankerMetadata = { maxDocuments: 4, comparableScores: true };
  readonly #client: ReferenceClient;

  constructor(
    { url, settings: { headers, ...settings } }: RerankerTarget,
    Client: ClientClass = ReferenceClient,
  ) {
    super({ provider: 'reference', model: 'reference-1', ...settings });
    this.#client = new Client(url, headers);
  }

  async doRerank(request: RankRequest, attempt: Attempt): Promise<RankReply> {
    const raw = await this.#client.send(this.body(request), attempt);
    this.warn(raw, attempt);
    return this.reply(raw);
  }

  body({ query, documents, topN, providerOptions }: RankRequest): Raw {
    return { model: this.model, query, documents, top: topN, ...providerOptions?.['reference'] };
  }

  warn(raw: Raw, attempt: Attempt): void {
    warn(raw, attempt);
  }

  reply({ results, tokens }: Raw): RankReply {
    if (!Array.isArray(results)) throw malformed('JSON without results', { provider: 'reference' });
    return { results: results as RankReply['results'], usage: { inputTokens: tokens as number } };
  }
}
