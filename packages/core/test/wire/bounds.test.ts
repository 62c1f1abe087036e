import { gzipSync } from 'node:zlib';
import { inspect } from 'node:util';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callPolicy, runCall } from '@mortise/core/call';
import {
  errorFromReply,
  errorFromResponse,
  guardedFetch,
  malformed,
  readJson,
  readJsonVectors,
  redact,
  refusalOf,
  streamEvents,
  withoutSecrets,
  type StreamTranslator,
} from '@mortise/core/wire';

const about = { provider: 'acme', model: 'a-1' };
const attempt = { touch: () => undefined, maxReplyBytes: 1_000, maxLineBytes: 100 };

/** A body that never ends, and how much of it was asked for. */
function endless(piece: string, type: string, status = 200) {
  const asked = { bytes: 0, cancelled: false };
  const bytes = new TextEncoder().encode(piece);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      asked.bytes += bytes.length;
      controller.enqueue(bytes);
    },
    cancel: () => void (asked.cancelled = true),
  });
  return { asked, response: new Response(body, { status, headers: { 'content-type': type } }) };
}

const translator = (): StreamTranslator<string> => ({
  done: false,
  push: ({ data }, out) => void out.push(data),
});

async function read(response: Response): Promise<void> {
  for await (const _batch of streamEvents(response, attempt, translator(), about));
}

describe('C-13: bounds', () => {
  it.each<[string, string, string, (response: Response) => Promise<unknown>]>([
    ['a JSON body', '{"a":', 'maxReplyBytes', (response) => readJson(response, attempt, about)],
    [
      'vectors',
      '"embedding":"AAAA",',
      'maxReplyBytes',
      (response) => readJsonVectors(response, attempt, about),
    ],
    ['a line of a stream', 'data: xxxxxxxxx', 'maxLineBytes', read],
    ['an event of many lines', 'data: xxxxxxxxx\n', 'maxLineBytes', read],
    ['a stream', 'data: x\n\n', 'maxReplyBytes', read],
    ['comments', ': ping\n\n', 'maxReplyBytes', read],
  ])('ends %s that does not end', async (_name, piece, option, ask) => {
    const type = ask === read ? 'text/event-stream' : 'application/json';
    const { asked, response } = endless(piece, type);
    await expect(ask(response)).rejects.toMatchObject({
      code: 'malformed-response',
      provider: 'acme',
      message: expect.stringContaining(option),
    });
    expect(asked.cancelled).toBe(true);
    expect(asked.bytes).toBeLessThan(2_000);
  });

  it('ends an error that does not end, and keeps its status', async () => {
    const { response } = endless('{"error":', 'application/json', 500);
    expect(await errorFromReply(response, attempt, about)).toMatchObject({
      code: 'malformed-response',
      status: 500,
    });
  });

  it('takes what is within them', async () => {
    const text = JSON.stringify({ a: 'x'.repeat(900) });
    expect(await readJson(new Response(text), attempt, about)).toEqual(JSON.parse(text));
  });

  it.each([
    [{ 'retry-after': '315360000' }, 86_400_000],
    [{ 'retry-after-ms': '99999999999999' }, 86_400_000],
    [{ 'retry-after': '60' }, 60_000],
  ])('E-04: believes %o for %i ms', (headers, expected) => {
    expect(errorFromResponse({ ...about, status: 429, headers: new Headers(headers) }).retryAfterMs).toBe(
      expected,
    );
  });

  it('C-04: counts the silence that is waited through, whatever pauses are between', async () => {
    const policy = callPolicy({ timeoutMs: 60, retry: false });
    const plan = { policy, options: {}, stream: true, about: { provider: 'acme' } };
    const open = await runCall(plan, async (opened) => opened);
    for (let n = 0; n < 6; n++) {
      open.resume();
      await new Promise((resolve) => setTimeout(resolve, 20));
      open.pause();
    }
    open.resume();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(open.signal.reason).toMatchObject({ code: 'timeout', message: expect.stringContaining('60 ms') });
    open.close();
  });
});

