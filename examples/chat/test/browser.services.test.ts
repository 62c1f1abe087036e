import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { builtPage } from '../server/build-page.ts';
import { readPage, type PageFiles } from '../server/page-files.ts';
import { RuleLLM } from '../server/rule-llm.ts';
import { Program } from './program.ts';
import { QUESTION, TestServer } from './serving.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
if (executablePath === undefined) console.warn('The page was not tested: no Chromium is installed.');
/** A folder for pictures of the page, where somebody wants to look at it. */
const shots = process.env['MORTISE_SHOTS'];

const eventually = <T>(look: () => Promise<T> | T) => expect.poll(look, { timeout: 15_000 });

describe.skipIf(executablePath === undefined)('the page, in Chromium', { timeout: 600_000 }, () => {
  let browser: Browser;
  let files: PageFiles;
  let server: TestServer;
  const complaints: string[] = [];

  beforeAll(async () => {
    files = await readPage(await builtPage(() => undefined));
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    if (shots !== undefined) mkdirSync(shots, { recursive: true });
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    server = new TestServer();
    complaints.length = 0;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server[Symbol.asyncDispose]();
    expect(complaints).toEqual([]);
  });

  /** A page that is new, and whose console is read. */
  async function opened(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1180, height: 800 }, ...options });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) complaints.push(`The page asked for ${request.url()}`);
    });
    await page.goto(url);
    await page.getByRole('textbox', { name: 'Your question' }).waitFor();
    return page;
  }

  async function ask(page: Page, text: string): Promise<void> {
    const field = page.getByRole('textbox', { name: 'Your question' });
    await field.fill(text);
    await field.press('Enter');
  }

  const start = (wordDelayMs = 5): Promise<string> =>
    server.start({ page: files, llm: new RuleLLM({ wordDelayMs }) });

  test('page: an answer streams, and its citation opens the source with the cited words marked', async () => {
    const page = await opened(await start(60));
    await ask(page, QUESTION);
    const answer = page.locator('.answer');
    // Some words are there before the others.
    await eventually(() => answer.textContent()).toMatch(/^The mortise(?!.*long)/);
    await eventually(() => answer.textContent()).toContain('forty millimetres long');
    const citation = page.getByRole('button', { name: 'Source 1', exact: true });
    await citation.click();
    const panel = page.getByRole('dialog');
    expect(await panel.locator('mark').textContent()).toBe(
      'The mortise of the west door is forty millimetres long',
    );
    expect(await panel.getByRole('heading').textContent()).toBe('Doors');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.className')).toBe('citation');
  });

  test('page: the server killed between the question and the approval, the note is written once', async () => {
    await using program = new Program();
    const page = await opened(await program.start());
    await ask(page, 'note: buy walnut for the west door');
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    expect(await page.locator('.card blockquote').textContent()).toBe('buy walnut for the west door');
    await page.waitForLoadState('networkidle');
    await program.kill();
    await program.start();
    await approve.click();
    await page.getByText('Saved to notes.md').waitFor();
    await page.getByText('Saved: the note is in your list.').waitFor();
    expect(program.notes()).toMatch(/^- buy walnut for the west door <!-- \w+\/1\/0 -->\n$/);

    // And asked, killed, and opened in another window.
    await ask(page, 'Remember that oak moves');
    await approve.waitFor();
    await page.waitForLoadState('networkidle');
    await program.kill();
    await program.start();
    await page.reload();
    await approve.click();
    await eventually(() => program.notes().split('\n').length).toBe(3);
    await page.reload();
    await eventually(() => page.getByText('Saved to notes.md').count()).toBe(2);
  });

  test('page: a denied note is not written', async () => {
    const page = await opened(await start());
    await ask(page, 'note: burn it');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('Not saved: you denied it').waitFor();
    await page.getByText('I did not save that note.').waitFor();
    expect(server.notes()).toBe('');
  });

  test('page: Escape stops, a reload shows what was said, and it goes on from there', async () => {
    const page = await opened(await start(150));
    await ask(page, QUESTION);
    await eventually(() => page.locator('.answer').textContent()).toContain('mortise');
    await page.keyboard.press('Escape');
    await page.getByText('The answer was stopped.').waitFor();
    const said = await page.locator('.answer').textContent();
    await page.reload();
    await page.getByText('The answer was stopped.').waitFor();
    // The server may have been a word ahead.
    expect((await page.locator('.answer').textContent())?.startsWith(said!)).toBe(true);
    await page.getByRole('button', { name: 'Continue' }).click();
    await eventually(() => page.locator('.answer').textContent()).toContain('long');
    expect(await page.locator('.answer').count()).toBe(1);
    // What was cut is not said twice, and the search was not made again.
    expect(await page.locator('.answer').textContent()).toMatch(/^The mortise(?!.*The mortise)/);
    expect(await page.locator('.step').count()).toBe(1);
  });

  test('page: a reload in the midst of an answer stops it, and it goes on from there', async () => {
    const page = await opened(await start(150));
    await ask(page, QUESTION);
    await eventually(() => page.locator('.answer').textContent()).toContain('mortise');
    await page.reload();
    await page.getByRole('button', { name: 'Continue' }).click();
    await eventually(() => page.locator('.answer').textContent()).toContain('long');
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION]);
  });

  test('page: a question that was lost on its way is asked again', async () => {
    const page = await opened(await start());
    await page.route('**/api/chat', (route) => route.abort(), { times: 1 });
    await ask(page, QUESTION);
    await page.getByRole('button', { name: 'Continue' }).click();
    await eventually(() => page.locator('.answer').textContent()).toContain('long');
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION]);
    // The browser's own.
    expect(complaints.splice(0)).toHaveLength(1);
  });

  test('page: conversations are listed, chosen and deleted', async () => {
    const page = await opened(await start());
    await ask(page, QUESTION);
    await page.getByRole('button', { name: 'Source 1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByText('What would you like to know?').waitFor();
    await ask(page, 'When does hide glue set?');
    await eventually(() => page.locator('.answer').textContent()).toContain('an hour');
    await page.getByRole('button', { name: QUESTION, exact: true }).click();
    await eventually(() => page.locator('.answer').textContent()).toContain('forty');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: `Delete “${QUESTION}”` }).click();
    await page.getByText('What would you like to know?').waitFor();
    await eventually(() => page.locator('.sidebar li').count()).toBe(1);
  });

  test('page: the keyboard alone asks, opens a source, closes it, and decides', async () => {
    const page = await opened(await start());
    const { keyboard } = page;
    /** Tabs until it is there. */
    const reach = async (name: string): Promise<void> => {
      const focused = (): Promise<string> =>
        page.evaluate<string>("document.activeElement.ariaLabel ?? document.activeElement.textContent ?? ''");
      for (let at = 0; at < 30; at++) {
        await keyboard.press('Shift+Tab');
        if ((await focused()) === name) break;
      }
      expect(await focused()).toBe(name);
      // And it can be seen.
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline).not.toBe('none');
    };
    await keyboard.type(QUESTION);
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Source 1', exact: true }).waitFor();
    await reach('Source 1');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('textbox').focus();
    await keyboard.type('note: oiled on Monday');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await reach('Approve');
    await keyboard.press('Space');
    await vi.waitFor(() => expect(server.notes()).toContain('oiled on Monday'));
    // The button is gone, and the next question can be typed.
    await eventually(() => page.evaluate('document.activeElement.id')).toBe('question');
  });

  const looks: [string, BrowserContextOptions][] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
    ['narrow-dark', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
  ];

  test.each(looks)('page: axe finds nothing serious, and nothing is cut off: %s', async (look, options) => {
    const page = await opened(await start(), options);
    const check = async (state: string): Promise<void> => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${look}-${state}.png`) });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    };
    await check('start');
    await ask(page, QUESTION);
    const citation = page.getByRole('button', { name: 'Source 1', exact: true });
    await citation.waitFor();
    await ask(page, 'note: the west door takes a forty millimetre chisel');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await check('approval');
    await citation.click();
    await page.locator('dialog mark').waitFor();
    await page.waitForTimeout(250);
    await check('source');
    await page.keyboard.press('Escape');
    if (look.startsWith('narrow')) {
      await page.getByRole('button', { name: 'Conversations' }).click();
      await page.waitForTimeout(250);
      await check('list');
    }
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
