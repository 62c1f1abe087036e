import type {
  ChatStreamEvent,
  CitationBlock,
  ContentBlock,
  JsonObject,
  MediaSource,
  NodeWithScore,
  ResponseStreamEvent,
  ToolCallBlock,
  ToolResultBlock,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { showError, showEvent, type SSEShow } from '@mortise/core/sse';
import { OURS, type UIChunk, type UIFinishReason } from './chunks.ts';

/** What `streamTools` of `@mortise/toolkit` yields, by its shape. */
export type AgentEvent =
  | { type: 'step-start' | 'step-end'; step: number }
  | { type: 'stream'; step: number; event: ChatStreamEvent }
  | { type: 'response'; step: number; response: object }
  | { type: 'approval-asked'; step: number; call: ToolCallBlock; approval?: object | undefined }
  | { type: 'approval-given'; step: number; call: ToolCallBlock }
  | { type: 'tool-event'; step: number; call: ToolCallBlock; event: object }
  | { type: 'tool-start'; step: number; call: ToolCallBlock }
  | { type: 'tool-progress'; step: number; call: ToolCallBlock; value: unknown }
  | { type: 'tool-end'; step: number; call: ToolCallBlock; result: ToolResultBlock };

/** The stream of a completion, a chat, an answer from documents, or a loop of tools. */
export type UISource = AsyncIterable<string | ChatStreamEvent | ResponseStreamEvent | AgentEvent>;

export interface UIChunksOptions {
  /** What the page may see besides the answer, as for `toResponse`. Default: none of it. */
  show?: SSEShow | undefined;
  /** The id of the message that arrives. Default: the page makes one. */
  messageId?: string | undefined;
}

type Own = { type: `${string}:${string}` };
type Known = Exclude<ChatStreamEvent | ResponseStreamEvent | AgentEvent, Own>;
type KnownBlock = Exclude<ContentBlock, Own>;
type Kind = 'text' | 'reasoning';

/** Translates one stream, event by event. No I/O, no clock, no ids of its own. */
export class UITranslator {
  readonly #show: SSEShow;
  readonly #messageId: string | undefined;
  /** Texts and reasoning of this step: those that are open, and those that have ended. */
  readonly #parts = new Map<string, { readonly kind: Kind; open: boolean }>();
  /** Ids of calls, by the index of their block in this step. */
  readonly #calls = new Map<number, string>();
  readonly #sources = new Set<string>();
  #citations = 0;
  #step = 0;
  #reason: UIFinishReason | undefined;
  #usage: unknown;

  constructor({ show = {}, messageId }: UIChunksOptions) {
    this.#show = show;
    this.#messageId = messageId;
  }

  event(given: unknown): UIChunk[] {
    const event =
      typeof given === 'string' ? { type: 'text-delta', delta: given } : showEvent(given, this.#show);
    if (event === undefined) return [];
    const { step } = event as { step?: number };
    return [...this.#enter(step ?? 1), ...this.#known(event as Known)];
  }

  end(): UIChunk[] {
    const begun = this.#enter(Math.max(1, this.#step));
    const metadata = this.#usage === undefined ? undefined : { usage: this.#usage };
    const finish: UIChunk = { type: 'finish', finishReason: this.#reason, messageMetadata: metadata };
    return [...begun, ...this.#leave(), finish];
  }

  /** What was open stays so: the page shows it as unfinished. */
  error(thrown: unknown): UIChunk[] {
    const { code, message } = showError(thrown, this.#show);
    return [code === 'aborted' ? { type: 'abort' } : { type: 'error', errorText: message }];
  }

  #enter(step: number): UIChunk[] {
    if (step <= this.#step) return [];
    const before: UIChunk[] =
      this.#step === 0 ? [{ type: 'start', messageId: this.#messageId }] : this.#leave();
    this.#step = step;
    return [...before, { type: 'start-step' }];
  }

  #leave(): UIChunk[] {
    const ends = [...this.#parts].flatMap(([id, part]) => this.#endPart(id, part));
    this.#parts.clear();
    this.#calls.clear();
    return [...ends, { type: 'finish-step' }];
  }

  #known(event: Known): UIChunk[] {
    switch (event.type) {
      case 'stream':
        return this.#known(event.event as Known);
      case 'text-delta':
        return this.#delta('text', 'index' in event ? event.index : 0, event.delta);
      case 'reasoning-delta':
        return this.#delta('reasoning', event.index, event.delta);
      case 'tool-call-start':
        this.#calls.set(event.index, event.id);
        return [{ type: 'tool-input-start', toolCallId: event.id, toolName: event.name }];
      case 'tool-call-delta': {
        const toolCallId = this.#calls.get(event.index);
        if (toolCallId === undefined || event.delta === '') return [];
        return [{ type: 'tool-input-delta', toolCallId, inputTextDelta: event.delta }];
      }
      case 'block':
        return this.#block(event.index, event.block as KnownBlock);
      case 'citation':
        if ('index' in event) return this.#citation(event.citation);
        return [{ type: 'data-citation', id: `citation-${++this.#citations}`, data: event.citation }];
      case 'sources':
        return event.sources.flatMap((source) => this.#source(source));
      case 'warning':
        return [{ type: 'data-warning', data: event.warning }];
      case 'approval-asked':
        // Only where it is shown: a page that holds the token can decide.
        return event.approval === undefined
          ? []
          : [{ type: 'data-approval', id: event.call.id, data: event.approval }];
      case 'tool-progress': {
        const { call, value } = event;
        return [{ type: 'tool-output-available', toolCallId: call.id, output: value, preliminary: true }];
      }
      case 'tool-end':
        return [outputOf(event.result)];
      case 'finish': {
        const { finishReason, usage } = 'response' in event ? event.response : event;
        const word = finishReason?.unified;
        if (word !== undefined) this.#reason = REASONS.find((each) => each === word) ?? 'other';
        this.#usage = usage;
        return [];
      }
      case 'start':
      case 'usage':
      case 'response':
      case 'tool-start':
      case 'step-start':
      case 'step-end':
      case 'approval-given':
      case 'tool-event':
        return [];
      default:
        return [ownPart(event)];
    }
  }

  #block(index: number, block: KnownBlock): UIChunk[] {
    switch (block.type) {
      case 'text':
      case 'reasoning': {
        const id = this.#partId(block.type, index);
        const begun = this.#parts.has(id) ? [] : this.#delta(block.type, index, block.text);
        const part = this.#parts.get(id);
        const end = part === undefined ? [] : this.#endPart(id, part, this.#opaque(block));
        const citations = block.type === 'text' ? (block.citations ?? []) : [];
        return [...begun, ...end, ...citations.flatMap((citation) => this.#citation(citation))];
      }
      case 'tool-call': {
        const { id: toolCallId, name: toolName, arguments: input, invalid, argumentsText } = block;
        if (invalid !== true)
          return [{ type: 'tool-input-available', toolCallId, toolName, input, ...this.#opaque(block) }];
        const errorText = 'What the model wrote is not a JSON object.';
        return [{ type: 'tool-input-error', toolCallId, toolName, input: argumentsText, errorText }];
      }
      case 'tool-result':
        return [outputOf(block)];
      case 'citation':
        return this.#citation(block);
      case 'image':
      case 'audio':
      case 'video':
      case 'document':
        return [fileOf(block.source)];
      case 'cache-point':
        return [];
      default:
        return [ownPart(block)];
    }
  }

  #partId(kind: Kind, index: number): string {
    return `${kind}-${this.#step}-${index}`;
  }

  #delta(kind: Kind, index: number, delta: string): UIChunk[] {
    const id = this.#partId(kind, index);
    const part = this.#parts.get(id);
    // Of a block that has ended: it comes again, and says nothing new.
    if (part?.open === false || (delta === '' && kind === 'text')) return [];
    if (part === undefined) this.#parts.set(id, { kind, open: true });
    const start: UIChunk[] = part === undefined ? [{ type: `${kind}-start`, id }] : [];
    return [...start, { type: `${kind}-delta`, id, delta }];
  }

  #endPart(id: string, part: { readonly kind: Kind; open: boolean }, about: Opaque = {}): UIChunk[] {
    if (!part.open) return [];
    part.open = false;
    return [{ type: `${part.kind}-end`, id, ...about }];
  }

  /** What must go back to the provider, where that is shown. */
  #opaque(block: Extract<KnownBlock, { type: Kind | 'tool-call' }>): Opaque {
    if (this.#show.metadata !== true) return {};
    const { providerMetadata, owner } = block;
    const { id, signature, encrypted } = block.type === 'reasoning' ? block : {};
    const members = defined({ id, signature, encrypted, owner, providerMetadata }) as JsonObject;
    return Object.keys(members).length === 0 ? {} : { providerMetadata: { [OURS]: members } };
  }

  /** An event, and again in its block: shown once. */
  #citation({ url, title, source, quote }: CitationBlock): UIChunk[] {
    const sourceId = url ?? String(source ?? title ?? quote ?? 'source');
    const part = this.#sourcePart(sourceId, title, url);
    const words = JSON.stringify([sourceId, quote]);
    if (quote === undefined || this.#sources.has(words)) return part;
    this.#sources.add(words);
    const id = `citation-${++this.#citations}`;
    return [...part, { type: 'data-citation', id, data: { quote, url, title, source } }];
  }

  #source({ node: { id, metadata } }: NodeWithScore): UIChunk[] {
    const { title, url } = metadata;
    return this.#sourcePart(id, title, url);
  }

  /** Once for each source. A link is one that a page may show: `javascript:` and the like are none. */
  #sourcePart(sourceId: string, title: unknown, url: unknown): UIChunk[] {
    if (this.#sources.has(sourceId)) return [];
    this.#sources.add(sourceId);
    const name = typeof title === 'string' ? { title } : {};
    if (typeof url === 'string' && /^https?:\/\//i.test(url))
      return [{ type: 'source-url', sourceId, url, ...name }];
    return [{ type: 'source-document', sourceId, mediaType: 'text/plain', title: sourceId, ...name }];
  }
}

const REASONS = ['stop', 'length', 'content-filter', 'tool-calls'] as const;

type Opaque = { providerMetadata?: { [provider: string]: JsonObject } };

function outputOf({ toolCallId, content, isError }: ToolResultBlock): UIChunk {
  if (isError !== true) return { type: 'tool-output-available', toolCallId, output: content };
  return {
    type: 'tool-output-error',
    toolCallId,
    errorText: typeof content === 'string' ? content : JSON.stringify(content),
  };
}

/** Bytes are base64 by now. */
function fileOf(source: MediaSource | { text: string }): UIChunk {
  if ('text' in source) {
    const url = `data:text/plain;charset=utf-8,${encodeURIComponent(source.text)}`;
    return { type: 'file', url, mediaType: 'text/plain' };
  }
  if ('url' in source) {
    return { type: 'file', url: source.url, mediaType: source.mediaType ?? 'application/octet-stream' };
  }
  const { data, mediaType } = source;
  return { type: 'file', url: `data:${mediaType};base64,${String(data)}`, mediaType };
}

/** Of one provider, or of a later version. */
function ownPart(data: { readonly type: string }): UIChunk {
  return { type: `data-${data.type.replace(':', '-')}`, data };
}
