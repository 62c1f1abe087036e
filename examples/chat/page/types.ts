import type { UIDataTypes, UIMessage } from 'ai';
import type { SavedNote, SearchResult } from '../contract.ts';

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
