import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HashEmbedding } from '@mortise/core/testing';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCollection } from '../collection.ts';
import { evaluate } from '../evaluate.ts';
import { pageReport } from '../page.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
if (executablePath === undefined) console.warn('The page was not tested: no Chromium is installed.');
/** A folder for pictures of the page, where somebody wants to look at it. */
const shots = process.env['MORTISE_SHOTS'];

describe.skipIf(executablePath === undefined)('the page of an evaluation, in Chromium', () => {
  let browser: Browser;
  let text: string;

  beforeAll(async () => {
    const collection = await readCollection(join(import.meta.dirname, 'fixtures/garden'));
    text = await pageReport(
      collection,
      await evaluate(collection, new HashEmbedding(), () => () => undefined),
    );
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    if (shots !== undefined) mkdirSync(shots, { recursive: true });
  });
  afterAll(() => browser.close());

  test.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 360],
  ] as const)(
    'axe finds nothing serious, and nothing is cut off: %s, %i pixels',
    async (colorScheme, width) => {
      // Else axe could not be put into a page that runs no script.
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 800 },
        bypassCSP: true,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => complaints.push(request.url()));
      await page.setContent(text);
      const first = page.locator('summary').first();
      await first.focus();
      await page.keyboard.press('Enter');
      await page.locator('details[open] li.relevant').first().waitFor();
      if (shots !== undefined)
        await page.screenshot({
          path: join(shots, `evaluation-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      await page.evaluate(axe);
      const violations = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
        'axe.run().then(({ violations }) => violations)',
      );
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
