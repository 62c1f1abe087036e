import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publishedPackages, root } from '../../tooling/workspace.ts';
import { filesOf } from '../built.ts';
import { leftOverNames, unbuilt } from '../reference.ts';
import { output, readSite } from '../stage.ts';
import { StaticServer } from './server.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const missing = unbuilt(publishedPackages());
if (missing.length > 0) console.warn('The site was not tested: its reference needs `pnpm build`.');
else if (executablePath === undefined) console.warn('The site was not looked at: no Chromium is installed.');
/** A folder for pictures of the pages, where somebody wants to look at them. */
const shots = process.env['MORTISE_SHOTS'];

/** What the first page may weigh, with all that it loads, as a static host sends it. */
const FIRST_PAGE_BYTES = 200_000;

describe.skipIf(missing.length > 0)('the site', () => {
  let server: StaticServer;
  let url: string;

  beforeAll(async () => {
    // A program of its own, since VitePress sets up its process. Dead links and anchors fail it.
    await promisify(execFile)(
      join(root, 'node_modules/.bin/node'),
      ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', join(root, 'site/build.ts')],
      { env: { ...process.env, NODE_ENV: 'production', DOCS_BASE: '/docs/', DOCS_ORIGIN: '' } },
    );
    server = new StaticServer(output, '/docs/');
    url = `${await server.start()}/docs/`;
  }, 300_000);
  afterAll(() => server[Symbol.asyncDispose]());

  test('every page is there, and as Markdown at the same address with .md', async () => {
    const pages = filesOf(output).filter((file) => file.endsWith('.html') && file !== '404.html');
    const addresses = pages.map((file) => file.replace(/(^|\/)index\.html$|\.html$/, '$1'));
    expect(addresses).toEqual(
      expect.arrayContaining([
        '',
        'start',
        'guides/tools',
        'packages/rag',
        'reference/core/llm',
        'matrix',
        'comparison',
      ]),
    );
    for (const address of addresses) {
      const [page, twin] = await Promise.all([
        fetch(url + address),
        fetch(`${url}${address === '' || address.endsWith('/') ? `${address}index` : address}.md`),
      ]);
      expect([address, page.status, twin.status]).toEqual([address, 200, 200]);
      expect(twin.headers.get('content-type')).toContain('text/markdown');
      expect(await twin.text()).toMatch(/^(?:<!--[^]*?-->\n+)?# \S/);
    }
  });

  test('the reference shows every type that it names', () => {
    const packages = publishedPackages();
    expect(leftOverNames(packages, readSite().pages)).toEqual([]);
  });

  test('agents find every page in llms.txt, and the guides in one file', async () => {
    const list = await (await fetch(`${url}llms.txt`)).text();
    expect(list).toMatch(/^# Mortise\n\n> \S/);
    const links = [...list.matchAll(/^- \[[^\]]+\]\((\/docs\/\S+\.md)\): \S/gm)].map(([, link = '']) => link);
    const twins = filesOf(output).filter((file) => file.endsWith('.md') && file !== 'index.md');
    expect(links.toSorted()).toEqual(twins.map((file) => `/docs/${file}`).toSorted());
    const full = await (await fetch(`${url}llms-full.txt`)).text();
    expect(full).toContain('# Tools and agents');
    expect(full.length).toBeLessThan(1_000_000);
  });

  describe.skipIf(executablePath === undefined)('in Chromium', { timeout: 600_000 }, () => {
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: executablePath!,
        args: ['--headless', '--no-sandbox', '--disable-gpu'],
      });
      if (shots !== undefined) mkdirSync(shots, { recursive: true });
    });
    afterAll(() => browser.close());
    beforeEach(() => void complaints.splice(0));
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      expect(complaints).toEqual([]);
    });

    /** A page that is new, and whose console is read. */
    async function opened(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(url + path);
      await page.waitForLoadState('networkidle');
      return page;
    }

    test(`the first page is less than ${FIRST_PAGE_BYTES / 1_000} KB, with all that it loads`, async () => {
      server.served.length = 0;
      await opened('');
      const sent = server.served.reduce((sum, each) => sum + each.sent, 0);
      const raw = server.served.reduce((sum, each) => sum + each.raw, 0);
      console.info(`The first page: ${sent} bytes in ${server.served.length} replies, ${raw} unpacked.`);
      expect(sent).toBeLessThan(FIRST_PAGE_BYTES);
    });

    test('a word is searched for, without a service, and its page opens', async () => {
      const page = await opened('');
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox').fill('streamTools');
      await page.getByRole('option').filter({ hasText: /tools/i }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1 }).filter({ hasText: /tools/i }).waitFor();
    });

    test('the keyboard skips to the content, and follows a link of it', async () => {
      const page = await opened('start');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
      await page.keyboard.press('Enter');
      const isWithin = 'document.querySelector("#VPContent").contains(document.activeElement)';
      await page.keyboard.press('Tab');
      expect(await page.evaluate(isWithin)).toBe(true);
      const link = page.getByRole('link', { name: 'language models', exact: true });
      await link.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Using language models' }).waitFor();
    });

    const looks: [string, BrowserContextOptions][] = [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
      ['narrow-dark', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
    ];
    const paths = ['', 'start', 'guides/tools', 'packages/openai', 'reference/core/events', 'providers'];

    test.each(looks)('axe finds nothing serious, and nothing is cut off: %s', async (look, options) => {
      const page = await opened(paths[0] ?? '', options);
      for (const path of paths) {
        await page.goto(url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        if (shots !== undefined)
          await page.screenshot({ path: join(shots, `${look}-${path.replaceAll('/', '-') || 'home'}.png`) });
        // Narrow pages differ in their bars, which are the same on each.
        if (!look.startsWith('narrow') || path === 'guides/tools')
          expect([path, await seriousFindings(page)]).toEqual([path, []]);
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([path, over]).toEqual([path, 0]);
      }
    });
  });
});

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
