import { messagesFromJson, type LLM } from '@mortise/core';
import { Hono } from 'hono';

export function honoApp(llm: LLM): Hono {
  const app = new Hono();
  // #region chat
  app.post('/api/chat', async (c) => {
    const stream = llm.streamChat(messagesFromJson(await c.req.json()));
    return stream.toResponse({ signal: c.req.raw.signal });
  });
  // #endregion
  return app;
}
