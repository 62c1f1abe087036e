import { readerConformance, type ReaderItem } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { AcmeReader } from '@mortise/acme';

/**
 * REPLACE: Acme's wire, as its documentation has it, and independent of `src`: the suite reads its items through it.
 * Change it first; the cases that turn red say what is left to do.
 */
function answer(path: string, body: { id?: string }, items: readonly ReaderItem[]): object | undefined {
  if (path === '/v1/pages')
    return { pages: items.map(({ name }) => ({ id: name, changed: `on the day of ${name}` })) };
  const item = path === '/v1/page' ? items.find(({ name }) => name === body.id) : undefined;
  if (item === undefined || item.broken === true) return undefined;
  const text = item.blank === true ? ' \n' : item.text;
  return { text, url: `https://acme.example/${item.name}`, fields: { author: 'Ada' } };
}

const home = { space: 'home', apiKey: 'key-of-a-test', baseURL: 'https://acme.example' };

/** A reader of these items, or of a space that is not there, and what it sent. */
function connect(items?: readonly ReaderItem[]) {
  const sent: [path: string, body: { id?: string }][] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const path = new URL(url).pathname;
    const body = JSON.parse(init?.body as string) as { id?: string };
    sent.push([path, body]);
    const reply = items && answer(path, body, items);
    return Response.json(reply ?? { error: { message: 'gone' } }, {
      status: reply === undefined ? 404 : 200,
    });
  };
  const reader = new AcmeReader({ ...home, fetch });
  return { reader, sent, opened: () => sent.flatMap(([, { id }]) => (id === undefined ? [] : [id])) };
}

readerConformance(
  { describe, it },
  {
    name: 'acme',
    open: connect,
    missing: () => connect(),
    // REPLACE: what it can do; for what is not declared, say why in `reasons`.
    declares: ['blank', 'failure', 'missing', 'opened', 'skip', 'version'],
    reasons: { several: 'A page is one document.' },
  },
);

it('D-02: sends exactly this, and keeps what the API tells of a page', async () => {
  const { reader, sent } = connect([{ name: 'tides', text: 'The moon pulls.' }]);
  const documents = [];
  for await (const document of reader.read()) documents.push(document);
  // REPLACE: what the API is sent, and what is kept of what it answers.
  expect(sent).toEqual([
    ['/v1/pages', { space: 'home' }],
    ['/v1/page', { id: 'tides' }],
  ]);
  const metadata = { author: 'Ada', url: 'https://acme.example/tides' };
  expect(documents).toMatchObject([{ id: 'acme:tides', text: 'The moon pulls.', metadata }]);
});

it.each([
  ['no pages', {}],
  ['a page without an id', { pages: [null] }],
])('refuses a reply with %s', async (_, reply) => {
  const fetch = async () => Response.json(reply);
  const reader = new AcmeReader({ ...home, fetch });
  await expect(reader.read().next()).rejects.toMatchObject({ code: 'malformed-response' });
});

it('D-01: says that a page cannot be reached, and goes on', async () => {
  const codes: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url) => {
    if ((url as string).endsWith('/v1/pages')) return Response.json({ pages: [{ id: 'tides' }] });
    throw new TypeError('fetch failed');
  };
  const reader = new AcmeReader({ ...home, retry: false, fetch });
  const onError = ({ error }: { error: Error }) => codes.push((error as { code?: unknown }).code);
  for await (const document of reader.read({ onError })) expect(document).toBeUndefined();
  expect(codes).toEqual(['connection']);
});
