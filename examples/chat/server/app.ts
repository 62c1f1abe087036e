import { toUIMessages } from '@mortise/ai-sdk/ui';
import { isMortiseError } from '@mortise/core';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { About, OpenConversation } from '../contract.ts';
import type { Conversations } from './conversations.ts';
import { guard } from './guard.ts';
import type { PageFiles } from './page-files.ts';
import { SHOWN, type Turns } from './turns.ts';

export interface AppOptions {
  about: About;
  turns: Turns;
  conversations: Conversations;
  page: PageFiles;
  /** Told of what is nobody's request's fault. */
  onError: (error: unknown) => void;
}

/** Bytes of a request: a question, or a message with its tool results and decisions. */
const MAX_BODY = 512 * 1024;

const Id = z.string().regex(/^[\w-]{8,64}$/);
const Body = z.object({
  id: Id,
  messages: z.array(z.unknown()).length(1),
  isContinued: z.boolean().default(false),
});

/** The routes: the built page, the conversations, and the chat. */
export function chatApp({ about, turns, conversations, page, onError }: AppOptions): Hono {
  const app = new Hono();
  app.use(guard);
  app.use(bodyLimit({ maxSize: MAX_BODY, onError: (c) => c.json({ error: 'That is too long.' }, 413) }));
  app.onError((error, c) => failure(error, c, onError));

  app.get('/api/about', (c) => c.json(about));
  app.get('/api/conversations', async (c) => c.json(await conversations.list()));

  app.get('/api/conversations/:id', async (c) => {
    const known = await conversations.get(Id.parse(c.req.param('id')));
    // No failure: the page makes the ids of new ones.
    if (known === undefined) return c.json(null);
    const { id } = known;
    const chat = conversations.chat(id);
    const [history, pending] = [await chat.history(), await chat.pending()];
    const isRunning = turns.isRunning(id);
    const isCut = !isRunning && pending?.approvals.length === 0;
    const { approvals = [], messages: waiting = [] } = pending ?? {};
    const messages = toUIMessages([...history, ...waiting], { ...SHOWN, approvals });
    return c.json({ ...known, messages, isCut, isRunning } satisfies OpenConversation);
  });

  app.delete('/api/conversations/:id', async (c) => {
    const id = Id.parse(c.req.param('id'));
    await turns.stop(id);
    await conversations.delete(id);
    return c.body(null, 204);
  });

  app.post('/api/chat', async (c) => turns.answer(Body.parse(await c.req.json()), c.req.raw.signal));

  app.get('*', (c) => {
    const file = page.get(c.req.path === '/' ? '/index.html' : c.req.path);
    return file === undefined ? c.notFound() : c.body(file.bytes, 200, file.headers);
  });
  return app;
}

function failure(error: unknown, c: Context, onError: (error: unknown) => void): Response {
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return c.json({ error: 'This is no request of the page.' }, 400);
  if (isMortiseError(error, 'invalid-request')) return c.json({ error: error.message }, 400);
  if (isMortiseError(error, 'permission')) return c.json({ error: error.message }, 403);
  if (isMortiseError(error, 'conflict')) return c.json({ error: error.message }, 409);
  onError(error);
  return c.json({ error: 'The server failed; its terminal says why.' }, 500);
}
