import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traced } from '@mortise/core/events';
import { inspect, readRecording, runsOf, type Inspector } from '@mortise/inspector';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPage } from '../build-page.ts';
import { askDocuments, failToAuthenticate, manySpans, QUESTION, runAgent } from './scenes.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
if (executablePath === undefined) console.warn('The inspector was not tested: no Chromium is installed.');
/** A folder for pictures of the page, where somebody wants to look at it. */
const shots = process.env['MORTISE_SHOTS'];

const eventually = <T>(look: () => Promise<T> | T) => expect.poll(look, { timeout: 15_000 });

describe.skipIf(executablePath === undefined)('the inspector, in Chromium', { timeout: 600_000 }, () => {
  let browser: Browser;
  let inspector: Inspector;
  const complaints: string[] = [];

  beforeAll(async () => {
    await buildPage();
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    if (shots !== undefined) mkdirSync(shots, { recursive: true });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    inspector = await inspect({ content: true });
    complaints.length = 0;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await inspector.stop();
    expect(complaints).toEqual([]);
  });

  /** A page that is new, and whose console is read. */
  async function opened(options: BrowserContextOptions = {}, url = inspector.url): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1360, height: 800 }, ...options });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(?:blob:)?http:\/\/127\.0\.0\.1/.test(request.url()))
        complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  const run = (page: Page, text: string) => page.getByRole('option').filter({ hasText: text }).first();
  const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text }).first();
  const details = (page: Page) => page.getByRole('region', { name: 'Details' });

  test('a run appears while it goes on, and its waterfall grows until it has ended', async () => {
    const page = await opened();
    await page.getByText('Nothing has happened yet').waitFor();
    const release = Promise.withResolvers<void>();
    const going = traced('job', async () => {
      await traced('part-one', () => undefined);
      await release.promise;
      await traced('part-two', () => undefined);
    });
    await row(page, 'part-one').waitFor();
    await row(page, 'job').getByText('running').waitFor();
    expect(await row(page, 'part-two').count()).toBe(0);
    release.resolve();
    await going;
    await row(page, 'part-two').waitFor();
    await eventually(() => row(page, 'job').getByText('running').count()).toBe(0);
    expect(await page.getByRole('option').count()).toBe(1);
  });

  test('a page whose application has ended says so, and keeps what it has', async () => {
    await runAgent();
    const page = await opened();
    await page.getByRole('status').getByText('Live').waitFor();
    await run(page, 'Measure').click();
    await inspector.stop();
    await page.getByRole('status').getByText('Ended').waitFor();
    expect(await page.locator('.rows .span-name').count()).toBeGreaterThan(4);
    // The browser's own words of what it cannot reach.
    complaints.splice(0).forEach((each) => expect(each).toMatch(/net::ERR/));
  });

  test('a question shows its waterfall, first token, retry, tokens, cost, messages, and the cited words in their source', async () => {
    await askDocuments({ ms: 40 });
    const page = await opened();
    await run(page, QUESTION).click();
    const names = page.locator('.rows .span-name');
    expect(await names.allTextContents()).toEqual([
      'query',
      'retriever.retrieve',
      'embedding.batch',
      'synthesize',
      'llm.chat',
    ]);
    const head = page.locator('.run-head');
    for (const fact of [/first token \d+ ms/, /retry 1/, /tokens 421 in, 38 out/, /cost 0\.000/])
      await eventually(() =>
        head.locator('dl').evaluate((list: { innerText: string }) => list.innerText.replaceAll('\n', ' ')),
      ).toMatch(fact);
    expect(await details(page).locator('mark').allTextContents()).toEqual([
      'The mortise of the west door is forty millimetres long',
      'Hide glue sets in an hour',
    ]);
    await row(page, 'llm.chat').click();
    expect(await details(page).locator('.message h5').allTextContents()).toEqual([
      'system',
      'user',
      'assistant',
    ]);
    // Bars stand where the spans were: the model after the search, and inside the answer.
    const boxes = await page
      .locator('.rows .bar')
      .evaluateAll((bars: { getBoundingClientRect(): { left: number; right: number } }[]) =>
        bars.map((bar) => bar.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
      );
    const [query, search, , answer, llm] = boxes as [Box, Box, Box, Box, Box];
    expect(llm.left).toBeGreaterThanOrEqual(search.right - 2);
    expect(llm.left).toBeGreaterThanOrEqual(answer.left - 1);
    expect(llm.right).toBeLessThanOrEqual(query.right + 2);
    expect(await row(page, 'llm.chat').locator('.point.retry').count()).toBe(1);
    await page.getByRole('tab', { name: /Events/ }).click();
    await details(page).getByText('rate-limit').waitFor();
    await row(page, 'retriever').click();
    await page.getByRole('tab', { name: 'Content' }).click();
    expect(await details(page).locator('.node-title').allTextContents()).toEqual(['Doors', 'Glue']);
  });

  test('an error shows its code, words, cause and remedy; a tool its arguments', async () => {
    await failToAuthenticate();
    await runAgent();
    const page = await opened();
    await run(page, 'Hello').click();
    const failure = details(page).getByRole('note', { name: 'Error' });
    const text = await failure.textContent();
    for (const words of [
      'authentication',
      'status 401',
      'does not know this key',
      'Incorrect API key',
      'What to do',
    ])
      expect(text).toContain(words);
    await run(page, 'Measure').click();
    await row(page, 'order').click();
    await details(page).getByText('"board_feet": 12').waitFor();
    expect(await details(page).textContent()).toContain('[redacted]');
  });

  test('runs are searched and filtered, and a run is searched inside', async () => {
    await askDocuments();
    await failToAuthenticate();
    await runAgent();
    const page = await opened();
    const options = page.getByRole('option');
    await eventually(() => options.count()).toBe(4);
    await page.getByRole('searchbox', { name: 'Search runs' }).fill('walnut order');
    await eventually(() => options.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search runs' }).fill('no such word');
    await page.getByText('No run matches.').waitFor();
    await page.getByRole('searchbox', { name: 'Search runs' }).fill('');
    await page.getByRole('button', { name: 'Failed' }).click();
    await eventually(() => options.count()).toBe(2);
    await page.getByRole('button', { name: 'Retried' }).click();
    await eventually(() => options.count()).toBe(1);
    await page.getByRole('button', { name: 'All' }).click();
    await run(page, 'Measure').click();
    await page.getByRole('searchbox', { name: 'Find in this run' }).fill('depth_mm');
    await eventually(() => page.locator('.rows .label').allTextContents()).toContain('measure');
    expect(await page.locator('.rows .label').allTextContents()).not.toContain('order');
  });

  test('two runs are compared: what differs is marked, word by word', async () => {
    await askDocuments({ model: 'oak-2', failures: [] });
    await askDocuments({ model: 'pine-1' });
    const page = await opened();
    await eventually(() => page.getByRole('option').count()).toBe(4);
    await run(page, QUESTION).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await run(page, QUESTION).click();
    await page.getByRole('region', { name: 'Comparison' }).waitFor();
    await page.getByRole('switch', { name: 'Only what differs' }).click();
    const rows = page.getByRole('treegrid').locator('.rows').getByRole('row');
    await eventually(() => rows.filter({ hasText: 'llm.chat' }).count()).toBe(1);
    await rows.filter({ hasText: 'llm.chat' }).click();
    const differences = page.getByRole('region', { name: 'What differs' });
    expect(await differences.locator('h5').allTextContents()).toEqual(
      expect.arrayContaining(['model', 'retry']),
    );
    expect(await differences.locator('del').allTextContents()).toContain('pine-1');
    expect(await differences.locator('ins').allTextContents()).toContain('oak-2');
    await page.keyboard.press('Escape');
    await page.getByRole('treegrid', { name: 'Operations', exact: true }).waitFor();
  });

  test('a run is exported, and opened again as it was', async () => {
    await askDocuments();
    const page = await opened();
    await run(page, QUESTION).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toMatch(/^run-\d{8}T\d{6}\.jsonl$/);
    const folder = mkdtempSync(join(tmpdir(), 'mortise-export-'));
    try {
      const path = join(folder, 'run.jsonl');
      await download.saveAs(path);
      const [exported] = runsOf(readRecording(readFileSync(path, 'utf8')).lines);
      expect(exported?.root.content).toMatchObject({ query: QUESTION });
      await page.getByLabel('Recordings to open').setInputFiles(path);
      await page.getByText(/run\.jsonl: \d+ events/).waitFor();
      await eventually(() => page.getByRole('option').filter({ hasText: QUESTION }).count()).toBe(2);
      await page.getByRole('option').filter({ hasText: QUESTION }).nth(1).click();
      expect(await page.locator('.rows .span-name').count()).toBe(5);
      expect(await details(page).locator('mark').count()).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('what is hostile in names, texts and errors is text', async () => {
    const evil = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=2</script>';
    await traced(evil, () => undefined, { model: evil, tool: `javascript:${evil}` });
    await traced(evil, async () => {
      throw new Error(evil);
    }).catch(() => undefined);
    const page = await opened();
    await eventually(() => page.getByRole('option').count()).toBe(2);
    for (const nth of [0, 1]) {
      await page.getByRole('option').nth(nth).click();
      for (const tab of ['Steps', 'Attributes', 'Content'])
        await page.getByRole('tab', { name: tab }).click();
      expect(await details(page).textContent()).toContain('<img src=x');
    }
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('img, body script').count()).toBe(0);
  });

  test('an address without its token shows nothing, and says why', async () => {
    await askDocuments();
    for (const hash of ['', '#wrong']) {
      const page = await opened({}, new URL(inspector.url).origin + '/' + hash);
      await page.getByText('This address lacks its token').waitFor();
      expect(await page.getByRole('option').count()).toBe(0);
      // The browser's own word of the status.
      complaints.splice(0).forEach((each) => expect(each).toContain('401'));
    }
  });

  test("another site's page can neither read nor frame it", async () => {
    await traced('step', () => undefined, { word: 'walnut' });
    const { origin, hash } = new URL(inspector.url);
    const context = await browser.newContext();
    const page = await context.newPage();
    await context.route('http://evil.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${inspector.url}"></iframe>` }),
    );
    await page.goto('http://evil.example/');
    const outcome = await page.evaluate(
      ([url, token]) =>
        fetch(url!, { headers: { authorization: `Bearer ${token}` } }).then(
          (reply) => `read ${reply.status}`,
          () => 'refused',
        ),
      [`${origin}/api/lines`, hash.slice(1)],
    );
    expect(outcome).toBe('refused');
    const plain = await page.evaluate(
      (url) =>
        fetch(url, { mode: 'no-cors' }).then(
          (reply) => reply.type,
          () => 'refused',
        ),
      `${origin}/api/lines`,
    );
    // Opaque: the page learns nothing of a refusal.
    expect(['opaque', 'refused']).toContain(plain);
    const framed = page.frames().find((frame) => frame !== page.mainFrame());
    expect(await framed?.locator('#root').count()).toBe(0);
    await context.close();
  });

  test('five thousand operations are scrolled with no more in the page than is seen', async () => {
    await manySpans(5_000);
    const page = await opened();
    await page.getByText('5,000', { exact: true }).waitFor();
    const cdp = await page.context().newCDPSession(page);
    // The time of the page's own thread, whatever else the machine does.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async (): Promise<number> => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
    };
    const scrolled = (): Promise<{ best: number; count: number; seen: number }> =>
      page.evaluate(`
        new Promise((resolve) => {
          const scroller = document.querySelector('[role=treegrid]');
          scroller.scrollTop = 0;
          const times = [];
          const texts = new Set();
          const step = (time) => {
            times.push(time);
            texts.add(scroller.querySelector('.rows [role=row]')?.getAttribute('aria-rowindex'));
            scroller.scrollTop += 450;
            const end = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
            if (!end) return requestAnimationFrame(step);
            // Of a second in which the machine does little else.
            const rates = times.slice(60).map((each, at) => 60_000 / (each - times[at]));
            resolve({ best: Math.max(...rates), count: times.length, seen: texts.size });
          };
          requestAnimationFrame(step);
        })
      `);
    const before = await busy();
    const { best, count, seen } = await scrolled();
    const perFrame = ((await busy()) - before) / count;
    // How many frames a second it is says as much about the machine as about the page: it is told, and not asserted.
    if (shots !== undefined)
      console.info(
        `${count} frames, ${best.toFixed(1)} a second, ${perFrame.toFixed(2)} ms of the page's thread each`,
      );
    expect(seen).toBeGreaterThan(250);
    // No more than what is seen is in the page.
    expect(await page.locator('.rows [role=row]').count()).toBeLessThan(80);
  });

  test('the keyboard alone finds a run, walks its operations, reads the details, and compares', async () => {
    await askDocuments({ model: 'pine-1' });
    await runAgent();
    const page = await opened();
    const { keyboard } = page;
    await eventually(() => page.getByRole('option').count()).toBe(3);
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.ariaLabel ?? document.activeElement.textContent ?? document.activeElement.tagName',
      );
    /** Tabs until it is there. */
    const reach = async (name: string): Promise<void> => {
      for (let at = 0; at < 30 && (await focused()) !== name; at++) await keyboard.press('Tab');
      expect(await focused()).toBe(name);
      // And it can be seen.
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
    };
    await reach('Search runs');
    await keyboard.type('west door');
    await reach('Runs');
    await keyboard.press('Home');
    await eventually(() => page.locator('.run-head h2').textContent()).toContain('Measure');
    await keyboard.press('ArrowDown');
    await eventually(() => page.locator('.run-head h2').textContent()).toContain(QUESTION);
    await keyboard.press('Enter');
    expect(await focused()).toBe('Operations');
    const selected = () => page.locator('.rows .row.selected .span-name').textContent();
    await keyboard.press('ArrowDown');
    await eventually(selected).toBe('retriever.retrieve');
    await keyboard.press('ArrowLeft');
    await eventually(() => page.locator('.rows .row').count()).toBe(4);
    await keyboard.press('ArrowRight');
    await eventually(() => page.locator('.rows .row').count()).toBe(5);
    await keyboard.press('End');
    await eventually(selected).toBe('llm.chat');
    await keyboard.press('Enter');
    expect(await focused()).toBe('Details');
    await reach('Content');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await details(page).getByText('rate-limit').waitFor();
    await page.getByRole('searchbox', { name: 'Find in this run' }).focus();
    await reach('Compare');
    await keyboard.press('Enter');
    await eventually(focused).toBe('Runs');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.getByRole('region', { name: 'Comparison' }).waitFor();
    await keyboard.press('Escape');
    await page.getByRole('region', { name: 'Comparison' }).waitFor({ state: 'detached' });
  });

  const looks: [string, BrowserContextOptions][] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
  ];

  test.each(looks)('axe finds nothing serious, and nothing is cut off: %s', async (look, options) => {
    await runAgent({ ms: 30 });
    await askDocuments({ ms: 20, model: 'pine-1', failures: [] });
    await askDocuments({ ms: 40 });
    const page = await opened(options);
    await eventually(() => page.getByRole('option').count()).toBe(5);
    const check = async (state: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${look}-${state}.png`) });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    };
    await run(page, QUESTION).click();
    await check('answer');
    await row(page, 'llm.chat').click();
    await page.getByRole('tab', { name: /Events/ }).click();
    if (!look.startsWith('narrow')) await check('events');
    await page.getByRole('button', { name: 'Compare' }).click();
    if (look.startsWith('narrow')) await check('picking');
    await run(page, QUESTION).click();
    await row(page, 'llm.chat').click();
    await check('compare');
    await page.getByRole('button', { name: 'Close' }).click();
    if (look.startsWith('narrow')) await page.getByRole('button', { name: 'Runs', exact: true }).click();
    await run(page, 'Measure').click();
    await row(page, 'order').click();
    await check('tool');
  });
});

interface Box {
  readonly left: number;
  readonly right: number;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
    );
}
