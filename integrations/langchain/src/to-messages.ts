import {
  blocksOf,
  type ChatMessage,
  type ContentBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '@mortise/core/llm';
import { defined, reading } from '@mortise/core/shared';
import { ownOf, toBlock } from './blocks.ts';
import type {
  LangChainBlock,
  LangChainInvalidToolCall,
  LangChainMessage,
  LangChainToolCall,
} from './contract.ts';
import { WHOLE } from './from-messages.ts';
import { objectOf, type Members } from './values.ts';

/** How messages are translated. */
export interface ToMessagesOptions {
  /** For a model, which is not shown what a text cites. Default: false. */
  readonly forModel?: boolean | undefined;
  /** Called for a block that LangChain.js has no place for. */
  readonly leftOut?: ((block: ContentBlock) => void) | undefined;
}

/** Our messages as theirs, as plain members. Each result of a tool is a message of its own. */
export function toMessages(
  messages: readonly ChatMessage[],
  options: ToMessagesOptions = {},
): LangChainMessage[] {
  return reading('The list of messages', () => messages.flatMap((message) => toMessage(message, options)));
}

function toMessage(message: ChatMessage, options: ToMessagesOptions): LangChainMessage[] {
  const { role, content, name } = message;
  if (role === 'assistant') return [toTurn(message, options)];
  const type = role === 'system' ? 'system' : 'human';
  const named = name === undefined ? {} : { name };
  if (typeof content === 'string') return [{ type, content, ...named }];
  // Results come first, as every wire wants them; what else a message of a tool holds is the user's.
  const results = content.filter(isResult).map((block) => toResult(block, options));
  const rest = contentBlocks(
    content.filter((block) => !isResult(block)),
    options,
  );
  if (rest.length === 0 && results.length > 0) return results;
  return [...results, { type, content: simplest(rest), ...named }];
}

function isResult(block: ContentBlock): block is ToolResultBlock {
  return block.type === 'tool-result';
}

function toResult(block: ToolResultBlock, options: ToMessagesOptions): LangChainMessage {
  const { toolCallId, toolName, content, isError } = block;
  return defined({
    type: 'tool',
    content: typeof content === 'string' ? content : resultContent(content, options),
    tool_call_id: toolCallId,
    name: toolName,
    status: isError === true ? 'error' : undefined,
    artifact: ownOf(block)['artifact'],
  } as const);
}

/** One text and nothing else is a string to a model: some of theirs send it a list as JSON. */
function resultContent(
  content: readonly ContentBlock[],
  options: ToMessagesOptions,
): LangChainMessage['content'] {
  const [block, ...more] = content;
  const isAlone = block?.type === 'text' && more.length === 0 && Object.keys(block).length === 2;
  if (options.forModel === true && isAlone) return block.text;
  return contentBlocks(content, options);
}

/** A model's turn. */
function toTurn(message: ChatMessage, options: ToMessagesOptions): LangChainMessage {
  const blocks = blocksOf(message);
  const calls: LangChainToolCall[] = [];
  const invalid: LangChainInvalidToolCall[] = [];
  const beside: Members = {};
  let whole: Members = {};
  const inContent = blocks.filter((block) => {
    if (isCall(block)) {
      if (block.invalid === true) invalid.push(toInvalidCall(block));
      else calls.push({ type: 'tool_call', id: block.id, name: block.name, args: block.arguments });
      return ownOf(block)['type'] !== undefined;
    }
    if (block.type === WHOLE) whole = objectOf((block as { readonly value?: unknown }).value);
    else if (ownOf(block)['from'] === 'reasoning_content')
      beside['reasoning_content'] = (block as { readonly text?: unknown }).text;
    return block.type !== WHOLE && ownOf(block)['from'] === undefined;
  });
  const more = { ...objectOf(whole['additional_kwargs']), ...beside };
  return defined({
    type: 'ai',
    content: simplest(contentBlocks(inContent, options)),
    name: message.name,
    tool_calls: calls.length === 0 ? undefined : calls,
    invalid_tool_calls: invalid.length === 0 ? undefined : invalid,
    additional_kwargs: Object.keys(more).length === 0 ? undefined : more,
    response_metadata: whole['response_metadata'] as Members | undefined,
  } as const);
}

export function isCall(block: ContentBlock): block is ToolCallBlock {
  return block.type === 'tool-call';
}

export function toInvalidCall({ id, name, argumentsText = '' }: ToolCallBlock): LangChainInvalidToolCall {
  return { type: 'invalid_tool_call', id, name, args: argumentsText, error: 'Malformed args.' };
}

function contentBlocks(
  blocks: readonly ContentBlock[],
  { forModel, leftOut }: ToMessagesOptions,
): LangChainBlock[] {
  return blocks.flatMap((block) => {
    const raw = isCall(block) ? againInContent(block) : toBlock(block, forModel);
    // Calls stand beside the content at any rate.
    if (raw === undefined && !isCall(block)) leftOut?.(block);
    return raw ?? [];
  });
}

/** A call where the reply had it, in the words of its type. */
function againInContent(call: ToolCallBlock): LangChainBlock | undefined {
  const own = ownOf(call);
  const { id, name, arguments: args } = call;
  switch (own['type']) {
    case 'tool_use':
    case 'input_json_delta':
      return { ...own, type: 'tool_use', id, name, input: args };
    case 'tool_call':
    case 'tool_call_chunk':
      return { ...own, type: 'tool_call', id, name, args };
    default:
      return undefined;
  }
}

/** A text alone is a string: not every model of theirs takes a list. */
function simplest(blocks: LangChainBlock[]): string | LangChainBlock[] {
  if (blocks.length === 0) return '';
  const [first] = blocks;
  const isText = blocks.length === 1 && first?.type === 'text' && Object.keys(first).length === 2;
  return isText && typeof first['text'] === 'string' ? first['text'] : blocks;
}
