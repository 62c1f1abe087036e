import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  fixtureSecrets,
  readFixture,
  startReplay,
  startWire,
  type Fixture,
  type ReplayOptions,
  type WireHandler,
} from '@mortise/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const KEY = 'acme/key+with=odd"signs-ü';
const ORGANISATION = 'org-of-somebody';
/** Secrets that nobody names, built here so that no text of the repository looks like one. */
const FOUND = ['sk', 'proj', 'x'.repeat(24)].join('-');
const TOKEN = 'tok'.repeat(6);
const PLANTED = [
  KEY,
  encodeURIComponent(KEY),
  JSON.stringify(KEY).slice(1, -1),
  Buffer.from(KEY).toString('base64'),
  ORGANISATION,
  FOUND,
  TOKEN,
];

/** Repeats every secret wherever one can stand, cut in the middle of one, and within a character. */
const upstream: WireHandler = async (request, reply) => {
  const text = `data: {"note":"Grüße 😀 ${KEY.replace('"', '\\"')} ${ORGANISATION}","api_key":"${TOKEN}","echo":"${FOUND}"}\n\n`;
  reply.writeHead(200, {
    'content-type': 'text/event-stream',
    'set-cookie': `session=${TOKEN}`,
    'openai-organization': ORGANISATION,
    'x-ratelimit-remaining-requests': '7',
    'x-echo': request.headers['authorization'] ?? '',
  });
  const bytes = Buffer.from(text);
  for (const [from, to] of [
    [0, 20],
    [20, 26],
    [26, 40],
    [40, bytes.length],
  ]) {
    reply.write(bytes.subarray(from, to));
    await pause(15);
  }
  reply.end('data: [DONE]\n\n');
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly status: number;
  readonly text: string;
}

