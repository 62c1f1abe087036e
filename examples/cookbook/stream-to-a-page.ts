/** A chat endpoint for `useChat` of the AI SDK, in a web framework. `PORT=3000 node stream-to-a-page.ts` */
import { serve } from '@hono/node-server';
import { fromUIMessages, toUIMessageStreamResponse } from '@mortise/ai-sdk/ui';
import { isMortiseError } from '@mortise/core';
import { OpenAILLM } from '@mortise/openai';
import { Hono } from 'hono';

const llm = new OpenAILLM({ model: 'gpt-5.4-mini', baseURL: process.env['OPENAI_BASE_URL'] });
const rules = { role: 'system', content: 'You help people who work with wood. Answer briefly.' } as const;

const app = new Hono();

app.post('/api/chat', async ({ req }) => {
  const { messages } = await req.json<{ messages: unknown }>();
  const said = fromUIMessages(messages); // refuses what is no conversation, and rules of a page's own
  const { signal } = req.raw; // the model is stopped when the page goes away
  return toUIMessageStreamResponse(llm.streamChat([rules, ...said], { signal }), { signal });
});

app.onError((error, { json }) =>
  isMortiseError(error, 'invalid-request')
    ? json({ error: 'These are no messages.' }, 400)
    : json({ error: 'It is our fault.' }, 500),
);

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) =>
  console.log(`http://localhost:${port}/api/chat`),
);
