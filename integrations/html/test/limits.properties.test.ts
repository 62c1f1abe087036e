import { describe, expect, it } from 'vitest';
import { slowReadings } from '@mortise/conformance';
import * as html from '@mortise/html';
import { decodeHtml, htmlFormat, readHtml } from '@mortise/html';
import { memoryFile } from './memory.ts';
import { textOf } from './text.ts';

const MIB = 1024 * 1024;

/** Of the processor, in milliseconds: others on the machine count nothing. */
async function costOf(html: string): Promise<number> {
  const before = process.cpuUsage();
  await readHtml(html);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Four times as much may take four times as long, and some more; not sixteen times. */
async function expectLinear(make: (n: number) => string, n: number): Promise<void> {
  let ratio = 0;
  // A collection of garbage may fall on one measurement.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [once, fourfold] = [await costOf(make(n)), await costOf(make(4 * n))];
    ratio = fourfold < 150 ? 0 : fourfold / once;
    if (ratio < 9) return;
  }
  expect.fail(`four times as much takes ${ratio.toFixed(1)} times as long`);
}

const SIGNS = [
  ...Array.from('aé水😀1 \t\n\u00a0`~|#=-*_>&<"\'/\\$[](){}.,;:'),
  '\r\n',
  '&amp;',
  '&#',
  '&#x',
  '&a',
];
const TAGS = [
  ...[
    'div',
    'b',
    'p',
    'li',
    'ul',
    'ol',
    'dl',
    'dt',
    'dd',
    'h1',
    'a',
    'form',
    'details',
    'blockquote',
    'custom',
  ],
  ...['table', 'tr', 'td', 'th', 'tbody', 'caption', 'col', 'pre', 'code', 'sup', 'sub', 'ruby', 'rt', 'rp'],
  ...[
    'math',
    'msup',
    'mfrac',
    'mtable',
    'svg',
    'mjx-container',
    'main',
    'article',
    'aside',
    'nav',
    'header',
    'footer',
  ],
  ...[
    'button',
    'select',
    'template',
    'noscript',
    'script',
    'style',
    'title',
    'textarea',
    'iframe',
    'xmp',
    'body',
  ],
];
const PARTS = [
  ...[
    '<!--',
    '<!',
    '<?',
    '<![CDATA[',
    '</',
    '<a ',
    '<a b',
    '<a b=',
    '<a b="',
    "<a b='",
    '<a b="c" ',
    '<br>',
    '<img alt=x>',
  ],
  ...[
    '<table><tr><td>',
    '<ul><li>',
    '<p><b>',
    '<b><li></li>',
    '<b><p></b>',
    '<aside><article>',
    '<h1><h2>',
    '<svg><desc>',
  ],
  ...[
    '<td colspan=1000>',
    '<td rowspan=65534>',
    '<tr><td rowspan=65534 colspan=1000>x',
    '<td class=linenos>1',
    '<pre>1</pre>',
  ],
  ...[
    '<span class=katex>',
    '<span class="line">',
    '<div class="line">a',
    '<span class=lineno>',
    '<span class="a b c d">',
  ],
  ...[
    'x<sup>1</sup>/<sub>2</sub>',
    '<sup><a href="#fn">1</a></sup>',
    '<ruby>a<rt>b</rt>',
    '<rt></rt>',
    '<mi>x</mi>',
  ],
  ...[
    '<script type="math/tex">x</script>',
    '<img class=tex alt=x>',
    '<p hidden>',
    '<div style="display:none">',
    '<code>`',
  ],
  ...[
    '<table><tr><td>1<td><pre>1</pre></table>',
    '<h2>a<a href=#>#</a></h2>',
    '<button aria-controls=x>',
    '<b></div>',
  ],
];
const UNITS = [
  ...SIGNS,
  ...TAGS.flatMap((name) => [`<${name}>`, `</${name}>`, `<${name}>x</${name}>`]),
  ...PARTS,
];

/** `pnpm test:thorough` tries them all, `pnpm test` each fifth, others in each place. */
const isThorough = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;
const some = <T>(all: readonly T[], place: number): readonly T[] =>
  isThorough ? all : all.filter((_, at) => (at + place) % 5 === 0);

