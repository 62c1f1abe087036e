import { MortiseError } from '../errors.ts';
import { isDeeper, type JsonObject, type JsonValue } from '../shared/json.ts';

/** What `chat` takes: a string is one user message. */
export type ChatInput = string | readonly ChatMessage[];

/** One turn of a conversation. A string is one text block. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** A string is one text block. */
  content: string | readonly ContentBlock[];
  /** Tells speakers of one role apart, where the provider takes it. */
  name?: string | undefined;
}

/** Keyed by provider. What must be sent back (signatures, encrypted reasoning) survives a round trip through JSON. */
export type ProviderMetadata<M = unknown> = { [provider: string]: M };

interface BlockBase {
  providerMetadata?: ProviderMetadata | undefined;
  /**
   * The server that sent what is opaque in this block, set by core on replies: it goes back there and nowhere else.
   * Absent: the block is the application's, and goes wherever its `providerMetadata` is understood.
   */
  owner?: string | undefined;
}

/** Text, with the citations that a provider put in it. */
export interface TextBlock extends BlockBase {
  type: 'text';
  text: string;
  /** What the provider says this text rests on. */
  citations?: CitationBlock[] | undefined;
}

/** A model's thinking. `signature` and `encrypted` are opaque and go back byte for byte. */
export interface ReasoningBlock extends BlockBase {
  type: 'reasoning';
  /** Readable reasoning or its summary; empty when the provider hides it. */
  text: string;
  id?: string | undefined;
  signature?: string | undefined;
  encrypted?: string | undefined;
}

/** What a model wants run. `arguments` is `{}` where what it wrote is not JSON; see `invalid`. */
export interface ToolCallBlock extends BlockBase {
  type: 'tool-call';
  id: string;
  name: string;
  /** Parsed arguments; `{}` when they were empty or null, or when `invalid`. */
  arguments: JsonObject;
  /** What the model wrote is not a JSON object; it stands in `argumentsText`. */
  invalid?: true | undefined;
  argumentsText?: string | undefined;
}

/** What came of a call, by its id. */
export interface ToolResultBlock extends BlockBase {
  type: 'tool-result';
  /** `id` of the call it answers. */
  toolCallId: string;
  toolName?: string | undefined;
  content: string | readonly (TextBlock | ImageBlock | DocumentBlock)[];
  /** The tool failed and `content` says how. */
  isError?: boolean | undefined;
}

/** Bytes are base64 in a string, or raw in a `Uint8Array`. */
export type MediaSource = { url: string } | { data: string | Uint8Array; mediaType: string };

/** A picture, by address or by its bytes. */
export interface ImageBlock extends BlockBase {
  type: 'image';
  source: MediaSource;
  /** Preference. */
  detail?: 'low' | 'high' | 'auto' | (string & {}) | undefined;
}

/** A file or a text that the model reads, and may cite. */
export interface DocumentBlock extends BlockBase {
  type: 'document';
  source: MediaSource | { text: string };
  title?: string | undefined;
  /** What the document is, for the model, not to be cited. */
  context?: string | undefined;
  /** Ask the provider to cite from it. */
  citations?: boolean | undefined;
}

/** Sound, by its bytes. */
export interface AudioBlock extends BlockBase {
  type: 'audio';
  source: MediaSource;
}

/** Where a statement comes from: a page, or a place in a document that was given. */
export interface CitationBlock extends BlockBase {
  type: 'citation';
  url?: string | undefined;
  title?: string | undefined;
  /** The words of the source. */
  quote?: string | undefined;
  /** The provider's name for the source, or the index of the document that was given. */
  source?: string | number | undefined;
  /** Where in the answer's text block it belongs, in UTF-16 units, end exclusive. */
  start?: number | undefined;
  end?: number | undefined;
}

/** Everything before it is worth caching at the provider. */
export interface CachePointBlock extends BlockBase {
  type: 'cache-point';
  ttl?: '5m' | '1h' | (string & {}) | undefined;
}

/** A provider's own block, such as the result of a tool that ran at the provider. Kept and sent back as it is. */
export interface ProviderBlock {
  type: `${string}:${string}`;
  [member: string]: unknown;
}

/** A piece of a message. A `type` with a colon is of a later version, or a provider's own. */
export type ContentBlock =
  | TextBlock
  | ReasoningBlock
  | ToolCallBlock
  | ToolResultBlock
  | ImageBlock
  | DocumentBlock
  | AudioBlock
  | CitationBlock
  | CachePointBlock
  | ProviderBlock;

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

/** Media bytes as base64, whatever form they were given in. */
export function base64Of(data: string | Uint8Array): string {
  if (typeof data === 'string') return data;
  let binary = '';
  // In slices, as the arguments of a call are limited.
  for (let at = 0; at < data.length; at += 0x8000)
    binary += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(binary);
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
  const name = called.length > MAX_NAME ? called.slice(0, MAX_NAME) : called;
  const text = argumentsText.trim();
  if (text === '' || text === 'null') return { type: 'tool-call', id, name, arguments: {} };
  let value: JsonValue | undefined;
  try {
    value = JSON.parse(text) as JsonValue;
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
  return Array.isArray(input) ? [...(input as readonly ChatMessage[])] : input;
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
