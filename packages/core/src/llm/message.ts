import { MortiseError } from '../errors.ts';
import { reading } from '../shared/options.ts';
import { isDeeper, parseText, type JsonObject, type JsonValue } from '../shared/json.ts';
import type {
  ChatInput,
  ChatMessage,
  ContentBlock,
  ProviderBlock,
  ToolCallBlock,
} from './message-contract.ts';

/** The content of a message as blocks. */
export function blocksOf(message: Pick<ChatMessage, 'content'>): readonly ContentBlock[] {
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
}

/** The text of a message: its text blocks joined. Other blocks do not count. */
export function messageText(message: Pick<ChatMessage, 'content'>): string {
  if (typeof message.content === 'string') return message.content;
  let text = '';
  for (const block of message.content) if (block.type === 'text') text += block.text;
  return text;
}

/** True for blocks of the contract, so that `type` narrows; false for a provider's own. */
export function isKnownBlock(block: ContentBlock): block is Exclude<ContentBlock, ProviderBlock> {
  return !block.type.includes(':');
}

/**
 * The arguments of a call as they go back to a model: always an object, as servers refuse every later turn with what is
 * none. What was no JSON goes as `{ INVALID_JSON: text }`, the way Anthropic's documentation shows a model its own mistake.
 */
export function sentArguments({ invalid, arguments: args, argumentsText }: ToolCallBlock): JsonObject {
  return invalid === true ? { INVALID_JSON: argumentsText ?? '' } : args;
}

/** Characters of a tool's name: providers take 64, and what is longer than this is cut. */
const MAX_NAME = 256;
/** Containers inside one another in the arguments of a call: what copies, hashes and validates them is recursive. */
const MAX_DEPTH = 512;

/**
 * The arguments of a tool call from what a model wrote. Empty and `null` are `{}`; what is not a JSON object, or nested
 * deeper than 512, is kept as `argumentsText` with `invalid: true`, so that the model can be told.
 */
export function toolCallBlock(id: string, called: string, argumentsText: string): ToolCallBlock {
  // No tool has such a name; it would go back to the model with every turn.
  // Through JSON, since what is cut from a text keeps all of it in memory.
  const name =
    called.length > MAX_NAME ? (JSON.parse(JSON.stringify(called.slice(0, MAX_NAME))) as string) : called;
  const text = argumentsText.trim();
  if (text === '' || text === 'null') return { type: 'tool-call', id, name, arguments: {} };
  let value: JsonValue | undefined;
  try {
    value = parseText(text) as JsonValue;
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isDeeper(value, MAX_DEPTH)) {
    return { type: 'tool-call', id, name, arguments: value };
  }
  return { type: 'tool-call', id, name, arguments: {}, invalid: true, argumentsText };
}

/** The input as it stands now: a list that its owner goes on with does not change a call that waits. */
export function snapshot(input: ChatInput): ChatInput {
  return reading('The list of messages', () =>
    Array.isArray(input) ? [...(input as readonly ChatMessage[])] : input,
  );
}

/** A string or a list of messages as messages; throws `invalid-request` when it is neither. */
export function toMessages(input: ChatInput): readonly ChatMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (Array.isArray(input) && input.length > 0) return input as readonly ChatMessage[];
  throw new MortiseError(
    'invalid-request',
    'chat needs at least one message. Give a string or a list of messages.',
  );
}