describe('work is linear', () => {
  it.each([...['', '<pre>', '<table><tr><td>', '<?xml version="1.0"?><p>'].entries()])(
    'C-13: in whatever is repeated within place %i, %j',
    async (place, before) => {
      for (const unit of some(UNITS, place)) await expectLinear((n) => `${before}${unit.repeat(n)}x`, 2_000);
    },
    300_000,
  );

  it('C-13: in the depth of a page', async () => {
    for (const name of [
      'div',
      'b',
      'span class=x',
      'blockquote',
      'ul><li',
      'table><tr><td',
      'math><mrow',
      'section',
    ])
      await expectLinear((n) => `<${name}>`.repeat(n) + 'x', 20_000);
  }, 600_000);

  it('C-13: in what says how a page is encoded', async () => {
    const repeated = ['a', ' ', '=', '"', '<', '<!--', '-', '<meta', '<meta ', ' charset', '<a b="', 'é'];
    const heads = [
      '',
      '<meta charset=',
      '<meta content="text/html; charset',
      '<!--',
      '<?xml version="1.0" encoding="',
    ];
    const decoded = (text: string): string => decodeHtml('a.html', Buffer.from(text));
    expect(decoded('a')).toBe('a');
    expect(await slowReadings(decoded, { heads, repeated, tails: ['a'] })).toEqual([]);
  }, 600_000);

  it('C-13: in a file, which is decoded and read', async () => {
    const read = async (text: string): Promise<void> => {
      const file = memoryFile('a.html', Buffer.from(text));
      for await (const _document of htmlFormat().read(file, { report() {} }));
    };
    const heads = ['', '<title>'];
    expect(await slowReadings(read, { heads, repeated: ['a', ' ', '<p>', '\n'], tails: ['a'] })).toEqual([]);
  }, 600_000);

  it('C-13: in everything that the package exports', () => {
    expect(Object.keys(html).toSorted()).toEqual(['decodeHtml', 'htmlFormat', 'readHtml']);
  });

  it('C-13: nothing is too deep', async () => {
    for (const name of ['div', 'span', 'li', 'blockquote', 'sup', 'code', 'font'])
      expect(await textOf(`<${name}>`.repeat(100_000) + 'end' + `</${name}>`.repeat(100_000))).toContain(
        'end',
      );
    expect(await textOf(`<pre>${'<b>'.repeat(100_000)}end`)).toBe('```\nend\n```');
    expect(await textOf(`<math>${'<msqrt>'.repeat(50_000)}<mi>x</mi>`)).toContain('sqrt(x)');
    expect(await textOf(`<math>${'<mi>x</mi>'.repeat(200_000)}</math>`)).toContain('x x x');
    expect(await textOf(`<table><tr><td>${'x<br>y'.repeat(200_000)}</table>`)).toContain('x y');
  }, 600_000);
});

describe('bounds', () => {
  const read = async (html: string, format = htmlFormat()) => {
    const call = { report: () => expect.fail('nothing is to be reported') };
    for await (const { text } of format.read(memoryFile('a/page.html', Buffer.from(html)), call)) return text;
    return expect.fail('there is no document');
  };

  it('C-13: a file above maxBytes is refused, and told of the number', async () => {
    const html = '<p>12345678</p>';
    expect(await read(html, htmlFormat({ maxBytes: html.length }))).toBe('12345678');
    await expect(read(html, htmlFormat({ maxBytes: html.length - 1 }))).rejects.toMatchObject({
      code: 'parse',
      message: expect.stringMatching(
        /^a\/page\.html cannot be read: it has more than 14 bytes, which is maxBytes\. Raise maxBytes/,
      ),
    });
    await expect(read(' '.repeat(64 * MIB + 1))).rejects.toMatchObject({
      message: expect.stringMatching(/more than 67108864 bytes, which is maxBytes/),
    });
  });

  it('C-13: a page above maxElements is refused, and told of the number', async () => {
    expect(await textOf('<p>a<p>b', { maxElements: 2 })).toBe('a\n\nb');
    await expect(textOf('<p>a<p>b<p>c', { maxElements: 2 })).rejects.toMatchObject({
      code: 'parse',
      message: expect.stringMatching(/more than 2 elements.*maxElements/),
    });
    await expect(read('<b>'.repeat(1_000_001))).rejects.toMatchObject({ code: 'parse' });
  }, 600_000);

  it('refuses bounds that are none', () => {
    for (const options of [
      { maxBytes: 0 },
      { maxBytes: Number.NaN },
      { maxElements: 1.5 },
      { maxElements: -1 },
    ])
      expect(() => htmlFormat(options)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('C-01: stops where its signal is aborted, with its reason', async () => {
    const html = '<p>The harbour was quiet in the morning.</p>\n'.repeat(100_000);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 5);
    await expect(readHtml(html, { signal: controller.signal })).rejects.toBe('enough');
    const call = {
      signal: AbortSignal.abort('early'),
      report: () => expect.fail('nothing is to be reported'),
    };
    const documents = htmlFormat().read(memoryFile('a.html', Buffer.from(html)), call);
    await expect(documents[Symbol.asyncIterator]().next()).rejects.toBe('early');
  });

  it.each([
    ['paragraphs', '<p>The harbour was quiet in the morning, and <b>nobody</b> said a word.</p>\n', ''],
    ['one text', 'The harbour  was quiet. ', ''],
    ['one word', 'a', ''],
    ['one listing', 'def f(x):\n', '<pre>'],
    ['one cell', 'The harbour  was quiet. ', '<table><tr><th>'],
    ['one comment', 'x - ', '<p>x<!--'],
    ['one attribute', 'word  ', '<p>x<img alt="'],
    ['one section of CDATA', 'The harbour  was quiet. ', '<?xml version="1.0"?><p><![CDATA['],
  ])('C-13: others have their turn while megabytes are read: %s', async (_what, unit, before) => {
    const bytes = Buffer.from(`${before}${unit.repeat((10 * MIB) / unit.length)}">`);
    await readHtml('<p>x</p>'.repeat(10_000));
    let turns = 0;
    let isReading = true;
    const turn = () => {
      turns += 1;
      if (isReading) setImmediate(turn);
    };
    setImmediate(turn);
    for await (const _document of htmlFormat().read(memoryFile('a.html', bytes), { report() {} }));
    isReading = false;
    // Read at once there would be one or two. `bench/event-loop.ts` measures how long each takes.
    expect(turns).toBeGreaterThan(4);
  });
});
