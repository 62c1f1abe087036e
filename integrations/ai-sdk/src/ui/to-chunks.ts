import type {
  ChatStreamEvent,
  ContentBlock,
  JsonObject,
  ResponseStreamEvent,
  ToolCallBlock,
  ToolResultBlock,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { showError, showEvent, type SSEShow } from '@mortise/core/sse';
import { fileChunk, outputChunk, ownChunk } from './blocks.ts';
import { OURS, type UIChunk, type UIFinishReason } from './chunks.ts';
import { SourceChunks } from './sources.ts';

/** What `streamTools` of `@mortise/toolkit` yields, by its shape. */
export type AgentEvent =
  | { type: 'step-start' | 'step-end'; step: number }
  | { type: 'stream'; step: number; event: ChatStreamEvent }
  | { type: 'response'; step: number; response: object }
  | { type: 'approval-asked'; step: number; call: ToolCallBlock; approval?: { token: string } | undefined }
  | { type: 'approval-given'; step: number; call: ToolCallBlock; approved: boolean }
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
  /**
   * The major of the `ai` that the page has. 5 knows no approvals: there a call that waits for one is a `data-approval`, and one that was
   * refused an error. Default: 7, and the same as 6.
   */
  aiVersion?: 5 | 6 | 7 | undefined;
  /**
   * The `output` of a tool: `text`, as the model reads it; or `data`, where a text that is a JSON object or list is that value, as tools
   * return it. Default: `text`.
   */
  outputs?: 'text' | 'data' | undefined;
}

type Own = { type: `${string}:${string}` };
type Known = Exclude<ChatStreamEvent | ResponseStreamEvent | AgentEvent, Own>;
type KnownBlock = Exclude<ContentBlock, Own>;
type Kind = 'text' | 'reasoning';

/** Translates one stream, event by event. No I/O, no clock, no ids of its own. */
export class UITranslator {
  readonly #options: UIChunksOptions;
  readonly #show: SSEShow;
  /** Texts and reasoning of this step: those that are open, and those that have ended. */
  readonly #parts = new Map<string, { readonly kind: Kind; open: boolean }>();
  /** Ids of calls, by the index of their block in this step. */
  readonly #calls = new Map<number, string>();
  readonly #sources = new SourceChunks();
  /** Agents that are tools, by the ids of their calls. */
  readonly #agents = new Map<string, UITranslator>();
  /** Calls that were asked about in this stream, and those that were refused by what a page had said before it. */
  readonly #asked = new Set<string>();
  readonly #denied = new Set<string>();
  #step = 0;
  #reason: UIFinishReason | undefined;
  #usage: unknown;

  constructor(options: UIChunksOptions) {
    this.#options = options;
    this.#show = options.show ?? {};
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
      this.#step === 0 ? [{ type: 'start', messageId: this.#options.messageId }] : this.#leave();
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
        return 'index' in event
          ? this.#sources.citation(event.citation)
          : this.#sources.place(event.citation);
      case 'sources':
        return event.sources.flatMap(({ node }) => this.#sources.node(node));
      case 'warning':
        return [{ type: 'data-warning', data: event.warning }];
      case 'approval-asked':
        return this.#approval(event);
      case 'approval-given':
        // Of one that is not shown, or that a program was asked about, the page never knew.
        if (!event.approved && this.#show.approvals === true && !this.#asked.has(event.call.id))
          this.#denied.add(event.call.id);
        return [];
      case 'tool-event':
        return this.#agent(event.call.id, (agent) => agent.event(event.event));
      case 'tool-progress': {
        const { call, value } = event;
        return [{ type: 'tool-output-available', toolCallId: call.id, output: value, preliminary: true }];
      }
      case 'tool-end': {
        const { id } = event.call;
        const agent = this.#agents.has(id) ? this.#agent(id, (each) => each.end()) : [];
        this.#agents.delete(id);
        return [...agent, this.#output(event.result)];
      }
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
        return [];
      default:
        return [ownChunk(event)];
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
        return [...begun, ...end, ...citations.flatMap((citation) => this.#sources.citation(citation))];
      }
      case 'tool-call': {
        const { id: toolCallId, name: toolName, arguments: input, invalid, argumentsText } = block;
        if (invalid !== true)
          return [{ type: 'tool-input-available', toolCallId, toolName, input, ...this.#opaque(block) }];
        const errorText = 'What the model wrote is not a JSON object.';
        return [{ type: 'tool-input-error', toolCallId, toolName, input: argumentsText, errorText }];
      }
      case 'tool-result':
        return [this.#output(block)];
      case 'citation':
        return this.#sources.citation(block);
      case 'image':
      case 'audio':
      case 'video':
      case 'document':
        return [fileChunk(block.source)];
      case 'cache-point':
        return [];
      default:
        return [ownChunk(block)];
    }
  }

  /** Only where it is shown: a page that holds the token can decide. It travels as the id, which comes back with the decision. */
  #approval({ call, approval }: Extract<Known, { type: 'approval-asked' }>): UIChunk[] {
    this.#asked.add(call.id);
    if (approval === undefined) return [];
    if (this.#options.aiVersion === 5) return [{ type: 'data-approval', id: call.id, data: approval }];
    return [{ type: 'tool-approval-request', toolCallId: call.id, approvalId: approval.token }];
  }

  /** A message inside the message, chunk by chunk. */
  #agent(toolCallId: string, chunks: (agent: UITranslator) => UIChunk[]): UIChunk[] {
    const { messageId: _outer, ...options } = this.#options;
    const agent = this.#agents.get(toolCallId) ?? new UITranslator(options);
    this.#agents.set(toolCallId, agent);
    return chunks(agent).map((chunk) => ({
      type: 'data-agent',
      transient: true,
      data: { toolCallId, chunk },
    }));
  }

  #output(result: ToolResultBlock): UIChunk {
    const { toolCallId } = result;
    if (this.#denied.delete(toolCallId) && this.#options.aiVersion !== 5)
      return { type: 'tool-output-denied', toolCallId };
    return outputChunk(result, this.#options.outputs);
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
}

const REASONS = ['stop', 'length', 'content-filter', 'tool-calls'] as const;

type Opaque = { providerMetadata?: { [provider: string]: JsonObject } };
