import { describe, expect, it } from 'vitest';
import { textOf } from './text.ts';

const CODE = 'def f(x):\n\n    return 1';
const LINES = CODE.split('\n');
const numbered = (line: (text: string, number: number) => string, between = '') =>
  LINES.map((text, at) => line(text, at + 1)).join(between);

/** The same three lines, as generators write them. */
const DRESSES: readonly [generator: string, language: string, html: string][] = [
  ['plain', '', `<pre>${CODE}</pre>`],
  ['Markdown', 'python', `<pre><code class="language-python">${CODE}\n</code></pre>`],
  [
    'docutils',
    '',
    `<table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre><span class="normal">1</span>\n<span class="normal">2</span>\n3</pre></div></td><td class="code"><div><pre><span></span>${CODE}\n</pre></div></td></tr></table>`,
  ],
  [
    'bare cells',
    '',
    `<table><tr><td class=linenos><pre>1\n2\n3</pre></td><td class=code><pre>${CODE}</pre></td></tr></table>`,
  ],
  [
    'cells without a class',
    '',
    `<table><tr><td><pre>1\n2\n3</pre></td><td><pre>${CODE}</pre></td></tr></table>`,
  ],
  [
    'Sphinx',
    'python',
    `<div class="highlight-python notranslate"><div class="highlight"><pre><span></span>${numbered((text, n) => `<span class="linenos">${n}</span>${text}`, '\n')}\n</pre></div></div>`,
  ],
  [
    'Hexo',
    'python',
    `<figure class="highlight python"><table><tr><td class="gutter"><pre>${numbered((_text, n) => `<span class="line">${n}</span><br>`)}</pre></td><td class="code"><pre>${numbered((text) => `<span class="line">${text}</span><br>`)}</pre></td></tr></table></figure>`,
  ],
  [
    'Rouge',
    'python',
    `<div class="language-python highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="gutter gl"><pre class="lineno">1\n2\n3\n</pre></td><td class="code"><pre>${CODE}\n</pre></td></tr></tbody></table></code></pre></div></div>`,
  ],
  [
    'Hugo',
    'python',
    `<div class="highlight"><table class="lntable"><tr><td class="lntd"><pre class="chroma"><code>${numbered((_text, n) => `<span class="lnt">${n}\n</span>`)}</code></pre></td><td class="lntd"><pre class="chroma"><code class="language-python" data-lang="python">${numbered((text) => `<span class="line"><span class="cl">${text}\n</span></span>`)}</code></pre></td></tr></table></div>`,
  ],
  [
    'GitHub',
    '',
    `<table class="highlight js-file-line-container">${numbered((text, n) => `<tr><td id="L${n}" class="blob-num js-line-number" data-line-number="${n}"></td><td class="blob-code blob-code-inner">${text}</td></tr>`)}</table>`,
  ],
  [
    'highlight.js',
    'python',
    `<pre><code class="hljs python"><table class="hljs-ln">${numbered((text, n) => `<tr><td class="hljs-ln-line hljs-ln-numbers" data-line-number="${n}"><div class="hljs-ln-n" data-line-number="${n}"></div></td><td class="hljs-ln-line hljs-ln-code">${text}</td></tr>`)}</table></code></pre>`,
  ],
  [
    'Docusaurus',
    'python',
    `<div class="language-python codeBlockContainer"><pre tabindex="0" class="prism-code language-python"><code class="codeBlockLines">${numbered((text) => `<span class="token-line" style="color:#fff"><span class="token plain"${text === '' ? ' style="display:inline-block"' : ''}>${text}</span><br></span>`)}</code></pre><div class="buttonGroup"><button type="button">Copy</button></div></div>`,
  ],
  [
    'Prism in React',
    'python',
    `<pre class="language-python">${numbered((text, n) => `<div class="token-line"><span class="line-number">${n}</span><span>${text}</span></div>`)}</pre>`,
  ],
  [
    'Prism',
    'python',
    `<pre class="line-numbers language-python"><code>${CODE}<span aria-hidden="true" class="line-numbers-rows"><span></span></span></code></pre>`,
  ],
  [
    'Shiki',
    'python',
    `<pre class="shiki" data-language="python"><code>${numbered((text) => `<span class="line"><span>${text}</span></span>`, '\n')}</code></pre>`,
  ],
  [
    'Shiki without line ends',
    '',
    `<pre class="shiki"><code>${numbered((text) => `<span class="line">${text}</span>`)}</code></pre>`,
  ],
  [
    'rehype-pretty-code',
    '',
    `<pre><code>${numbered((text) => `<span data-line="">${text}</span>`, '\n')}</code></pre>`,
  ],
  [
    'VitePress',
    'python',
    `<div class="language-python line-numbers-mode"><button title="Copy Code" class="copy"></button><pre><code>${numbered((text) => `<span class="line">${text}</span>`, '\n')}</code></pre><div class="line-numbers-wrapper" aria-hidden="true">${numbered((_text, n) => `<span class="line-number">${n}</span><br>`)}</div></div>`,
  ],
  [
    'Expressive Code',
    '',
    `<pre data-language="none"><code>${numbered((text, n) => `<div class="ec-line"><div class="gutter"><div class="ln">${n}</div></div><div class="code">${text}</div></div>`)}</code></pre>`,
  ],
  [
    'google-code-prettify',
    'py',
    `<pre class="prettyprint linenums lang-py"><ol class="linenums">${numbered((text, n) => `<li class="L${n}">${text}</li>`)}</ol></pre>`,
  ],
  [
    'SyntaxHighlighter',
    '',
    `<div class="syntaxhighlighter"><table><tr><td class="gutter">${numbered((_text, n) => `<div class="line number${n}">${n}</div>`)}</td><td class="code"><div class="container">${numbered((text) => `<div class="line">${text.replaceAll(' ', '&nbsp;')}</div>`)}</div></td></tr></table></div>`,
  ],
  [
    'pandoc',
    'python',
    `<div class="sourceCode"><pre class="sourceCode numberSource python"><code class="sourceCode python">${numbered((text, n) => `<span id="cb1-${n}"><a href="#cb1-${n}"></a>${text}</span>`, '\n')}</code></pre></div>`,
  ],
  [
    'GitLab',
    'python',
    `<pre class="code highlight" lang="python"><code>${numbered((text, n) => `<span id="LC${n}" class="line" lang="python">${text}</span>`, '\n')}</code></pre>`,
  ],
  ['paragraphs', '', `<pre><div>${LINES[0]}</div><div><br></div><div>${LINES[2]}</div></pre>`],
  ['line breaks', '', `<pre>${LINES.join('<br>')}</pre>`],
  ['a code each line', '', `<pre>${numbered((text) => `<code class="line">${text}</code>`)}</pre>`],
  [
    'lines set apart by white space',
    '',
    `<pre>\n  ${numbered((text) => `<div class="line">${text}</div>`, '\n  ')}\n</pre>`,
  ],
  [
    'a button in it',
    '',
    `<pre>${CODE}<button class="copy">Copy</button><span class="copy-btn">Copy</span></pre>`,
  ],
  ['xmp', '', `<xmp>${CODE}</xmp>`],
];

