import { fromSSE } from '@mortise/core/sse';
import {
  isMortiseError,
  type ChatMessage,
  type ChatStreamEvent,
  type ResponseStreamEvent,
} from '@mortise/core';

/** Sends a conversation, shows the answer as it arrives; `signal` is the stop button's. */
export async function ask(
  messages: readonly ChatMessage[],
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  // #region read
  const response = await fetch('/api/chat', { method: 'POST', body: JSON.stringify(messages), signal });
  for await (const event of fromSSE<ChatStreamEvent>(response)) {
    if (event.type === 'text-delta') show(event.delta);
  }
  // #endregion
}

/** What a person is told when an answer breaks off. */
export function told(error: unknown): string {
  // #region errors
  if (isMortiseError(error, 'rate-limit')) return 'Too many questions at once. Try again in a minute.';
  if (isMortiseError(error, 'stream-truncated')) return 'The connection was lost. The answer is not whole.';
  if (isMortiseError(error)) return `No answer: ${error.code}.`;
  // #endregion
  return 'Stopped.';
}

/** The titles of what an answer from documents rests on, as soon as they are known. */
export async function titles(response: Response): Promise<string[]> {
  // #region sources
  for await (const event of fromSSE<ResponseStreamEvent>(response)) {
    if (event.type === 'sources') return event.sources.map(({ node }) => node.metadata['title'] as string);
  }
  // #endregion
  return [];
}
