import type { UIDataTypes, UIMessage } from 'ai';
import type { SavedNote } from '../contract.ts';

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

/** The tools of the server, as `useChat` types their parts. */
// A type and not an interface, since `UITools` asks for an index.
export type ChatTools = {
  search_docs: { input: { question: string }; output: SearchResult };
  save_note: { input: { text: string }; output: SavedNote };
};

export type ChatMessage = UIMessage<unknown, UIDataTypes, ChatTools>;
export type ChatPart = ChatMessage['parts'][number];
export type SearchPart = Extract<ChatPart, { type: 'tool-search_docs' }>;
export type NotePart = Extract<ChatPart, { type: 'tool-save_note' }>;
