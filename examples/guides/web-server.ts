import { messagesFromJson, type ChatMessage, type LLM, type QueryEngine } from '@mortise/core';
import { streamTools, type Tool } from '@mortise/toolkit';

/** A web handler, as Next, Hono, Bun, Deno and Workers take it. */
export type Handler = (request: Request) => Promise<Response>;

export function chatEndpoint(llm: LLM): Handler {
  async function POST(request: Request): Promise<Response> {
    const messages = messagesFromJson(await request.json());
    return llm.streamChat(messages).toResponse({ signal: request.signal });
  }
  return POST;
}

/** As `chatEndpoint`, for a server that makes no 400 of what it is not to blame for. */
export function refusingEndpoint(llm: LLM): Handler {
  // #region refusing
  async function POST(request: Request): Promise<Response> {
    let messages: ChatMessage[];
    try {
      messages = messagesFromJson(await request.json());
    } catch {
      return Response.json({ error: 'That is no conversation.' }, { status: 400 });
    }
    return llm.streamChat(messages).toResponse({ signal: request.signal });
  }
  // #endregion
  return POST;
}

export function askEndpoint(engine: QueryEngine): Handler {
  // #region ask
  async function POST(request: Request): Promise<Response> {
    const stream = engine.streamQuery(await request.text());
    return stream.toResponse({ signal: request.signal, show: { sources: ['title', 'url'] } });
  }
  // #endregion
  return POST;
}

export function agentEndpoint(llm: LLM, tools: readonly Tool[]): Handler {
  // #region agent
  async function POST(request: Request): Promise<Response> {
    const messages = messagesFromJson(await request.json());
    return streamTools(llm, messages, { tools }).toResponse({ signal: request.signal });
  }
  // #endregion
  return POST;
}