describe('code', () => {
  it.each(DRESSES)(
    'is one fence, with its lines and indents, in the dress of %s',
    async (_generator, language, html) => {
      expect(await textOf(`<main><p>a</p>${html}<p>b</p></main>`)).toBe(
        `a\n\n\`\`\`${language}\n${CODE}\n\`\`\`\n\nb`,
      );
    },
  );

  it('keeps numbers that are code', async () => {
    expect(await textOf('<pre><span class="mi">1</span> + <span class="mi">2</span></pre>')).toBe(
      '```\n1 + 2\n```',
    );
  });

  it('keeps tables in which a column is called code', async () => {
    const html = '<table><tr><th>Code<th>Meaning</tr><tr><td class="code">404<td>Not found</tr></table>';
    expect(await textOf(html)).toBe('| Code | Meaning |\n| --- | --- |\n| 404 | Not found |');
  });

  it('keeps the lines of code in a cell', async () => {
    const html = '<table><tr><th>Option<td><pre>a:\n  b</pre></tr></table>';
    expect(await textOf(html)).toBe('Option\n\n```\na:\n  b\n```');
  });

  it('knows where each line stands in the source', async () => {
    const { readHtml } = await import('@mortise/html');
    const html = '<pre><code><div class="line">first</div><div class="line">  second &lt;</div></code></pre>';
    const { text, sourceRange } = await readHtml(html);
    expect(text).toBe('```\nfirst\n  second <\n```');
    const range = sourceRange({ start: text.indexOf('second'), end: text.indexOf('second') + 8 });
    expect(html.slice(range?.start, range?.end)).toBe('second &lt;');
  });

  it('in a line keeps its backticks', async () => {
    expect(await textOf('<p><code>a</code> <code>x`y</code> <code><code>b</code></code></p>')).toBe(
      '`a` `` x`y `` `b`',
    );
  });
});
