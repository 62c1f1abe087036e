import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Document } from '@mortise/core/retriever';
import { decodeHtml, htmlFormat, readHtml, type HtmlOptions } from '@mortise/html';
import { memoryFile } from './memory.ts';

const textOf = async (html: string, options?: HtmlOptions) => (await readHtml(html, options)).text;

async function documentOf(content: Uint8Array): Promise<Document> {
  const call = { report: () => expect.fail('nothing is to be reported') };
  for await (const document of htmlFormat().read(memoryFile('a/page.html', content), call)) return document;
  return expect.fail('there is no document');
}

describe('readHtml', () => {
  it.each([
    [
      'paragraphs',
      '<p>One\n  and\ttwo.</p>  <div>Three<div>Four</div></div>',
      'One and two.\n\nThree\n\nFour',
    ],
    ['headings', '<h1>A <em>b</em></h1><p>c</p><h3>D</h3>', '# A b\n\nc\n\n### D'],
    ['words that markup cuts', '<p>un<b>break</b>able <i>a</i> <i>b</i></p>', 'unbreakable a b'],
    ['line breaks', '<p>One<br>two<br/>three</p>', 'One\ntwo\nthree'],
    ['lists', '<ul><li>a<li>b<ol><li>c<li>d</ol></ul>', '- a\n- b\n  1. c\n  2. d'],
    ['a list that begins elsewhere', '<ol start=3><li>c</li><li>d</li></ol>', '3. c\n4. d'],
    [
      'tables',
      '<table><tr><th>a<th>b|c</tr><tr><td>1<td><p>2</p><p>3</p></table>',
      '| a | b\\|c |\n| --- | --- |\n| 1 | 2 3 |',
    ],
    ['tables that only lay out', '<table><tr><td><table><tr><td>x</table></table>', '| x |\n| --- |'],
    ['quotes', '<blockquote><p>a</p><p>b</p></blockquote>', '> a\n\n> b'],
    ['code in a line', '<p>Call <code>run()</code>.</p>', 'Call `run()`.'],
    ['pictures by what they show', '<p>See <img src=x alt="the quay">.</p>', 'See the quay.'],
    ['pictures apart from words', '<p>Photo<img alt="a quay">12:00</p>', 'Photo a quay 12:00'],
    ['references', '<p>a &amp; b&nbsp;&lt;c&gt; &eacute;&#x1F600; &nosuch;</p>', 'a & b <c> é😀 &nosuch;'],
    ['what would be markup, as text', '<p># no heading</p><p>```</p>', '\\# no heading\n\n\\```'],
    ['nothing', '', ''],
    ['what is never closed', '<div><p>a<p>b<ul><li>c', 'a\n\nb\n\n- c'],
    ['what is closed and was not open', '</div></p>a</b>', 'a'],
  ])('reads %s', async (_what, html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  it('keeps code as it stands, with its language, whatever fences are in it', async () => {
    const html = '<pre><code class="language-js">\nif (a &lt; b) {\n\n  run();\n}\n</code></pre>';
    expect(await textOf(html)).toBe('```js\nif (a < b) {\n\n  run();\n}\n```');
    expect(await textOf('<pre>```\nx</pre>')).toBe('````\n```\nx\n````');
  });

  const page = [
    '<html lang="en"><head><title>A  page</title><meta name="description" content="About"><style>p {}</style></head>',
    '<body><header>Brand <nav>Home</nav></header><aside>Ad</aside>',
    '<div role="navigation">Crumbs</div><p hidden>Secret</p><script>run()</script>',
    '<h1>Title</h1><p>Content.</p><footer>Imprint</footer></body></html>',
  ].join('\n');

  it('leaves out what is around the content', async () => {
    expect(await readHtml(page)).toMatchObject({
      text: '# Title\n\nContent.',
      title: 'A page',
      description: 'About',
      language: 'en',
    });
  });

  it('keeps it when asked to, but not what is no text', async () => {
    const text = await textOf(page, { boilerplate: true });
    expect(text).toBe('Brand\n\nHome\n\nAd\n\nCrumbs\n\n# Title\n\nContent.\n\nImprint');
  });

  it.each([
    ['main', '<p>Banner</p><main><p>In</p></main><p>Related</p>', 'In'],
    ['a role', '<p>Banner</p><div role=main>In</div>', 'In'],
    ['articles', '<p>Banner</p><article>One</article><article>Two</article>', 'One\n\nTwo'],
    ['main before articles', '<article>Teaser</article><main>In</main>', 'In'],
    ['the heading in the head of an article', '<article><header><h1>T</h1></header>x</article>', '# T\n\nx'],
    ['all, where it would be nothing', '<p>All there is</p><main></main>', 'All there is'],
  ])('takes for the content %s', async (_what, html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  it('D-02: knows where a stretch of the text stands in the HTML', async () => {
    const html = '<h2>Tides</h2>\n<p>Twice &amp; <b>thrice</b>\n a day.</p><pre>a\n b</pre>';
    const { text, sourceRange } = await readHtml(html);
    const sourceOf = (part: string) => {
      const start = text.indexOf(part);
      const range = sourceRange({ start, end: start + part.length });
      return range && html.slice(range.start, range.end);
    };
    expect(sourceOf('Tides')).toBe('Tides');
    expect(sourceOf('Twice &')).toBe('Twice &amp;');
    expect(sourceOf('thrice a')).toBe('thrice</b>\n a');
    expect(sourceOf('a\n b')).toBe('a\n b');
    expect(sourceOf('## ')).toBeUndefined();
  });

  it('D-02: the place of each word is exact in any page', async () => {
    const word = fc.stringMatching(/^[a-z]{2,6}$/);
    const around = fc.constantFrom(
      'p',
      'div',
      'b',
      'li',
      'td',
      'pre',
      'h2',
      'blockquote',
      'tr',
      'table',
      'ul',
      'nav',
    );
    const markup = fc.array(
      fc.oneof(
        word,
        around.map((name) => `<${name}>`),
        around.map((name) => `</${name}>`),
        fc.constantFrom(' ', '\n', '&amp;', '<br>'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(markup, async (parts) => {
        const html = parts.join('');
        const { text, sourceRange } = await readHtml(html, { boilerplate: true });
        for (const { 0: found, index } of text.matchAll(/[a-z]{2,}/g)) {
          const range = sourceRange({ start: index, end: index + found.length });
          expect(html.slice(range?.start, range?.end).replaceAll(/<[^>]*>/g, '')).toBe(found);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes time linear in the page, however deep it is', async () => {
    const deep = `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`;
    expect(await textOf(deep)).toBe('x');
    expect(await textOf('<p>a &lt; b</p>'.repeat(5_000))).toHaveLength(5_000 * 7 - 2);
  });
});

describe('htmlFormat', () => {
  it('D-02: gives one document with title, path and language', async () => {
    const html = '<html lang=de><title>T</title><body><h1>Grüße</h1><p>Hallo.</p>';
    expect(await documentOf(Buffer.from(html))).toMatchObject({
      id: 'a/page.html',
      text: '# Grüße\n\nHallo.',
      metadata: {
        title: 'T',
        path: 'a/page.html',
        language: 'de',
        mediaType: 'text/markdown',
        sourceMediaType: 'text/html',
      },
    });
  });

  it.each([
    ['UTF-8', Buffer.from('<p>Grüße')],
    ['UTF-8 with a mark', Buffer.from('\ufeff<p>Grüße')],
    ['UTF-16 with a mark', Buffer.from('\ufeff<p>Grüße', 'utf16le')],
    ['what it says it is', Buffer.from('<meta charset="iso-8859-1"><p>Grüße', 'latin1')],
    [
      'what it says it is, in the older way',
      Buffer.from(
        '<meta http-equiv=content-type content="text/html; charset=windows-1252"><p>Grüße',
        'latin1',
      ),
    ],
    ['an encoding that nobody knows', Buffer.from('<meta charset="klingon"><p>Grüße')],
    ['UTF-16 that it cannot be', Buffer.from('<meta charset="utf-16"><p>Grüße')],
  ])('reads %s', async (_what, content) => {
    expect((await documentOf(content)).text).toBe('Grüße');
  });

  it('D-01: refuses bytes that are no text, and names the file', () => {
    expect(() => decodeHtml('a.html', Uint8Array.of(0x3c, 0xff))).toThrow(
      expect.objectContaining({ code: 'parse', message: expect.stringContaining('a.html cannot be read') }),
    );
  });
});
