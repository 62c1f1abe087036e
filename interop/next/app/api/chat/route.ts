import { messagesFromJson } from '@mortise/core';
import { llm } from '../../../llm.ts';

// #region chat
export async function POST(request: Request): Promise<Response> {
  const messages = messagesFromJson(await request.json());
  return llm.streamChat(messages).toResponse({ signal: request.signal });
}
// #endregion
