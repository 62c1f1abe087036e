import type { AnsweredBy, Warning } from '../call/contract.ts';
import { counted } from '../call/counted.ts';
import { MortiseError, type MortiseErrorOptions } from '../errors.ts';
import { defined, isDeeper } from '../shared/json.ts';
import { failedEnd } from '../wire/failure-words.ts';
import type {
  ChatReply,
  ChatResponse,
  ChatStreamEvent,
  CompletionResponse,
  FinishReason,
  PartialChatResponse,
} from './contract.ts';
import type { Usage } from './usage-contract.ts';
import type { CitationBlock, ContentBlock, ToolCallBlock } from './message-contract.ts';
import type { ProviderMetadata } from '../call/contract.ts';
import { messageText, toolCallBlock } from './message.ts';
import { stamped } from './owner.ts';

/** Who was asked. */
export interface Asked extends AnsweredBy {
  /** Stands in the response unless the reply names another. */
  readonly model: string;
}

/** The one place where a reply becomes a response, so that a stream's `final()` equals `chat()`. */
export function toChatResponse<M>(
  reply: ChatReply<M>,
  { model, ...answeredBy }: Asked,
  warnings: readonly Warning[],
  owner?: string,
): ChatResponse<M> {
  refuseDeep(reply.content);
  const content = withOwnIds(reply.content).map((block) => stamped(block, owner));
  const [usage, odd] = counted(reply.usage ?? {}, COUNTS);
  const message = { role: 'assistant' as const, content };
  return defined({
    message,
    text: messageText(message),
    toolCalls: content.filter(isToolCall),
    citations: content.flatMap(citationsOf),
    finishReason: reply.finishReason,
    usage: mergeUsage({}, usage),
    warnings: [...warnings, ...(reply.warnings ?? []), ...odd],
    providerMetadata: reply.providerMetadata,
    id: reply.id,
    provider: answeredBy.provider,
    server: answeredBy.server,
    model: reply.model ?? model,
    createdAt: reply.createdAt,
  });
}

/** Beyond it what copies and hashes a reply could not. The wire's own bound is lower or the same. */
const MAX_DEPTH = 1_000;

function refuseDeep(content: readonly ContentBlock[]): void {
  if (!isDeeper(content, MAX_DEPTH)) return;
  const message = `The reply holds containers nested deeper than ${MAX_DEPTH}; no such reply is taken.`;
  throw new MortiseError('malformed-response', message);
}

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const;

/** E-06: what must not pass for an answer: an end that is a failure, and one to call tools without a call. */
export function checkEnd(
  { unified, raw }: FinishReason,
  about: Pick<MortiseErrorOptions, 'provider' | 'model' | 'partial'>,
  content?: readonly ContentBlock[],
): void {
  const isError = unified === 'error';
  const code =
    isError || unified === 'other' ? (failedEnd(raw) ?? (isError ? 'server' : undefined)) : undefined;
  const isBroken = code === undefined && unified === 'tool-calls' && content?.some(isCall) === false;
  if (code === undefined && !isBroken) return;
  const what = isBroken ? `to call tools (${raw}), and no call came with it` : `with ${raw}, a failure`;
  const said = `The model ended its reply ${what}. Call again; if it goes on, look at what the server sends.`;
  // What a model wrote wrong it may write right.
  const retryable = code !== undefined && code !== 'invalid-request';
  throw new MortiseError(code ?? 'malformed-response', said, { ...about, retryable });
}

/** A call, or a provider's own kind of one. */
function isCall({ type }: ContentBlock): boolean {
  return type === 'tool-call' || (type.includes(':') && /call|tool/.test(type));
}

function isToolCall(block: ContentBlock): block is ToolCallBlock {
  return block.type === 'tool-call';
}

/**
 * W-03: every call of a reply under an id of its own, since a result names its call by it. The same call under the same id
 * twice is one; another call under it gets an id that follows from it.
 */
function withOwnIds(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  if (blocks.filter(isToolCall).length < 2) return blocks;
  const known = new Map<string, string>();
  return blocks.flatMap((block): ContentBlock[] => {
    if (!isToolCall(block) || block.id === '') return [block];
    const { name, arguments: args, argumentsText } = block;
    const says = JSON.stringify([name, args, argumentsText]);
    let { id } = block;
    for (let n = 2; known.has(id); n++) {
      if (known.get(id) === says) return [];
      id = `${block.id}-${n}`;
    }
    known.set(id, says);
    return [id === block.id ? block : { ...block, id }];
  });
}

function citationsOf(block: ContentBlock): readonly CitationBlock[] {
  if (block.type === 'citation') return [block];
  return block.type === 'text' ? (block.citations ?? []) : [];
}

/** A completion is a chat response without what only a conversation needs. */
export function toCompletionResponse<M>(response: ChatResponse<M>): CompletionResponse<M> {
  const { message: _message, toolCalls: _toolCalls, citations: _citations, ...rest } = response;
  return rest;
}

/**
 * L-02: `next` replaces, field by field; what it does not know stays, and a zero after a count, which only grows, says
 * nothing. The total follows new counts unless it is given.
 */
