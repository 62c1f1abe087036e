import type { WireTarget } from '@mortise/conformance';
import type { Attempt, MortiseError } from '@mortise/core';
import {
  BaseLLM,
  blocksOf,
  messageText,
  sentArguments,
  toolCallBlock,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type CitationBlock,
  type ContentBlock,
  type FinishReason,
  type DocumentBlock,
  type LLMMetadata,
  type MediaSource,
  type StreamBatch,
  type ToolResultBlock,
  type Usage,
} from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import {
  Credentials,
  describeFailure,
  errorFromResponse,
  guardedFetch,
  malformed,
  readJson,
  readReplyText,
  streamEvents,
  uniqueCallId,
  withOptions,
  type About,
  type SaidFailure,
} from '@mortise/core/wire';
import { base64 } from './dialect.ts';
import { ReferenceTranslator } from './translator.ts';

export type Raw = Record<string, any>;

/** The ends that it knows. */
const KNOWN: ReadonlySet<string> = new Set(['stop', 'length', 'tool-calls', 'content-filter']);

export const KEY = 'key-of-the-reference';

const ACCESS = {
  provider: 'reference',
  name: 'Reference',
  variable: 'REFERENCE_API_KEY',
  defaultBaseURL: 'http://127.0.0.1',
};

/** An adapter that does everything right, in small steps, each of which a mutant can do wrong. */
export class ReferenceLLM extends BaseLLM {
  readonly metadata: LLMMetadata = {
    isChatModel: true,
    capabilities: {
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
      caching: true,
    },
  };
  readonly #access: Credentials;
  /** Of the request that is made: what is left out is said to it. */
  attempt: Attempt | undefined;

  constructor({ url, settings: { headers, ...settings } }: WireTarget) {
    super({ provider: 'reference', model: 'reference-1', ...settings });
    this.#access = new Credentials({ apiKey: KEY, baseURL: url, headers }, ACCESS);
  }

  get url(): string {
    const { baseURL, query } = this.#access;
    return query.size === 0 ? baseURL : `${baseURL}?${query.toString()}`;
  }

  get secrets(): readonly (string | undefined)[] {
    return this.#access.secrets;
  }

