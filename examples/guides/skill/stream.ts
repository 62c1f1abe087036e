import { createServer, type Server } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { messagesFromJson, type ChatStreamEvent, type LLM } from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';

// #region node
/** `node:http`: messages as JSON in, server-sent events out. */
export function chatServer(llm: LLM): Server {
  return createServer(async (request, response) => {
    const left = new AbortController();
    response.once('close', () => left.abort()); // the model's call ends when the client leaves
    try {
      const messages = messagesFromJson(JSON.parse(await text(request))); // refuses what is no conversation
      const stream = llm.streamChat(messages, { signal: left.signal });
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
      await pipeline(stream.toSSE(), response);
    } catch {
      if (!response.headersSent) response.writeHead(400).end();
    }
  });
}
// #endregion

// #region web
/** Next, Hono, Bun, Deno, Workers: a `Request` in, a `Response` out. */
export async function handler(request: Request, llm: LLM): Promise<Response> {
  const messages = messagesFromJson(await request.json());
  return llm.streamChat(messages).toResponse({ signal: request.signal });
}
// #endregion

// #region page
/** In the page. What the server failed with is thrown here, with its code. */
export async function show(response: Response, write: (text: string) => void): Promise<void> {
  for await (const event of fromSSE<ChatStreamEvent>(response))
    if (event.type === 'text-delta') write(event.delta);
}
// #endregion