async function ask(
  url: string,
  apiKey: string,
  body: object = { model: 'acme-1', org: ORGANISATION },
): Promise<Asked> {
  const path = `/v1/chat?key=${encodeURIComponent(apiKey)}&alt=sse`;
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${encodeURIComponent(apiKey)}`,
      'x-basic': `Basic ${Buffer.from(apiKey).toString('base64')}`,
    },
    body: JSON.stringify({ ...body, user_key: apiKey }),
  });
  return { status: response.status, text: await response.text() };
}

async function record(file: string): Promise<{ readonly asked: Asked; readonly options: ReplayOptions }> {
  await using provider = await startWire(upstream);
  const options = { file, upstream: provider.url, key: KEY, secrets: [ORGANISATION] };
  const recorder = await startReplay(options, true);
  const asked = await ask(recorder.url, recorder.apiKey);
  await recorder.close();
  return { asked, options };
}

describe('a fixture', () => {
  it('C-09: is written without any secret of its headers, its body and its URL', async () => {
    const file = join(folder, 'deep/acme.json');
    const { asked } = await record(file);
    expect(asked.text).toContain(ORGANISATION);
    const text = readFileSync(file, 'utf8');
    for (const secret of PLANTED) expect(text).not.toContain(secret);
    const { exchanges, ...rest } = readFixture(file);
    const sent = Buffer.concat(
      exchanges[0]!.response.chunks.map((chunk) =>
        Buffer.from('text' in chunk ? chunk.text : chunk.base64, 'text' in chunk ? 'utf8' : 'base64'),
      ),
    );
    for (const secret of PLANTED) expect(sent.toString()).not.toContain(secret);
    expect(sent.length).toBe(Buffer.byteLength(asked.text));
    expect(rest).toEqual({ format: 1, model: 'acme-1', recordedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]!.request).toMatchObject({
      method: 'POST',
      path: expect.stringMatching(/^\/v1\/chat\?key=\*+&alt=sse$/),
    });
    expect(exchanges[0]!.response.headers).toEqual({
      'content-type': 'text/event-stream',
      'x-ratelimit-remaining-requests': '7',
    });
  });

  it('C-09: holds nothing of the request that its server repeats, in any form, wherever a line of it is cut', async () => {
    const [credential, user, password, value] = ['cred/"1+x=', 'user-7f3a', 'pass/9+c"d', 'query value/8+'];
    const cookie = 'abcdef0123456789';
    const secrets = [credential, user, password, value, cookie, `${user}:${password}`];
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ a: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(`me:${secret}`).toString('base64'),
    ]);
    const echo = forms.map((form) => `data: {"a":"${form}"}\n\n`).join('');
    await using provider = await startWire(async (request, reply, n) => {
      const headers = { 'content-type': 'text/event-stream', 'x-ratelimit-scope': `for ${credential}` };
      if (n === 2)
        return void reply.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(echo));
      reply.writeHead(200, headers);
      // The second request has none of them: what answers it repeats the first.
      const bytes = Buffer.from(`${echo}: ${request.headers['authorization'] ?? ''}\n\n`);
      for (let at = 0; at < bytes.length; at += 37) {
        reply.write(bytes.subarray(at, at + 37));
        await pause(1);
      }
      reply.end();
    });
    const file = join(folder, 'echoed.json');
    const upstream = provider.url.replace('//', `//${user}:${encodeURIComponent(password)}@`);
    const recorder = await startReplay({ file, upstream, key: KEY }, true);
    const path = `/v1?beta=true&tenant=${encodeURIComponent(value)}`;
    for (const headers of [{ 'X-Credential': credential, Cookie: `a=1; session=${cookie}` }, {}, {}]) {
      const body = JSON.stringify({ model: 'acme-1', stream: true, note: forms });
      const response = await fetch(recorder.url + path, { method: 'POST', headers, body });
      expect(await response.text()).toContain(credential);
    }
    await recorder.close();
    const { exchanges } = readFixture(file);
    expect(exchanges).toHaveLength(3);
    for (const { request, response } of exchanges) {
      const sent = Buffer.concat(
        response.chunks.map((chunk) =>
          Buffer.from('text' in chunk ? chunk.text : chunk.base64, 'text' in chunk ? 'utf8' : 'base64'),
        ),
      ).toString();
      const texts = [request.path, request.body, JSON.stringify([request.headers, response.headers]), sent];
      for (const form of forms) for (const text of texts) expect(text).not.toContain(form);
      expect(JSON.parse(request.body)).toMatchObject({ model: 'acme-1', stream: true });
      expect(request.path).toMatch(/^\/v1\?beta=true&tenant=\*+$/);
      expect(sent.match(/^data: \{"a":"[*=]+"\}$/gm)?.length).toBeGreaterThan(forms.length * 0.7);
    }
    expect(fixtureSecrets(readFixture(file), secrets)).toEqual([]);
  });

  it('is replayed byte for byte, in the same chunks, without the provider', async () => {
    const file = join(folder, 'replayed.json');
    const { asked, options } = await record(file);
    const { exchanges } = readFixture(file);
    const chunks = exchanges[0]!.response.chunks.length;
    expect(chunks).toBeGreaterThan(3);
    for (const timing of [false, true]) {
      await using replay = await startReplay({ ...options, key: undefined, timing }, false);
      const begin = performance.now();
      const again = await ask(replay.url, replay.apiKey);
      expect(again.status).toBe(200);
      // Only what is masked differs, at its place.
      const before = Buffer.from(asked.text);
      const after = Buffer.from(again.text);
      const differs = after.findIndex((byte, at) => byte !== before[at] && byte !== 0x2a);
      expect([differs, after.length]).toEqual([-1, before.length]);
      expect(again.text).toMatch(
        /^data: \{"note":"Grüße 😀 \*+ \*+","api_key":"\*+","echo":"\*+"\}\n\ndata: \[DONE\]\n\n$/,
      );
      if (timing)
        expect(performance.now() - begin).toBeGreaterThan(exchanges[0]!.response.chunks.at(-1)!.ms * 0.8);
    }
  });

  it('answers only what was asked when it was recorded, and says what differs', async () => {
    const file = join(folder, 'strict.json');
    const { options } = await record(file);
    await using replay = await startReplay(options, false);
    const other = await ask(replay.url, replay.apiKey, { model: 'acme-2' });
    expect(other).toEqual({ status: 501, text: expect.stringContaining('its body is another one') });
    const more = await ask(replay.url, replay.apiKey);
    expect(more).toEqual({ status: 501, text: expect.stringContaining('no more exchanges') });
  });

  it('C-09: is refused when it holds a secret, and is not written then', async () => {
    const file = join(folder, 'planted.json');
    const { options } = await record(file);
    const clean = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
    const exchange = clean.exchanges[0]!;
    const planted: [place: string, exchange: object][] = [
      ['the URL', { ...exchange, request: { ...exchange.request, path: `/v1?token=${TOKEN}` } }],
      [
        "the request's headers",
        { ...exchange, request: { ...exchange.request, headers: { authorization: `Bearer ${TOKEN}` } } },
      ],
      [
        "the request's body",
        { ...exchange, request: { ...exchange.request, body: `{"password": "${TOKEN}"}` } },
      ],
      [
        "the reply's headers",
        { ...exchange, response: { ...exchange.response, headers: { 'x-echo': FOUND } } },
      ],
      [
        "the reply's body",
        {
          ...exchange,
          response: {
            ...exchange.response,
            chunks: [FOUND.slice(0, 9), FOUND.slice(9)].map((part) => ({
              ms: 0,
              base64: Buffer.from(part).toString('base64'),
            })),
          },
        },
      ],
    ];
    for (const [place, bad] of planted) {
      writeFileSync(file, JSON.stringify({ ...clean, exchanges: [bad] }));
      await expect(startReplay(options, false)).rejects.toThrow(place);
    }
    expect(fixtureSecrets({ ...clean, model: `of ${ORGANISATION}` }, [ORGANISATION])).toEqual([
      'a given secret beside the exchanges',
    ]);
    expect(fixtureSecrets(clean, [KEY, ORGANISATION])).toEqual([]);
  });

  it('is not recorded without a key', async () => {
    const file = join(folder, 'none.json');
    await expect(startReplay({ file, upstream: 'http://127.0.0.1:9', key: undefined }, true)).rejects.toThrow(
      'no key',
    );
    expect(existsSync(file)).toBe(false);
  });
});
