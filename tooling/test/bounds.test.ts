import { describe, expect, test } from 'vitest';
import {
  BOUNDS_PAGE,
  boundProblems,
  boundRows,
  figureIn,
  figuresOf,
  promiseProblems,
  readSource,
} from '../bounds.ts';
import { publishedPackages, sourceFiles } from '../workspace.ts';

const page = readSource(BOUNDS_PAGE);
const sources = publishedPackages()
  .filter(({ folder }) => folder !== 'packages/conformance')
  .flatMap(({ folder }) => sourceFiles(`${folder}/src`));

test('C-13: the table of bounds says what the sources do, and each bound has its row', () => {
  expect(boundProblems(page, readSource, sources)).toEqual([]);
});

test('C-09, C-13: SECURITY.md promises the figures that the sources and the hostile servers have', () => {
  expect(promiseProblems(readSource('SECURITY.md'), readSource)).toEqual([]);
});

describe('the check itself', () => {
  test('finds a promise with another figure, and one that is gone', () => {
    const text = readSource('SECURITY.md');
    const other = text.replace('20,000 tool calls', '30,000 tool calls').replace('up to 5 are', 'some are');
    expect(promiseProblems(other, readSource)).toEqual([
      expect.stringMatching(/is undefined there, and 5 in .*guarded-fetch/),
      expect.stringMatching(/is 30000 there, and 20000 in .*attacks/),
    ]);
  });

  test('finds a figure that is another one, a row that is nowhere and a bound without a row', () => {
    expect(boundProblems(page.replace('| 48 MiB', '| 47 MiB'), readSource, [])).toEqual([
      'Bytes of a whole reply, of an error, of vectors: the table says 47 MiB, after decompression, the sources 50331648',
    ]);
    const without = page.replace(/^\| Bytes of a PDF .*\n/m, '| Bytes of a cat | 1 | | lost | none |\n');
    expect(boundProblems(without, readSource, [])).toEqual([
      'Bytes of a cat: there is no place for it in tooling/bounds.ts',
      'Bytes of a PDF: the table has no such row',
    ]);
    const read = (file: string): string =>
      file === 'new.ts' ? 'const MAX_CAT_BYTES = 1;' : readSource(file);
    expect(boundProblems(page, read, ['new.ts'])).toEqual([
      expect.stringContaining('MAX_CAT_BYTES has no row'),
    ]);
  });

  test.each([
    ['export const A = 48 * 2 ** 20;', 'A', 50_331_648],
    ["x = wholeNumber('a', options.a ?? 30_000, {", 'a', 30_000],
    ['const { maxSteps = 10,', 'maxSteps', 10],
    ['const A: number = 1 << 4;', 'A', 16],
    ['const A = 2 ** 31 - 1;', 'A', 2_147_483_647],
    ['const { a = DEFAULT }', 'a', undefined],
  ])('reads %s', (source, name, figure) => {
    expect(figureIn(source, name)).toBe(figure);
  });

  test('reads the units of a cell', () => {
    expect(figuresOf('48 MiB, after; 1,000 and 5 min, 24 h, 300 s, 1 GiB')).toEqual([
      48 * 2 ** 20,
      1_000,
      300_000,
      86_400_000,
      300_000,
      2 ** 30,
    ]);
    expect(boundRows(page).length).toBeGreaterThan(30);
  });
});
