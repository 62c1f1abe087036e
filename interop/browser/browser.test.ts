import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startProvider, listening, stop, type Provider } from '../servers/provider.ts';
import { untilSilent } from '../servers/until-silent.ts';
import { app } from './app.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const measuring = process.env['MORTISE_MEASURE'] !== undefined;
if (executablePath === undefined) console.warn('Not tested in a browser: no Chromium is installed.');

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: Browser;
  let talker: Provider;
  let flood: Provider;
  let server: Server;
  let origin: string;
  /** When the server last saw a client leave. */
  let left = 0;

  beforeAll(async () => {
    talker = await startProvider('word ', 5);
    flood = await startProvider('word '.repeat(2_000), 0);
    server = createServer(getRequestListener(app({ talks: talker.llm, floods: flood.llm }).fetch));
    server.on('request', (_request, reply) => reply.once('close', () => (left = performance.now())));
    origin = await listening(server);
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  });

  afterAll(async () => {
    await browser.close();
    stop(server);
    talker.stop();
    flood.stop();
  });

  async function opened(): Promise<Page> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(origin);
    return page;
  }

  function reportClosing(how: string, leaving: number): void {
    const closed = talker.closed.at(-1)!;
    const [all, ours] = [closed - leaving, closed - left].map((ms) => ms.toFixed(1));
    if (measuring)
      console.log(`${how}: closed ${all} ms after the page left, ${ours} ms after the server saw it`);
  }

  /** What `useChat` has when it is done. */
  async function settled(page: Page, ...statuses: string[]) {
    await page.waitForFunction((wanted) => wanted.includes(window.tools.chat.status), statuses);
    return page.evaluate(() => window.tools.chat);
  }

  test('fromSSE reads an answer', async () => {
    const page = await opened();
    expect(await page.evaluate(() => window.tools.read('text'))).toEqual({
      text: 'It is sunny in Rome \u2028 😀.',
      types: ['start', 'text-delta', 'citation', 'block', 'finish'],
    });
  });

  test('fromSSE throws what failed in mid-stream, without what it said', async () => {
    const page = await opened();
    expect(await page.evaluate(() => window.tools.read('fails'))).toEqual({
      text: 'It is sun',
      types: ['start', 'text-delta'],
      error: { name: 'MortiseError', code: 'overloaded', message: 'The stream failed: overloaded.' },
    });
  });

  test.each(['break', 'a closed page'])("%s closes the provider's connection", async (how) => {
    const page = await opened();
    const before = talker.closed.length;
    let leaving = 0;
    if (how === 'break') {
      leaving = await page.evaluate(async () => {
        await window.tools.leave('talks');
        return performance.timeOrigin + performance.now();
      });
    } else {
      const begun = talker.begun;
      void page.evaluate(() => window.tools.read('talks')).catch(() => undefined);
      await vi.waitFor(() => expect(talker.begun).toBe(begun + 1));
      leaving = performance.timeOrigin + performance.now();
      await page.close();
    }
    await vi.waitFor(() => expect(talker.closed).toHaveLength(before + 1));
    reportClosing(how, leaving - performance.timeOrigin);
  });

  test('a page that does not read holds the provider back', async () => {
    const page = await opened();
    const before = process.memoryUsage().rss;
    await page.evaluate(() => window.tools.stall('floods'));
    await untilSilent(() => flood.written);
    const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    if (measuring) {
      const grown = megabytes(process.memoryUsage().rss - before);
      console.log(`a page that does not read: ${megabytes(flood.written)} written, ${grown} of memory`);
    }
    // Chromium keeps 64 MB of a body that nobody reads; buffers of sockets come on top.
    expect(flood.written).toBeLessThan(128 * 2 ** 20);
  });

  test('useChat shows reasoning, tools, a text and its source', async () => {
    const page = await opened();
    await page.evaluate(() => window.tools.send('rich'));
    const { messages } = await settled(page, 'ready');
    expect(messages[1]?.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'reasoning', text: 'The weather, then.', state: 'done' },
      { type: 'tool-weather', state: 'output-available', input: { city: 'Rome' }, output: 'sunny' },
      { type: 'tool-broken', state: 'output-error', errorText: 'The tool failed.' },
      { type: 'step-start' },
      { type: 'text', text: 'It is sunny in Rome \u2028 😀.', state: 'done' },
      { type: 'source-url', url: 'https://weather.example/rome', title: 'Weather in Rome' },
    ]);
    expect(await page.locator('[data-part="source-url"] a').getAttribute('href')).toBe(
      'https://weather.example/rome',
    );
    if (measuring) await page.screenshot({ path: '/tmp/mortise-use-chat.png', fullPage: true });
    // The next question sends all of it back.
    await page.evaluate(() => window.tools.send('rich'));
    expect((await settled(page, 'ready', 'error')).status).toBe('ready');
  });

  test('useChat shows that an answer failed', async () => {
    const page = await opened();
    await page.evaluate(() => window.tools.send('fails'));
    const { messages, error } = await settled(page, 'error');
    expect(error).toBe('The stream failed: overloaded.');
    expect(messages[1]?.parts.at(-1)).toMatchObject({ type: 'text', text: 'It is sun', state: 'streaming' });
    if (measuring) await page.screenshot({ path: '/tmp/mortise-use-chat-error.png' });
  });

  test("stop of useChat closes the provider's connection, and keeps what was said", async () => {
    const page = await opened();
    const before = talker.closed.length;
    await page.evaluate(() => window.tools.send('talks'));
    await page.waitForFunction(() =>
      window.tools.chat.messages[1]?.parts.some(({ type }) => type === 'text'),
    );
    const leaving = performance.now();
    await page.evaluate(() => window.tools.stop());
    await vi.waitFor(() => expect(talker.closed).toHaveLength(before + 1));
    reportClosing('stop', leaving);
    const { messages, error } = await settled(page, 'ready');
    expect(error).toBeUndefined();
    expect(messages[1]?.parts.at(-1)).toMatchObject({ type: 'text', text: expect.stringMatching(/^word /) });
  });
});