export function mergeUsage(known: Usage, next: Usage): Usage {
  const merged: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(next))
    if (value !== undefined && value !== null && !(value === 0 && Number(merged[field]) > 0))
      merged[field] = value;
  const usage = merged as Usage;
  const { inputTokens, outputTokens } = usage;
  const counted = next.inputTokens != null || next.outputTokens != null;
  if (counted && !next.totalTokens && inputTokens !== undefined && outputTokens !== undefined) {
    usage.totalTokens = inputTokens + outputTokens;
  }
  return usage;
}

/** A block in the making. */
interface Draft {
  kind: 'text' | 'reasoning' | 'tool-call';
  pieces: string[];
  citations: CitationBlock[];
  id: string;
  name: string;
}

/** Folds the events of a stream into the reply. Linear: pieces are joined once, when somebody asks. */
export class ReplyBuilder {
  readonly #blocks: (ContentBlock | undefined)[] = [];
  readonly #drafts: (Draft | undefined)[] = [];
  #usage: Usage = {};
  #start: { id?: string; model?: string; createdAt?: string } = {};
  #finish: { finishReason: FinishReason; providerMetadata?: ProviderMetadata } | undefined;
  readonly #answeredBy: AnsweredBy;
  readonly #owner: string | undefined;
  readonly warnings: Warning[] = [];

  /** `owner`: the server that what is opaque in the blocks goes back to. */
  constructor(answeredBy: AnsweredBy, owner?: string) {
    this.#answeredBy = answeredBy;
    this.#owner = owner;
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** Gives the event as readers are to see it. */
  apply(event: ChatStreamEvent): ChatStreamEvent {
    switch (event.type) {
      case 'text-delta':
        this.#draft(event.index, 'text').pieces.push(event.delta);
        break;
      case 'reasoning-delta':
        this.#draft(event.index, 'reasoning').pieces.push(event.delta);
        break;
      case 'tool-call-delta':
        this.#draft(event.index, 'tool-call').pieces.push(event.delta);
        break;
      case 'tool-call-start':
        Object.assign(this.#draft(event.index, 'tool-call'), { id: event.id, name: event.name });
        break;
      case 'citation':
        this.#draft(event.index, 'text').citations.push(event.citation);
        break;
      case 'block': {
        refuseDeep([event.block]);
        const block = stamped(event.block, this.#owner);
        this.#blocks[event.index] = block;
        return block === event.block ? event : { ...event, block };
      }
      case 'start':
        this.#start = startOf(event);
        break;
      case 'usage':
        this.#count(event.usage);
        break;
      case 'warning':
        this.warnings.push(event.warning);
        break;
      case 'finish':
        this.#count(event.usage);
        this.#finish = event;
        this.#start = { ...this.#start, ...startOf(event) };
        break;
      default: // A later version's or a provider's own event adds nothing to the contract's reply.
    }
    return event;
  }

  #count(said: Usage): void {
    const [usage, odd] = counted(said, COUNTS);
    this.#usage = mergeUsage(this.#usage, usage);
    // Said once, though some servers count with every event.
    for (const warning of odd)
      if (!this.warnings.some(({ message }) => message === warning.message)) this.warnings.push(warning);
  }

  /** The `block` events that the integration left to core: one for each block that only deltas told of. */
  missingBlocks(): ChatStreamEvent[] {
    const missing: ChatStreamEvent[] = [];
    this.#drafts.forEach((_draft, index) => {
      const block = this.#blocks[index] === undefined ? this.#block(index) : undefined;
      if (block !== undefined) missing.push({ type: 'block', index, block });
    });
    return missing;
  }

  /** What has arrived, finished or not. */
  partial(): PartialChatResponse {
    const message = { role: 'assistant' as const, content: this.#content() };
    const { id, model } = this.#start;
    const { provider, server } = this.#answeredBy;
    return defined({ message, text: messageText(message), usage: this.#usage, provider, server, id, model });
  }

  /** Only after `finish`. */
  reply(): ChatReply {
    const finish = this.#finish;
    if (finish === undefined) throw new Error('The reply is not finished.');
    const { finishReason, providerMetadata } = finish;
    return { ...this.#start, content: this.#content(), finishReason, usage: this.#usage, providerMetadata };
  }

  #draft(index: number, kind: Draft['kind']): Draft {
    return (this.#drafts[index] ??= { kind, pieces: [], citations: [], id: '', name: '' });
  }

  #content(): ContentBlock[] {
    const length = Math.max(this.#blocks.length, this.#drafts.length);
    return Array.from({ length }, (_, index) => this.#block(index)).filter((block) => block !== undefined);
  }

  /** As it was said whole, else what its deltas come to. */
  #block(index: number): ContentBlock | undefined {
    const draft = this.#drafts[index];
    return this.#blocks[index] ?? (draft && stamped(finishDraft(draft), this.#owner));
  }
}

function startOf({ id, model, createdAt }: { id?: string; model?: string; createdAt?: string }) {
  return defined({ id, model, createdAt });
}

function finishDraft({ kind, pieces, citations, id, name }: Draft): ContentBlock {
  const text = pieces.join('');
  if (kind === 'tool-call') return toolCallBlock(id, name, text);
  if (kind === 'reasoning') return { type: 'reasoning', text };
  return citations.length === 0 ? { type: 'text', text } : { type: 'text', text, citations };
}