describe('C-09: secrets', () => {
  const key = 'sk-secret/with+odd="chars" äß';
  const forms: [string, string][] = [
    ['as it is', key],
    ['for a URL', encodeURIComponent(key)],
    ['as JSON', JSON.stringify(key).slice(1, -1)],
    ['in base64', Buffer.from(key).toString('base64')],
    ['in base64 of URLs', Buffer.from(key).toString('base64url')],
  ];

  it.each(forms)('redacts one %s', (_name, form) => {
    expect(redact(`Bad key ${form}.`, [key])).toBe('Bad key [redacted].');
  });

  it('redacts what a header says without its scheme, Basic credentials and lines', () => {
    const basic = `Basic ${Buffer.from('me:pass-of-mine').toString('base64')}`;
    expect(redact(`${basic} pass-of-mine me:pass-of-mine`, [basic])).toBe('[redacted] [redacted] [redacted]');
    expect(redact('the token abcdefgh', ['Bearer abcdefgh'])).toBe('the token [redacted]');
    expect(redact('invalid value: secret-line-one', ['secret-line-one\nsecret-line-two'])).toBe(
      'invalid value: [redacted]',
    );
  });

  it('redacts causes of any depth and kind', () => {
    const secret = 'sk-0123456789';
    let deep: object = { secret };
    for (let n = 0; n < 500; n++) deep = { deep };
    const cyclic: Record<string, unknown> = { secret };
    cyclic['self'] = cyclic;
    const causes: [string, unknown][] = [
      ['depth', deep],
      ['cycle', cyclic],
      ['map', new Map([['key', secret]])],
      ['map key', new Map([[secret, 1]])],
      ['set', new Set([secret])],
      ['headers', new Headers({ 'x-odd': secret })],
      ['request', new Request(`http://a.test/?key=${secret}`)],
      ['url', new URL(`http://me:${secret}@a.test/`)],
      ['buffer', Buffer.from(secret)],
      ['aggregate', new AggregateError([new Error(secret)], 'many')],
      ['symbol', { [Symbol('s')]: secret }],
      ['hidden', Object.defineProperty({}, 'hidden', { value: secret, enumerable: false })],
      ['member name', { [secret]: 1 }],
      ['cause', new Error('a', { cause: new Error('b', { cause: secret }) })],
    ];
    for (const [name, cause] of causes) expect(withoutSecrets(cause, [secret]), name).toBeUndefined();
    const fine = new Error('nothing here', {
      cause: {
        get bad() {
          throw new Error('no');
        },
      },
    });
    expect(withoutSecrets(fine, [secret])).toBe(fine);
  });

  it('keeps a piece of a key, as JSON.parse quotes it, out of malformed-response', async () => {
    const secret = ['sk', '0123456789', 'abcdefghij', 'klmnopqrst'].join('-');
    for (const body of [`${secret} is not a key`, `{"error": ${secret}}`, `{"key": "${secret}" "a"}`]) {
      const reading = readJson(new Response(body), attempt, { ...about, secrets: [secret] });
      const shown = inspect(await reading.catch((error: unknown) => error), { depth: 9, showHidden: true });
      expect(shown).toContain('malformed-response');
      for (let at = 0; at + 8 <= secret.length; at++) expect(shown).not.toContain(secret.slice(at, at + 8));
    }
    const fine = new SyntaxError('Unexpected token \'<\', "<html>"... is not valid JSON');
    expect(withoutSecrets(fine, [secret])).toBe(fine);
  });

  it('keeps a body that is quoted out of malformed-response', () => {
    const error = malformed(
      'odd',
      { ...about, secrets: ['sk-0123456789'] },
      new SyntaxError('Unexpected "sk-0123456789"'),
    );
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('sk-0123456789');
  });
});

describe('W-03: redirects', () => {
  async function server(
    answer: (url: string, method: string) => { status: number; location?: string; body?: string },
  ) {
    const seen: string[] = [];
    const made = createServer((request, reply) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        const { status, location, body: text = '' } = answer(request.url ?? '', request.method ?? '');
        reply.writeHead(status, location === undefined ? {} : { location }).end(text);
      });
    });
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void made.close());
    return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, seen };
  }
  const post = {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json', 'api-key': 'sk-1234' },
  };

  it.each([301, 302, 303, 307, 308])(
    'refuses a %i to another origin, and sends nothing there',
    async (status) => {
      const other = await server(() => ({ status: 200, body: '{}' }));
      const own = await server(() => ({ status, location: `${other.url}/steal` }));
      await expect(guardedFetch({ provider: 'acme' })(`${own.url}/v1`, post)).rejects.toMatchObject({
        code: 'configuration',
        status,
      });
      expect(other.seen).toEqual([]);
    },
  );

  it('follows one within the origin with its body, and not for ever', async () => {
    const own = await server((url) =>
      url === '/v1' ? { status: 307, location: '/v1/' } : { status: 200, body: 'ok' },
    );
    expect(await (await guardedFetch({ provider: 'acme' })(`${own.url}/v1`, post)).text()).toBe('ok');
    expect(own.seen).toEqual(['POST /v1 {"a":1}', 'POST /v1/ {"a":1}']);
    const loop = await server(() => ({ status: 308, location: '/again' }));
    await expect(guardedFetch({ provider: 'acme' })(loop.url, post)).rejects.toMatchObject({
      code: 'configuration',
    });
    expect(loop.seen.length).toBeLessThan(8);
  });

  it('carries a refusal through an SDK, unread, and the query of a base URL with every request', async () => {
    const own = await server(() => ({ status: 418, body: 'teapot' }));
    const query = new URLSearchParams('key=k1');
    const stand = await guardedFetch({ provider: 'acme', query }, { carry: true })(`${own.url}/v1`, post);
    expect(stand.ok).toBe(true);
    expect(await refusalOf(stand)?.text()).toBe('teapot');
    expect(own.seen[0]).toContain('/v1?key=k1');
  });
});

it('W-01: counts bytes after decompression', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000, 120));
  const made = createServer(
    (_request, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  );
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void made.close());
  const response = await fetch(`http://127.0.0.1:${(made.address() as AddressInfo).port}`);
  const bounded = { ...attempt, maxReplyBytes: 1_000_000 };
  await expect(readJson(response, bounded, about)).rejects.toMatchObject({ code: 'malformed-response' });
});
