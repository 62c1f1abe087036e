// #region imports
import { fromUIMessages, toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import type { LLM } from '@mortise/core';
// #endregion

export function endpoint(llm: LLM): (request: Request) => Promise<Response> {
  // #region post
  async function POST(request: Request): Promise<Response> {
    const { messages } = (await request.json()) as { messages: unknown };
    const stream = llm.streamChat(fromUIMessages(messages));
    return toUIMessageStreamResponse(stream, { signal: request.signal });
  }
  // #endregion
  return POST;
}
