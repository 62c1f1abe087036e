import type { ChatMessage, ContentBlock, JsonObject, ToolCallBlock } from '@mortise/core';
import { checkOptions, defined, reading } from '@mortise/core/shared';
import type { UIChunk } from './chunks.ts';
import { UITranslator, type UIChunksOptions } from './to-chunks.ts';

/** A message as `useChat` takes it: JSON with the shape of `UIMessage`. */
export interface UIMessageData {
  id: string;
  role: 'user' | 'assistant';
  parts: UIPartData[];
}

/** A part with the shape of `UIMessagePart`. */
export interface UIPartData {
  type: string;
  [member: string]: unknown;
}

/** `PendingApproval` of `@mortise/toolkit`, by its shape. */
export interface WaitingCall {
  /** Of a call inside an agent, behind the id of the agent's call and a slash. */
  readonly callId: string;
  readonly name: string;
  readonly arguments: JsonObject;
  readonly token: string;
}

/** What the page may see of a conversation, as of a stream. */
export interface ToUIMessagesOptions extends Pick<UIChunksOptions, 'show' | 'aiVersion' | 'outputs'> {
  /** What a run asked of people and waits for: `approvals` of its result. The page sees them with `show: { approvals: true }`. */
  approvals?: readonly WaitingCall[] | undefined;
}

/**
 * A conversation that the application kept, as `messages` of `useChat`: what the page showed before it was reloaded. Replies and the
 * results between them are one message, a step each, until the user speaks again; system messages are left out. Ids are
 * `message-0` and so on, by the place of the first of its messages. A call without a result is `input-available`.
 */
export function toUIMessages(
  messages: readonly ChatMessage[],
  given: ToUIMessagesOptions = {},
): UIMessageData[] {
  const options = checkOptions(given);
  return reading('The messages', () => {
    const list: UIMessageData[] = [];
    let turn: Turn | undefined;
    for (const [at, { role, content }] of messages.entries()) {
      const blocks: readonly ContentBlock[] =
        typeof content === 'string' ? [{ type: 'text', text: content }] : content;
      if (role === 'user') {
        turn = undefined;
        list.push({ id: `message-${at}`, role, parts: userParts(blocks, options) });
      } else if (role !== 'system') {
        if (turn === undefined) {
          turn = new Turn(options);
          list.push({ id: `message-${at}`, role: 'assistant', parts: turn.parts });
        }
        turn.add(role, blocks);
      }
    }
    return list;
  });
}

function userParts(blocks: readonly ContentBlock[], options: ToUIMessagesOptions): UIPartData[] {
  const translator = new UITranslator(options);
  const parts = new Parts();
  for (const [index, block] of blocks.entries())
    parts.take(translator.event({ type: 'block', index, block }));
  return parts.list.filter(({ type }) => type !== 'step-start');
}

/** Replies and results, told once more as the loop told them. */
class Turn {
  readonly #translator: UITranslator;
  readonly #approvals: NonNullable<ToUIMessagesOptions['approvals']>;
  readonly #calls = new Map<string, ToolCallBlock>();
  readonly #parts = new Parts();
  #step = 0;

  constructor({ approvals = [], ...options }: ToUIMessagesOptions) {
    this.#approvals = approvals;
    this.#translator = new UITranslator(options);
  }

  get parts(): UIPartData[] {
    return this.#parts.list;
  }

  add(role: 'assistant' | 'tool', blocks: readonly ContentBlock[]): void {
    if (role === 'assistant') this.#step += 1;
    const step = Math.max(1, this.#step);
    for (const [index, block] of blocks.entries()) {
      const call = block.type === 'tool-result' ? this.#calls.get(block.toolCallId) : undefined;
      if (call === undefined) this.#tell({ type: 'stream', step, event: { type: 'block', index, block } });
      else this.#tell({ type: 'tool-end', step, call, result: block });
      if (block.type !== 'tool-call') continue;
      this.#calls.set(block.id, block);
      for (const approval of this.#approvals) this.#asked(step, block, approval);
    }
  }

  #asked(step: number, call: ToolCallBlock, approval: WaitingCall): void {
    const { callId, name, arguments: args } = approval;
    if (callId === call.id) this.#tell({ type: 'approval-asked', step, call, approval });
    if (!callId.startsWith(`${call.id}/`)) return;
    const id = callId.slice(call.id.length + 1);
    const inside: ToolCallBlock = { type: 'tool-call', id, name, arguments: args };
    this.#tell({
      type: 'tool-event',
      step,
      call,
      event: { type: 'approval-asked', step: 1, call: inside, approval },
    });
  }

  #tell(event: object): void {
    this.#parts.take(this.#translator.event(event));
  }
}

/** The parts that a page makes of chunks. */
class Parts {
  readonly list: UIPartData[] = [];
  readonly #texts = new Map<string, UIPartData & { text: string }>();
  readonly #tools = new Map<string, UIPartData>();

  take(chunks: readonly UIChunk[]): void {
    for (const chunk of chunks) this.#take(chunk);
  }

  #take(chunk: UIChunk): void {
    switch (chunk.type) {
      case 'start-step':
        this.list.push({ type: 'step-start' });
        break;
      case 'text-start':
      case 'reasoning-start': {
        const part = { type: chunk.type === 'text-start' ? 'text' : 'reasoning', text: '', state: 'done' };
        this.#texts.set(chunk.id, part);
        this.list.push(part);
        break;
      }
      case 'text-delta':
      case 'reasoning-delta': {
        const part = this.#texts.get(chunk.id);
        if (part !== undefined) part.text += chunk.delta;
        break;
      }
      case 'text-end':
      case 'reasoning-end':
        Object.assign(this.#texts.get(chunk.id) ?? {}, defined({ providerMetadata: chunk.providerMetadata }));
        break;
      case 'tool-input-available': {
        const { toolCallId, toolName, input, providerMetadata: callProviderMetadata } = chunk;
        const about = defined({ input, callProviderMetadata });
        this.#tool(toolCallId, { type: `tool-${toolName}`, toolCallId, state: 'input-available', ...about });
        break;
      }
      case 'tool-input-error': {
        const { toolCallId, toolName, input: rawInput, errorText } = chunk;
        const about = { state: 'output-error', rawInput, errorText };
        this.#tool(toolCallId, { type: `tool-${toolName}`, toolCallId, ...about });
        break;
      }
      case 'tool-approval-request':
        this.#now(chunk.toolCallId, { state: 'approval-requested', approval: { id: chunk.approvalId } });
        break;
      case 'tool-output-available':
        this.#now(chunk.toolCallId, {
          ...{ state: 'output-available', output: chunk.output },
          preliminary: chunk.preliminary,
        });
        break;
      case 'tool-output-error':
        this.#now(chunk.toolCallId, { state: 'output-error', errorText: chunk.errorText });
        break;
      case 'source-url':
      case 'source-document':
      case 'file':
        this.list.push(chunk);
        break;
      default:
        if (chunk.type.startsWith('data-') && chunk.type !== 'data-agent') this.list.push({ ...chunk });
    }
  }

  #tool(id: string, part: UIPartData): void {
    this.#tools.set(id, part);
    this.list.push(part);
  }

  #now(id: string, change: object): void {
    Object.assign(this.#tools.get(id) ?? {}, defined(change));
  }
}