  async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    const response = await this.send(this.body(request, attempt), attempt);
    return this.reply(await this.json(response, attempt));
  }

  readonly countsAsked: boolean = true;

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const response = await this.send(
      { ...this.body(request, attempt), stream: true, counts: this.countsAsked },
      attempt,
    );
    return this.events(response, attempt);
  }

  body(request: ChatRequest, attempt: Attempt): Raw {
    this.attempt = attempt;
    const { toolChoice, responseFormat } = request;
    const body = defined({
      model: this.model,
      ...this.conversation(request),
      format: this.format(request),
      tool_choice: typeof toolChoice === 'object' && 'tool' in toolChoice ? toolChoice.tool : toolChoice,
      schema: responseFormat?.type === 'json' ? (responseFormat.schema ?? true) : undefined,
      max_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      stop: request.stop,
      seed: request.seed,
      reasoning: request.reasoning,
    });
    return withOptions(body, request.providerOptions?.['reference']);
  }

  /** A cache point before everything is on the last tool. */
  conversation({ messages, tools }: ChatRequest): Raw {
    const blocks = messages.flatMap((message) =>
      blocksOf(message).flatMap((block) => this.sentBlock(block, message.role)),
    );
    const documents = blocks.filter(({ type }) => type === 'document');
    documents.forEach((document, at) => (document['id'] = this.documentId(at)));
    const sent = tools?.map(({ name, description, parameters, strict }) =>
      defined({ name, description, parameters, strict }),
    );
    const isFirst = blocks[0]?.['type'] === 'cached' && sent !== undefined;
    if (isFirst) Object.assign(sent.at(-1)!, { cached: true });
    return { blocks: isFirst ? blocks.slice(1) : blocks, tools: sent };
  }

  documentId(at: number): string {
    return `document-${at}`;
  }

  format({ responseFormat }: ChatRequest): Raw | undefined {
    if (responseFormat?.type !== 'json' || responseFormat.schema === undefined) return undefined;
    const { name, description } = responseFormat;
    return { name, description };
  }

  sentBlock(block: ContentBlock, role: string): Raw[] {
    switch (block.type) {
      case 'text':
        return [
          defined({
            type: 'text',
            role,
            text: block.text,
            cited: block.citations?.map(({ providerMetadata }) => providerMetadata?.['reference']),
            ...this.own(block),
          }),
        ];
      case 'tool-call':
        return [
          {
            type: 'call',
            id: block.id,
            name: block.name,
            arguments: JSON.stringify(sentArguments(block)),
            ...this.own(block),
          },
        ];
      case 'tool-result':
        return [
          {
            type: 'result',
            id: block.toolCallId,
            name: block.toolName,
            text: messageText(block),
            media: this.sentResult(block.content),
            ...(block.isError === true ? { failed: true } : {}),
          },
        ];
      case 'cache-point':
        return [defined({ type: 'cached', ttl: block.ttl })];
      case 'reasoning':
        return [defined({ type: 'reasoning', signature: block.signature, sealed: block.encrypted })];
      case 'document':
        return [this.sentDocument(block)];
      case 'image':
        return [defined({ type: 'image', detail: block.detail, ...this.sentMedia(block.source) })];
      case 'audio':
        return [{ type: 'audio', ...this.sentMedia(block.source) }];
      default:
        return this.stranger(block);
    }
  }

  /** What is of nobody here is left out, and said. */
  stranger(block: ContentBlock): Raw[] {
    const { type, value } = block as Raw;
    if (type.startsWith('reference:')) return [{ ...(value as Raw), type: type.slice('reference:'.length) }];
    if (type !== 'citation') this.attempt?.warn({ type: 'other', message: `${type} was left out.` });
    return [];
  }

  sentDocument({ source, title, context, citations }: DocumentBlock): Raw {
    const said = 'text' in source ? { text: source.text } : this.sentMedia(source);
    return defined({ type: 'document', title, context, cite: citations, ...said });
  }

  /** What a tool gave besides text. */
  sentResult(content: ToolResultBlock['content']): Raw[] | undefined {
    if (typeof content === 'string') return undefined;
    return content.filter(({ type }) => type !== 'text').flatMap((block) => this.sentBlock(block, 'tool'));
  }

  /** What only the server knows. */
  own(block: ContentBlock): Raw {
    const own = (block.providerMetadata as Raw | undefined)?.['reference'] as Raw | undefined;
    return own === undefined ? {} : { own };
  }

  sentMedia(source: MediaSource): Raw {
    if ('url' in source) return { url: source.url };
    return { mediaType: source.mediaType, data: base64(source.data) };
  }

  async send(body: Raw, attempt: Attempt): Promise<Response> {
    const response = await this.fetch(this.url, this.init(body, attempt));
    if (response.ok) return response;
    throw this.failure(response.status, response.headers, await this.refusal(response, attempt));
  }

  about(): About {
    return { provider: this.provider, model: this.model, secrets: this.secrets };
  }

  /** Redirects to another origin are refused. */
  fetch(url: string, init: RequestInit): Promise<Response> {
    return guardedFetch({ provider: this.provider })(url, init);
  }

  refusal(response: Response, attempt: Attempt): Promise<string> {
    return readReplyText(response, attempt, this.about());
  }

  init(body: Raw, attempt: Attempt): RequestInit {
    const own = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const headers = { ...own, ...this.#access.headers };
    return { method: 'POST', headers, body: JSON.stringify(body), signal: attempt.signal };
  }

  failure(status: number, headers: Headers, text: string): MortiseError {
    let body: Raw = {};
    try {
      body = JSON.parse(text) as Raw;
    } catch {
      // A proxy's page says nothing.
    }
    const { error, kind } = body;
    const code = kind === 'quota' || kind === 'context-length' ? (kind as 'quota') : undefined;
    const requestId = headers.get('x-request-id') ?? undefined;
    const { retryAfterMs } = this.said(body);
    const about = { provider: this.provider, model: this.model, requestId };
    return errorFromResponse({
      ...about,
      status,
      headers,
      message: error as string,
      retryAfterMs,
      code,
      secrets: this.secrets,
    });
  }

  said(body: Raw): SaidFailure {
    return describeFailure(body);
  }

  json(response: Response, attempt: Attempt): Promise<Raw> {
    return readJson(response, attempt, this.about());
  }

  reply({ id, model, created, blocks, finish, usage, blocked }: Raw): ChatReply {
    if (typeof blocked === 'string') return { content: [], finishReason: this.blocked(blocked) };
    if (!Array.isArray(blocks)) throw malformed('JSON that is not a reply', this);
    return {
      id: id as string,
      model: model as string,
      createdAt: this.time(created as number),
      content: blocks.map((raw: Raw) => this.block(raw)),
      finishReason: this.finish(finish as string),
      usage: usage === undefined ? undefined : this.usage(usage as Raw),
    };
  }

  time(seconds: number): string {
    return new Date(seconds * 1_000).toISOString();
  }

  block(raw: Raw): ContentBlock {
    switch (raw['type']) {
      case 'text':
        return this.owned(this.textBlock(raw), raw);
      case 'reasoning':
        return defined({
          type: 'reasoning' as const,
          text: raw['text'] as string,
          signature: raw['signature'] ?? undefined,
          encrypted: raw['sealed'] ?? undefined,
        });
      case 'call':
        return this.owned(
          this.call(raw['id'] as string, raw['name'] as string, raw['text'] as string | null),
          raw,
        );
      default:
        return { type: `reference:${raw['type']}`, value: { ...raw, text: undefined } };
    }
  }

  textBlock({ text, cited = [] }: Raw): ContentBlock {
    const citations = (cited as Raw[]).map((raw) => this.citation(raw));
    return { type: 'text', text: text as string, ...(citations.length === 0 ? {} : { citations }) };
  }

  citation(raw: Raw): CitationBlock {
    const { title, quote, url, start, end, document } = raw;
    const source = document === undefined ? undefined : Number(/\d+$/.exec(document as string)?.[0]);
    const providerMetadata = { reference: raw };
    return defined({ type: 'citation' as const, title, quote, url, start, end, source, providerMetadata });
  }

  owned(block: ContentBlock, { own }: Raw): ContentBlock {
    return own == null ? block : { ...block, providerMetadata: { reference: own as Raw } };
  }

  call(id: string, name: string, text: string | null): ContentBlock {
    return toolCallBlock(this.id(id), name, text ?? '');
  }

  id(id: string): string {
    return id === '' ? uniqueCallId() : id;
  }

  finish(raw: string): FinishReason {
    return { unified: KNOWN.has(raw) ? raw : 'other', raw };
  }

  blocked(raw: string): FinishReason {
    return { unified: 'content-filter', raw };
  }

  usage(raw: Raw): Usage {
    const { in: fresh, cached, written, out, reasoned, tools } = raw;
    return defined({
      inputTokens: fresh == null ? undefined : fresh + (cached ?? 0) + (written ?? 0) + (tools ?? 0),
      outputTokens: out == null ? undefined : out + (reasoned ?? 0),
      cachedInputTokens: cached ?? undefined,
      cacheWriteTokens: written ?? undefined,
      reasoningTokens: reasoned ?? undefined,
      raw,
    });
  }

  events(response: Response, attempt: Attempt): AsyncIterable<StreamBatch> {
    return streamEvents<ChatStreamEvent>(response, attempt, this.translator(), this.about());
  }

  translator(): ReferenceTranslator {
    return new ReferenceTranslator(this);
  }
}
