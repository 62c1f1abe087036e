import type { ProviderMetadata } from '../call/contract.ts';
import type { JsonObject } from '../shared/json.ts';

/** What `chat` takes: a string is one user message. */
export type ChatInput = string | readonly ChatMessage[];

/** One turn of a conversation. A string is one text block. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  /** A string is one text block. */
  content: string | readonly ContentBlock[];
  /** Preference. Tells speakers of one role apart; left out with a warning where `capabilities.names` is not declared. */
  name?: string | undefined;
}

interface BlockBase {
  /** What a provider put into the block besides: unknown members, the signature of a text or a call. An integration sends its own back. */
  providerMetadata?: ProviderMetadata | undefined;
  /**
   * The server that sent what is opaque in this block, set by core on replies: it goes back there and nowhere else.
   * Absent: the block is the application's, and goes wherever its `providerMetadata` is understood. Integrations neither set nor see it.
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

/**
 * A model's thinking. `signature` and `encrypted` are opaque and go back byte for byte. In a block without an `owner` they go to
 * the provider that its `providerMetadata` names, and to no other.
 */
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
  content: string | readonly ResultBlock[];
  /** The tool failed and `content` says how. */
  isError?: boolean | undefined;
}

/** What the result of a tool may hold. */
export type ResultBlock = TextBlock | ImageBlock | DocumentBlock | AudioBlock | VideoBlock | ProviderBlock;

/** Bytes are base64 in a string, or raw in a `Uint8Array`. Some providers want to know the media type of a URL too. */
export type MediaSource =
  | { url: string; mediaType?: string | undefined }
  | { data: string | Uint8Array; mediaType: string };

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

/** Sound. */
export interface AudioBlock extends BlockBase {
  type: 'audio';
  source: MediaSource;
}

/** Moving pictures. */
export interface VideoBlock extends BlockBase {
  type: 'video';
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

/**
 * A provider's own block, such as the result of a tool that ran at the provider: `PROVIDER:KIND`, where the kind is the
 * provider's word for it, and what came of it in `value`. Kept, and sent back to its server as it is.
 */
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
  | VideoBlock
  | CitationBlock
  | CachePointBlock
  | ProviderBlock;
