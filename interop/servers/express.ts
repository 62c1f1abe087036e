import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messagesFromJson, type LLM } from '@mortise/core';
import express, { type Express } from 'express';

export function expressApp(llm: LLM): Express {
  const app = express();
  // #region chat
  app.post('/api/chat', express.json(), async (req, res) => {
    const stream = llm.streamChat(messagesFromJson(req.body));
    res.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    await pipeline(Readable.fromWeb(stream.toSSE()), res).catch(() => undefined); // the client left
  });
  // #endregion
  return app;
}
