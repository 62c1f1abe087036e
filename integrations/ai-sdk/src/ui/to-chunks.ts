import type { ChatStreamEvent, ContentBlock, ResponseStreamEvent, ToolResultBlock } from '@mortise/core';
import { showError, showEvent, type SSEShow } from '@mortise/core/sse';
import { fileChunk, opaqueOf, outputChunk, ownChunk, type Opaque } from './blocks.ts';
import { OURS, type UIChunk, type UIFinishReason } from './chunks.ts';
import type { AgentEvent } from './events.ts';
import { insideCall } from './inside.ts';
import { SourceChunks } from './sources.ts';

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

/**
 * Who reads the chunks: a page; a page that is shown an agent inside, of which the one outside tells what is asked of people; or a
 * protocol that tells agents apart by itself.
 */
type Reader = 'page' | 'inside' | 'subagents';

/** Translates one stream, event by event. No I/O, no clock, no ids of its own. */
export class UITranslator {
  readonly #options: UIChunksOptions;
  readonly #show: SSEShow;
  readonly #reader: Reader;
  /** Texts and reasoning of this step: those that are open, and those that have ended. */
  readonly #parts = new Map<string, { readonly kind: Kind; open: boolean }>();
  /** Ids of calls, by the index of their block in this step. */
  readonly #calls = new Map<number, string>();
  readonly #sources = new SourceChunks();
  /** Agents that are tools, by the ids of their calls. */
  readonly #agents = new Map<string, UITranslator>();
  /** Calls that were asked about in this stream, and those that a page refused before it. */
  readonly #asked = new Set<string>();
  readonly #denied = new Set<string>();
  /** Calls inside agents that the page has parts of, since it decides about them. */
  readonly #lifted = new Set<string>();
  /** The last step that such parts stand behind. */
  #liftStep = 0;
  #step = 0;
  #reason: UIFinishReason | undefined;
  #usage: unknown;

  constructor(options: UIChunksOptions, reader: Reader = 'page') {
    this.#options = options;
    this.#reader = reader;
    this.#show = options.show ?? {};
  }

  event(given: unknown): UIChunk[] {
    const { type, event: inside } = Object(given) as { type?: unknown; event?: unknown };
    // Of a conversation with tools: shown as the same of a loop, not as an event of one provider.
    if (type === 'tools:event') return this.event(inside);
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
        return this.#reader === 'inside' ? [] : this.#approval(event.call.id, event.approval);
      case 'approval-given':
        if (!event.approved && this.#isDecidedByPage(event.call.id)) this.#denied.add(event.call.id);
        return [];
      case 'tool-event':
        return [...this.#agent(event.call.id, (agent) => agent.event(event.event)), ...this.#lift(event)];
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
        const end = part === undefined ? [] : this.#endPart(id, part, opaqueOf(block, this.#show));
        const citations = block.type === 'text' ? (block.citations ?? []) : [];
        return [...begun, ...end, ...citations.flatMap((citation) => this.#sources.citation(citation))];
      }
      case 'tool-call': {
        const { id: toolCallId, name: toolName, arguments: input, invalid, argumentsText } = block;
        if (invalid !== true)
          return [
            { type: 'tool-input-available', toolCallId, toolName, input, ...opaqueOf(block, this.#show) },
          ];
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
  #approval(id: string, approval: { token: string } | undefined): UIChunk[] {
    this.#asked.add(id);
    if (approval === undefined) return [];
    if (this.#options.aiVersion === 5) return [{ type: 'data-approval', id, data: approval }];
    return [{ type: 'tool-approval-request', toolCallId: id, approvalId: approval.token }];
  }

  /** Of a call that is not shown, or that a program was asked about in this stream, the page never knew. */
  #isDecidedByPage(id: string): boolean {
    return this.#show.approvals === true && !this.#asked.has(id);
  }

  /** A call inside an agent about which this page decides is a part of its own, beside that of the agent's call. */
  #lift(outer: Extract<Known, { type: 'tool-event' }>): UIChunk[] {
    const inside = this.#reader === 'inside' ? undefined : insideCall(outer);
    if (inside === undefined) return [];
    const { id, event } = inside;
    if (event.type === 'approval-given') {
      if (this.#reader === 'subagents' || !this.#isDecidedByPage(id)) return [];
      this.#lifted.add(id);
      if (!event.approved) this.#denied.add(id);
      return [];
    }
    if (event.type === 'tool-end')
      return this.#lifted.delete(id) ? [this.#output({ ...event.result, toolCallId: id })] : [];
    const asked = this.#approval(id, event.approval);
    if (asked.length === 0 || this.#reader === 'subagents') return asked;
    this.#lifted.add(id);
    // A step of their own: a page sends what was decided once every call of the last step is settled, and the agent's is not.
    const step: UIChunk[] = this.#liftStep === this.#step ? [] : [...this.#leave(), { type: 'start-step' }];
    this.#liftStep = this.#step;
    const { name: toolName, arguments: input } = event.call;
    const providerMetadata = { [OURS]: { inside: outer.call.id } };
    return [
      ...step,
      { type: 'tool-input-available', toolCallId: id, toolName, input, providerMetadata },
      ...asked,
    ];
  }

  /** A message inside the message, chunk by chunk. */
  #agent(toolCallId: string, chunks: (agent: UITranslator) => UIChunk[]): UIChunk[] {
    const { messageId: _outer, ...options } = this.#options;
    const agent = this.#agents.get(toolCallId) ?? new UITranslator(options, 'inside');
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
}

const REASONS = ['stop', 'length', 'content-filter', 'tool-calls'] as const;
