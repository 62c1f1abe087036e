import { describe, expect, it } from 'vitest';
import { textOf } from './text.ts';

const rows = (text: string) => text.split('\n').map((line) => line.slice(2, -2).split(' | '));

describe('tables', () => {
  it.each([
    [
      'a cell of two rows',
      '<tr><th>a<th>b</tr><tr><td rowspan=2>x<td>1</tr><tr><td>2</tr>',
      '| a | b |\n| --- | --- |\n| x | 1 |\n| x | 2 |',
    ],
    [
      'a cell of two columns',
      '<tr><th>a<th>b</tr><tr><td colspan=2>x</tr><tr><td>1<td>2</tr>',
      '| a | b |\n| --- | --- |\n| x | x |\n| 1 | 2 |',
    ],
    [
      'headers of two rows',
      '<thead><tr><th rowspan=2>A<th colspan=2>B</tr><tr><th>b1<th>b2</tr></thead><tr><td>1<td>2<td>3</tr>',
      '| A | B | B |\n| --- | --- | --- |\n| A | b1 | b2 |\n| 1 | 2 | 3 |',
    ],
    ['a row that is too short', '<tr><th>a<th>b</tr><tr><td>1</tr>', '| a | b |\n| --- | --- |\n| 1 |  |'],
    ['an empty cell', '<tr><th><th>b</tr><tr><td>1<td></tr>', '|  | b |\n| --- | --- |\n| 1 |  |'],
    [
      'a span to the end',
      '<tr><th>a<th>b</tr><tr><td rowspan=0>x<td>1</tr><tr><td>2</tr>',
      '| a | b |\n| --- | --- |\n| x | 1 |\n| x | 2 |',
    ],
    [
      'a span beyond the end',
      '<tr><th>a<th>b</tr><tr><td colspan=100 rowspan=100>x</tr>',
      '| a | b |\n| --- | --- |\n| x | x |',
    ],
    ['a caption', '<caption>Tides</caption><tr><th>a<th>b</tr>', 'Tides\n\n| a | b |\n| --- | --- |'],
    [
      'parts',
      '<thead><tr><th>a</tr></thead><tbody><tr><td>1</tr></tbody><tfoot><tr><td>2</tr></tfoot>',
      '| a |\n| --- |\n| 1 |\n| 2 |',
    ],
    [
      'blocks in a cell',
      '<tr><th>a<th>b</tr><tr><td><ul><li>1<li>2</ul><td><p>3<p>4</tr>',
      '| a | b |\n| --- | --- |\n| 1 2 | 3 4 |',
    ],
    ['a hidden row', '<tr><th>a</tr><tr hidden><td>1</tr><tr><td>2</tr>', '| a |\n| --- |\n| 2 |'],
  ])('keep their columns: %s', async (_what, inner, text) => {
    expect(await textOf(`<table>${inner}</table>`)).toBe(text);
  });

  it('say a long cell once, and keep its columns', async () => {
    const long = 'word '.repeat(60).trim();
    const text = await textOf(`<table><tr><th>a<th>b<tr><td rowspan=2>${long}<td>1<tr><td>2</table>`);
    expect(rows(text).map((row) => row.length)).toEqual([2, 2, 2, 2]);
    expect(text.split(long)).toHaveLength(2);
  });

  it('grow no larger than their cells warrant', async () => {
    const wide = '<tr><td colspan=1000>x</tr>'.repeat(2_000);
    const text = await textOf(`<table>${wide}<tr>${'<td>y'.repeat(1000)}</tr></table>`);
    expect(text.length).toBeLessThan(100_000);
    const tall = `<table><tr><td rowspan=65534>${'x'.repeat(150)}<td>1</tr>${'<tr><td>2</tr>'.repeat(20_000)}</table>`;
    expect((await textOf(tall)).length).toBeLessThan(20 * tall.length);
  });

  it.each([
    [
      'a table in it',
      '<table><tr><td>Menu<td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>',
      'Menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |',
    ],
    ['headings in it', '<table><tr><td><h1>T</h1><p>x</p><td>Side</table>', '# T\n\nx\n\nSide'],
    ['a role', '<table role="presentation"><tr><td>a<td>b</table>', 'a\n\nb'],
  ])('that lay out a page are none: %s', async (_what, html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  it('know where each cell stands in the source', async () => {
    const { readHtml } = await import('@mortise/html');
    const html = '<table><tr><th>a<th>b<tr><td rowspan=2>xyz<td>1<tr><td>2</table>';
    const { text, sourceRange } = await readHtml(html);
    for (const start of [text.indexOf('xyz'), text.lastIndexOf('xyz')]) {
      const range = sourceRange({ start, end: start + 3 });
      expect(html.slice(range?.start, range?.end)).toBe('xyz');
    }
  });
});
