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
  type ContentBlock,
  type FinishReason,
  type LLMMetadata,
  type MediaSource,
  type StreamBatch,
  type Usage,
} from '@mortise/core/llm';
import { defined } from '@mortise/core/shared';
import {
  Credentials,
  errorFromResponse,
  guardedFetch,
  malformed,
  readJson,
  readReplyText,
  streamEvents,
  uniqueCallId,
  withOptions,
  type About,
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
      inputModalities: ['text', 'image', 'document'],
      stop: true,
      seed: true,
      usageInStreams: true,
      caching: true,
    },
  };
  readonly #access: Credentials;

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

  override async doStream(request: ChatRequest, attempt: Attempt): Promise<AsyncIterable<StreamBatch>> {
    const response = await this.send({ ...this.body(request, attempt), stream: true }, attempt);
    return this.events(response, attempt);
  }

  body(request: ChatRequest, _attempt: Attempt): Raw {
    const { toolChoice, responseFormat } = request;
    const body = defined({
      model: this.model,
      blocks: request.messages.flatMap((message) =>
        blocksOf(message).flatMap((block) => this.sentBlock(block, message.role)),
      ),
      tools: request.tools?.map(({ name, description, parameters }) => ({ name, description, parameters })),
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

  sentBlock(block: ContentBlock, role: string): Raw[] {
    switch (block.type) {
      case 'text':
        return [{ type: 'text', role, text: block.text, ...this.own(block) }];
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
            text: messageText(block),
            ...(block.isError === true ? { failed: true } : {}),
          },
        ];
      case 'cache-point':
        return [{ type: 'cached' }];
      case 'reasoning':
        return [{ type: 'reasoning', signature: block.signature }];
      case 'image':
      case 'document':
        return [{ type: block.type, ...this.sentMedia(block.source as MediaSource) }];
      default:
        return [];
    }
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
    const about = { provider: this.provider, model: this.model, requestId };
    return errorFromResponse({
      ...about,
      status,
      headers,
      message: error as string,
      code,
      secrets: this.secrets,
    });
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
        return this.owned({ type: 'text', text: raw['text'] as string }, raw);
      case 'reasoning':
        return defined({
          type: 'reasoning' as const,
          text: raw['text'] as string,
          signature: raw['signature'] ?? undefined,
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
    const { in: fresh = 0, cached, written, out = 0, reasoned } = raw;
    return defined({
      inputTokens: fresh + (cached ?? 0) + (written ?? 0),
      outputTokens: out + (reasoned ?? 0),
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
