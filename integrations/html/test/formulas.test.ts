import { describe, expect, it } from 'vitest';
import { textOf } from './text.ts';

const TEX = 'E = mc^{2}';
const MATHML = `<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="${TEX}"><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">${TEX}</annotation></semantics></math>`;

describe('formulas', () => {
  it.each([
    ['MathML with LaTeX', MATHML],
    [
      'KaTeX',
      `<span class="katex"><span class="katex-mathml">${MATHML}</span><span class="katex-html" aria-hidden="true"><span class="mord">E=mc2</span></span></span>`,
    ],
    [
      'MediaWiki',
      `<span class="mwe-math-element"><span class="mwe-math-mathml-inline mwe-math-mathml-a11y" style="display: none;">${MATHML}</span><img src="x.svg" class="mwe-math-fallback-image-inline" aria-hidden="true" alt="${TEX}"></span>`,
    ],
    ['a picture of MediaWiki', `<img class="mwe-math-fallback-image-inline" alt="${TEX}">`],
    ['a picture of WordPress', `<img class="latex" alt="${TEX}">`],
    ['a script', `<script type="math/tex">${TEX}</script>`],
    [
      'MathJax 2',
      `<span class="MathJax_Preview">E=mc2</span><span class="MathJax" id="MathJax-Element-1-Frame"><nobr>E=mc2</nobr><span class="MJX_Assistive_MathML"><math><mi>E</mi></math></span></span><script type="math/tex" id="MathJax-Element-1">${TEX}</script>`,
    ],
    [
      'MathJax 4',
      `<mjx-container class="MathJax" jax="CHTML"><mjx-math data-latex="${TEX}" aria-hidden="true"><mjx-mi>E</mjx-mi></mjx-math><mjx-assistive-mml><math><mi>E</mi></math></mjx-assistive-mml></mjx-container>`,
    ],
    ['LaTeXML', `<math class="ltx_Math" alttext="${TEX}"><mi>E</mi></math>`],
  ])('are LaTeX, once: %s', async (_what, html) => {
    expect(await textOf(`<p>Energy: ${html}.</p>`)).toBe(`Energy: $${TEX}$.`);
  });

  it('stand in two dollars where they stand on their own', async () => {
    expect(
      await textOf(`<p>a</p><span class="katex-display"><span class="katex">${MATHML}</span></span>`),
    ).toBe(`a\n\n$$${TEX}$$`);
    expect(await textOf('<script type="math/tex; mode=display">x</script>')).toBe('$$x$$');
  });

  it('read in a line where there is no LaTeX', async () => {
    const math = [
      '<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac><mo>=</mo>',
      '<msup><mi>x</mi><mn>2</mn></msup><mo>&#x2061;</mo><msub><mi>y</mi><mi>i</mi></msub><msqrt><mi>z</mi></msqrt></math>',
    ].join('');
    expect(await textOf(`<p>Let ${math} be.</p>`)).toBe('Let (a+b)/c=x^2 y_i sqrt(z) be.');
  });

  it('read without the white space that sets their source', async () => {
    const math = '<math>\n  <msup>\n    <mi>\n x\n </mi>\n    <mn>\n2\n</mn>\n  </msup>\n</math>';
    expect(await textOf(`<p>Take${math}apart.</p>`)).toBe('Take x^2 apart.');
  });

  it('keep names and numbers apart that follow each other', async () => {
    expect(await textOf('<math><mn>4</mn><mi>a</mi><mi>c</mi><mo>=</mo><mi>sin</mi><mi>x</mi></math>')).toBe(
      '4 a c=sin x',
    );
  });

  it('have their text where there is nothing else', async () => {
    expect(
      await textOf(
        '<p><span class="katex"><span class="katex-html" aria-hidden="true">x+1</span></span></p>',
      ),
    ).toBe('x+1');
    expect(await textOf('<p>a <script>run()</script>b</p>')).toBe('a b');
  });

  it('are not all of a page that is called after them', async () => {
    const page = (inner: string) =>
      `<div class="katex"><p>Before it stands much, and after it too.</p>${inner}</div>`;
    expect(await textOf(page(`${MATHML} and ${MATHML}`))).toBe(
      `Before it stands much, and after it too.\n\n$${TEX}$ and $${TEX}$`,
    );
    const long = 'It goes on for long. '.repeat(20).trim();
    expect(await textOf(page(`<p>${long} ${MATHML}</p>`))).toContain(`${long} $${TEX}$`);
  });

  it('know where they stand in the source', async () => {
    const { readHtml } = await import('@mortise/html');
    const html = `<p>So ${MATHML}.</p>`;
    const { text, sourceRange } = await readHtml(html);
    const range = sourceRange({ start: text.indexOf(TEX), end: text.indexOf(TEX) + TEX.length });
    expect(range?.start).toBe(html.lastIndexOf(TEX));
    expect(html.slice(range?.start, range?.end)).toBe(TEX);
  });
});

describe('what is raised or lowered', () => {
  it.each([
    ['10<sup>6</sup>', '10^6'],
    ['10<sup>-3</sup> m', '10^-3 m'],
    ['H<sub>2</sub>O', 'H_2O'],
    ['SO<sub>4</sub><sup>2−</sup>', 'SO_4^2−'],
    ['x<sup>n+1</sup>', 'x^(n+1)'],
    ['x<sup><i>n</i></sup>', 'x^n'],
    ['(a+b)<sup>2</sup>', '(a+b)^2'],
    ['the 1<sup>st</sup> and 22<sup>nd</sup>', 'the 1st and 22nd'],
    ['Acme<sup>®</sup>', 'Acme®'],
    ['3<sup>1</sup>/<sub>2</sub>', '3 1/2'],
    ['<sup>1</sup>/<sub>2</sub>', '1/2'],
    ['word<sup><a href="#fn1">1</a></sup>', 'word[^1]'],
    ['word<a href="#fn1"><sup>1</sup></a>', 'word[^1]'],
    ['word<sup class="footnote-ref">1</sup>', 'word[^1]'],
    ['word<sup class="reference"><a href="#cite">[1]</a></sup>', 'word[1]'],
    ['<sup>1</sup> See there', '1 See there'],
    ['Sale <sup>new today only</sup>', 'Sale new today only'],
    ['a<sup></sup>b', 'ab'],
  ])('%s is %s', async (html, text) => {
    expect(await textOf(`<p>${html}</p>`)).toBe(text);
    expect(await textOf(`<table><tr><th>${html}</th></tr></table>`)).toContain(`| ${text} |`);
  });

  it('is raised in code too', async () => {
    expect(await textOf('<pre>10<sup>6</sup> x<sub>i</sub></pre>')).toBe('```\n10^6 x_i\n```');
  });
});
