import type { MiddlewareHandler } from 'hono';

/** Everything that the page loads is of this server, and nothing may frame it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Answers only pages of this server. That it listens on the loopback address keeps other machines out, and this keeps out pages of other
 * sites in the user's own browser: a name of theirs that leads to 127.0.0.1 (DNS rebinding) is another `Host`, and a request across sites
 * has another `Origin`, or says so in `Sec-Fetch-Site`.
 */
export const guard: MiddlewareHandler = async (c, next) => {
  const { raw, method, path } = c.req;
  const host = raw.headers.get('host') ?? '';
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/.test(host))
    return c.json({ error: 'This server answers to 127.0.0.1 and localhost alone.' }, 403);
  const origin = raw.headers.get('origin');
  const site = raw.headers.get('sec-fetch-site') ?? 'none';
  const isOurs = origin === null ? site === 'none' || site === 'same-origin' : origin === `http://${host}`;
  // The page itself may be opened from anywhere, such as a link in a mail.
  const isPage = method === 'GET' && !path.startsWith('/api/');
  if (!isOurs && !isPage) return c.json({ error: 'This server answers its own page alone.' }, 403);
  if (method === 'POST' && !raw.headers.get('content-type')?.startsWith('application/json'))
    return c.json({ error: 'Send JSON.' }, 415);
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  return undefined;
};
