import { Hono, type MiddlewareHandler } from 'hono';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { LineLog } from './line-log.ts';
import type { PageFiles } from './page-files.ts';

/** Everything that the page loads is of this server, and nothing may frame it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** UTF-16 units that are sent at once. */
const BATCH = 262_144;

export interface AppOptions {
  readonly log: LineLog;
  readonly page: PageFiles;
  readonly token: string;
  /** What the page says above the runs. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** The routes: the built page, which holds nothing of anybody, and what was recorded, for who has the token. */
export function inspectorApp({ log, page, token, about }: AppOptions): Hono {
  const app = new Hono();
  app.use(guard);
  app.use('/api/*', withToken(token));
  app.get('/api/about', (c) => c.json(about));

  // One answer that goes on: batches of lines, and after each the number to go on from.
  app.get('/api/lines', (c) => {
    const from = Number(c.req.query('from') ?? 0);
    if (!Number.isSafeInteger(from) || from < 0)
      return c.json({ error: 'This is no request of the page.' }, 400);
    c.header('content-type', 'application/x-ndjson; charset=utf-8');
    c.header('cache-control', 'no-store');
    return c.body(linesFrom(log, from, c.req.raw.signal));
  });

  app.get('*', (c) => {
    const file = page.get(c.req.path === '/' ? '/index.html' : c.req.path);
    return file === undefined ? c.notFound() : c.body(file.bytes, 200, { ...file.headers });
  });
  return app;
}

function linesFrom(log: LineLog, from: number, left: AbortSignal): ReadableStream<Uint8Array> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([left, stopped.signal]);
  const encoder = new TextEncoder();
  let at = from;
  let isBegun = false;
  return new ReadableStream(
    {
      // Asked for when there is room: a page that reads slowly holds nothing up but itself.
      pull: async (controller) => {
        // The page learns at once that there is nothing yet.
        if (isBegun) await log.more(at, signal);
        isBegun = true;
        if (signal.aborted) return controller.close();
        const { text, next } = log.read(at, BATCH);
        at = next;
        controller.enqueue(encoder.encode(`${text}{"next":${next}}\n`));
      },
      cancel: () => stopped.abort(),
    },
    { highWaterMark: 1 },
  );
}

/**
 * Answers only pages of this server. That it listens on the loopback address keeps other machines out, and this keeps out pages of other
 * sites in the user's own browser: a name of theirs that leads to 127.0.0.1 (DNS rebinding) is another `Host`, and a request across sites
 * has another `Origin`, or says so in `Sec-Fetch-Site`.
 */
const guard: MiddlewareHandler = async (c, next) => {
  const { headers } = c.req.raw;
  const host = headers.get('host') ?? '';
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/.test(host))
    return c.json({ error: 'This server answers to 127.0.0.1 and localhost alone.' }, 403);
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site') ?? 'none';
  const isOurs = origin === null ? site === 'none' || site === 'same-origin' : origin === `http://${host}`;
  // The page itself may be opened from anywhere, such as a link in a terminal's own window.
  const isPage = !c.req.path.startsWith('/api/');
  if (c.req.method !== 'GET' || (!isOurs && !isPage))
    return c.json({ error: 'This server answers its own page alone.' }, 403);
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  return undefined;
};

/** The other users of this machine reach the port too. */
function withToken(token: string): MiddlewareHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return async (c, next) => {
    if (!timingSafeEqual(digest(c.req.header('authorization') ?? ''), expected))
      return c.json({ error: 'The token is wrong: open the whole address that the program printed.' }, 401);
    await next();
    return undefined;
  };
}
