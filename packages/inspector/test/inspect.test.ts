import { traced } from '@mortise/core/events';
import { inspect, readRecording, recordRuns, runsOf, type Inspector } from '@mortise/inspector';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../build-page.ts';

let inspector: Inspector | undefined;

beforeAll(() => buildPage());
afterEach(() => inspector?.stop());

const addressOf = ({ url }: Inspector) => {
  const { origin, hash } = new URL(url);
  return { origin, token: hash.slice(1) };
};

/** What the server answers; Node's own client, since `fetch` sets no `Host` and no `Origin`. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string }> {
  const { origin, token } = addressOf(inspector!);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${origin}${path}`,
      { method, headers: { authorization: `Bearer ${token}`, ...headers }, agent: false },
      (reply) => {
        let body = '';
        reply.setEncoding('utf8').on('data', (piece: string) => (body += piece));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body }));
        reply.on('error', reject);
      },
    );
    sent.on('error', reject).end();
  });
}

/** Lines until `enough` says so. */
async function linesUntil(enough: (text: string) => boolean, from = 0): Promise<string> {
  const { origin, token } = addressOf(inspector!);
  const stop = new AbortController();
  const { body } = await fetch(`${origin}/api/lines?from=${from}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  let text = '';
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (enough(text)) break;
  }
  stop.abort();
  return text;
}

describe('the inspector', () => {
  test('sends what happened and what happens, as it happens, and goes on from where a page was cut', async () => {
    inspector = await inspect();
    await traced('first', () => undefined);
    const before = await linesUntil((text) => text.includes('"next":2'));
    expect(runsOf(readRecording(before).lines).map(({ root }) => root.name)).toEqual(['first']);
    const reading = linesUntil(
      (text) => text.includes('"second","spanId"') && text.includes('"phase":"end"'),
      2,
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await traced('second', () => undefined);
    expect(runsOf(readRecording(await reading).lines).map(({ root }) => root.name)).toEqual(['second']);
  });

  test('has its page and a policy that lets nothing else in', async () => {
    inspector = await inspect();
    const { origin } = addressOf(inspector);
    const reply = await fetch(origin);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('<div id="root">');
    const policy = reply.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test.each([
    ['without a token', { authorization: '' }, 401],
    ['with another token', { authorization: 'Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 401],
    ['under a name that leads here (DNS rebinding)', { host: 'evil.example' }, 403],
    ['of another site', { origin: 'https://evil.example' }, 403],
    ['of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['of a page without an origin', { origin: 'null' }, 403],
    ['that says it comes from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that says it comes from a sister site', { 'sec-fetch-site': 'same-site' }, 403],
  ])('refuses a request %s', async (_, headers, status) => {
    inspector = await inspect({ content: true });
    await traced('step', () => undefined, { word: 'walnut' });
    for (const path of ['/api/lines', '/api/about']) {
      const reply = await ask(path, headers);
      expect(reply.status).toBe(status);
      expect(reply.body).not.toContain('walnut');
    }
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    inspector = await inspect();
    expect((await ask('/api/about', {}, method)).status).toBe(403);
  });

  test.each(['/../package.json', '/%2e%2e/index.js', '/assets/../../index.js', '/nothing'])(
    'gives no file but those of its page: %s',
    async (path) => {
      inspector = await inspect();
      expect((await ask(path)).status).toBe(404);
    },
  );

  test('listens on the loopback address alone, and has another token each time', async () => {
    const one = await inspect();
    inspector = await inspect();
    expect(new URL(one.url).hostname).toBe('127.0.0.1');
    const tokens = [one, inspector].map((each) => addressOf(each).token);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/);
    await one.stop();
  });

  test('keeps runs where it is told to, and shows those that are there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mortise-inspect-'));
    try {
      const recorder = recordRuns({ folder });
      await traced('yesterday', () => undefined);
      await recorder.stop();
      inspector = await inspect({ folder });
      await traced('today', () => undefined);
      const text = await linesUntil((each) => each.includes('"next":4'));
      expect(runsOf(readRecording(text).lines).map(({ root }) => root.name)).toEqual(['today', 'yesterday']);
      await inspector.stop();
      inspector = await inspect({ folder });
      expect(await linesUntil((each) => each.includes('"next":4'))).toContain('today');
    } finally {
      await inspector?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('holds so many bytes of lines, and lets the oldest go', async () => {
    inspector = await inspect({ maxBytes: 10_000 });
    for (let at = 0; at < 200; at++) await traced('step', () => undefined, { at });
    const text = await linesUntil((each) => each.includes('"next":400'));
    expect(text.length).toBeLessThan(12_000);
    expect(text).toContain('"at":199');
  });

  test('stops with its signal, also while a page reads', async () => {
    const stopping = new AbortController();
    inspector = await inspect({ signal: stopping.signal });
    const { origin, token } = addressOf(inspector);
    const reply = await fetch(`${origin}/api/lines`, { headers: { authorization: `Bearer ${token}` } });
    stopping.abort();
    await inspector.stop();
    await expect(reply.text()).rejects.toThrow();
    await expect(fetch(origin)).rejects.toThrow();
    await expect(inspect({ signal: stopping.signal })).rejects.toBe(stopping.signal.reason);
  });

  test('says that a port is taken, and refuses one that is none', async () => {
    inspector = await inspect();
    const port = Number(new URL(inspector.url).port);
    await expect(inspect({ port })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('in use'),
    });
    await expect(inspect({ port: 70_000 })).rejects.toMatchObject({ code: 'configuration' });
    await expect(inspect({ maxBytes: Number.NaN })).rejects.toMatchObject({ code: 'configuration' });
  });
});
