import { describe, expect, it } from 'vitest';
import type { Document } from '@mortise/core/retriever';
import { htmlFormat } from '@mortise/html';
import { memoryFile } from './memory.ts';
import { textOf } from './text.ts';

async function read(html: string): Promise<Document[]> {
  const documents: Document[] = [];
  const call = { report: () => expect.fail('nothing is to be reported') };
  for await (const document of htmlFormat().read(memoryFile('a/page.html', Buffer.from(html)), call))
    documents.push(document);
  return documents;
}

describe('a page without text', () => {
  it.each([
    [
      'that scripts build',
      '<body><div id="root"></div><script src="app.js"></script></body>',
      /scripts build it.*Let a browser/,
    ],
    [
      'that asks for scripts',
      '<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script></script>',
      /scripts build it/,
    ],
    ['of frames', '<frameset><frame src="a.html"></frameset>', /in frames.*Read those/],
    ['of tags', '<html><head><title>T</title></head><body><img src="x.png"></body></html>', /only tags/],
    ['of comments', '<!-- nothing -->', /nothing but comments/],
  ])('D-01: is a failure that says why: one %s', async (_what, html, message) => {
    await expect(read(html)).rejects.toMatchObject({
      code: 'parse',
      message: expect.stringMatching(new RegExp(`^a/page\\.html has no text: .*${message.source}`)),
    });
  });

  it('is none where the file is empty', async () => {
    expect(await read('')).toMatchObject([{ text: '' }]);
  });
});

describe('declared content', () => {
  it.each([
    ['an aside', '<aside class="note"><p>Warning: never do X.</p></aside>', 'Warning: never do X.'],
    ['an aside without a class', '<aside>More</aside>', 'More'],
    ['a footer', '<footer>Notes</footer>', 'Notes'],
    ['a header', '<header><p>Intro</p></header>', 'Intro'],
    ['navigation', '<nav>Contents</nav>', 'Contents'],
    ['a role', '<div role="complementary">Side</div>', 'Side'],
    ['a dialog', '<dialog>Details</dialog>', 'Details'],
    ['footnotes', '<aside role="doc-footnote" class="footnote brackets">Foot</aside>', 'Foot'],
    ['what is hidden from screen readers alone', '<div aria-hidden="true">Seen</div>', 'Seen'],
    ['a tab that is not chosen', '<div role="tabpanel" hidden>npm install</div>', 'npm install'],
    [
      'what a button shows',
      '<button aria-controls="p1">Show</button><div id="p1" hidden>Answer</div>',
      'Answer',
    ],
    ['what searching finds', '<div hidden="until-found">Found</div>', 'Found'],
    ['a question that is a button', '<h2><button>Why?</button></h2>', '## Why?'],
  ])('keeps %s', async (_what, inner, text) => {
    for (const [open, close] of [
      ['<main>', '</main>'],
      ['<article>', '</article>'],
      ['<div role="main">', '</div>'],
    ])
      expect(await textOf(`<p>Banner</p>${open}<h1>T</h1>${inner}<p>b</p>${close}`)).toBe(
        `# T\n\n${text}\n\nb`,
      );
  });

  it.each([
    ['hidden from screen readers', '<main aria-hidden="true"><p>text</p></main>'],
    ['in what is', '<div aria-hidden="true"><div><main><p>text</p></main></div></div>'],
    ['hidden until a script shows it', '<main hidden><p>text</p></main>'],
    ['in what a script shows', '<div style="display: none"><main><p>text</p></main></div>'],
    [
      'in a body that a script shows',
      '<body style="visibility:hidden"><article><p>text</p></article></body>',
    ],
    ['in an aside', '<aside><main><p>text</p></main></aside>'],
    ['in a dialog', '<div role="dialog"><main><p>text</p></main></div>'],
  ])('is read where it is %s', async (_what, html) => {
    expect(await textOf(html)).toBe('text');
  });

  it('is left out where nobody ever sees it', async () => {
    expect(await textOf('<main><p>a</p><p hidden>b</p><p style="color:red;display:none">c</p></main>')).toBe(
      'a',
    );
    expect(await textOf('<main>a</main><main hidden>b</main>')).toBe('a');
  });

  it('is all there is where all else would be nothing', async () => {
    expect(await textOf('<nav>Only links</nav>')).toBe('Only links');
    expect(await textOf('<div hidden>All</div>')).toBe('All');
    expect(await textOf('<noscript><p>All</p></noscript>')).toBe('All');
    expect(await textOf('<body aria-hidden="true"><p>All</p></body>')).toBe('All');
  });

  it('is no teaser in an aside', async () => {
    expect(await textOf('<article>Story</article><aside><article>Teaser</article></aside>')).toBe('Story');
    expect(await textOf('<aside><article>Teaser</article></aside><p>Story</p>')).toBe('Story');
  });
});

describe('a page that does not say where its content is', () => {
  it.each([
    ['notes', '<aside class="admonition warning"><p>Warning</p></aside>', 'Warning'],
    [
      'footnotes',
      '<aside class="footnote-list brackets"><aside role="doc-footnote">1 See</aside></aside>',
      '1 See',
    ],
    ['the header of a section', '<section><header><p>Intro</p></header></section>', 'Intro'],
    [
      'the source of a quotation',
      '<blockquote><p>Q</p><footer>Author</footer></blockquote>',
      '> Q\n\n> Author',
    ],
  ])('keeps %s', async (_what, html, text) => {
    expect(await textOf(`<aside>Ad</aside>${html}<footer>Imprint</footer>`)).toBe(text);
  });

  it('leaves out signs and buttons that say nothing', async () => {
    const html = [
      '<h2>Install<a class="headerlink" href="#install">¶</a></h2>',
      '<p>Run it. <button>Like</button><span class="material-icons" aria-hidden="true">favorite</span></p>',
    ].join('');
    expect(await textOf(html)).toBe('## Install\n\nRun it.');
  });

  it('keeps a page whose button was never closed', async () => {
    expect(await textOf(`<button>Menu<p>${'Text. '.repeat(50)}</p>`)).toContain('Text. Text.');
  });
});

describe('tags that are missing or too many', () => {
  it.each([
    ['a picture that is not closed', '<svg><path><p>after</p>', 'after'],
    [
      'a block in a cell',
      '<table><tr><td><div>x</td></div><td>y</tr></table>after',
      '| x | y |\n| --- | --- |\n\nafter',
    ],
    [
      'text between rows',
      '<table><tr><td>a</td></tr>stray<tr><td>b</table>',
      'stray\n\n| a |\n| --- |\n| b |',
    ],
    ['a paragraph in bold', '<b><p>one</b> two</p>', 'one two'],
    ['what is behind the end', '<body><main>a</main></body></html><p>b</p>', 'a'],
    [
      'a form that begins in a table',
      '<main><table><form><tr><td>a</form></tr></table><p>b</p></main>',
      '| a |\n| --- |\n\nb',
    ],
    ['a heading that another one ends', '<h2>a</h3><p>b</p>', '## a\n\nb'],
    ['two bodies', '<body><p>a</p></body><body><p>b</p></body>', 'a\n\nb'],
  ])('reads %s', async (_what, html, text) => {
    expect(await textOf(html)).toBe(text);
  });
});
