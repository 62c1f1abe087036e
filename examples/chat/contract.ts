/** What the server and the page agree on. Plain JSON. */

/** A conversation in the list. */
export interface ConversationSummary {
  id: string;
  /** Its first question, shortened. */
  title: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** A conversation as the page opens it. */
export interface OpenConversation extends ConversationSummary {
  /** `UIMessage`s of the AI SDK. */
  messages: unknown[];
  /** It was cut by a stop, a failure or a restart, and can go on. */
  isCut: boolean;
  /** It is being answered, to another window or to a page that was just left. */
  isRunning: boolean;
}

/** What answers here. */
export interface About {
  /** As `provider:model`; `extractive` for the one that needs no key. */
  model: string;
  documents: string;
  /** Questions to begin with. */
  examples: string[];
}

/** What the page sends to be answered. */
export interface ChatRequestBody {
  id: string;
  /** The last message alone: the server has the others. */
  messages: unknown[];
  /** Go on with what was cut, and take nothing from `messages`. */
  isContinued?: boolean;
}

/** What `search_docs` gives: `EngineToolResult` of `@mortise/rag`. */
export interface SearchResult {
  answer: string;
  outcome: string;
  sources: Source[];
  citations: Citation[];
}

export interface Source {
  number: number;
  nodeId: string;
  text: string;
  cut?: true;
  metadata?: Record<string, unknown>;
}

export interface Citation {
  number: number;
  quote?: string;
  /** Where the quote stands in the text of the source. */
  quoteStart?: number;
  quoteEnd?: number;
  problem?: string;
}

/** A note that was saved. */
export interface SavedNote {
  saved: string;
  /** The file's name. */
  file: string;
}

/** UTF-16 units of a question. */
export const MAX_QUESTION = 4_000;
