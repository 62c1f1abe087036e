import type { About, ConversationSummary, OpenConversation } from '../contract.ts';

/** The conversations of the server, by its routes. */
export async function listConversations(): Promise<ConversationSummary[]> {
  return read('/api/conversations');
}

/** Undefined where there is none of that id: a new one, or one that was deleted in another window. */
export async function openConversation(id: string): Promise<OpenConversation | undefined> {
  return (await read<OpenConversation | null>(`/api/conversations/${encodeURIComponent(id)}`)) ?? undefined;
}

export async function deleteConversation(id: string): Promise<void> {
  const response = await fetch(`/api/conversations/${encodeURIComponent(id)}`, { method: 'DELETE' });
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`);
}

export async function readAbout(): Promise<About> {
  return read('/api/about');
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`);
  return (await response.json()) as T;
}

/** What went wrong, for somebody who reads it: the server's own words where it sent some. */
export function failureText({ message }: Error): string {
  try {
    const { error } = JSON.parse(message) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // No JSON: the words of the AI SDK or of the browser.
  }
  return /fetch|network/i.test(message) ? 'The server cannot be reached. Is it running?' : message;
}
