import { expect, test } from 'vitest';
import { pdfMarkdown } from '../pdf-report.ts';
import { recallOf, without, wordsOf } from '../pdf-recall.ts';

test.each([
  ['case and punctuation', 'The Tides, twice.', ['the', 'tides', 'twice']],
  ['ligatures and soft hyphens', 'ﬁnd\u00ADing', ['finding']],
  ['accents in either form', 'cafe\u0301', ['café']],
  ['numbers', '10.5 kg', ['10', '5', 'kg']],
  ['a script without spaces', '日本語 and かな', ['日', '本', '語', 'and', 'か', 'な']],
  ['nothing', ' -- ', []],
])('words are compared without regard to how they are drawn: %s', (_what, text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('each word counts as often as it stands in both', () => {
  expect(recallOf(['a', 'b', 'a', 'c'], ['a', 'b', 'b'])).toEqual({ found: 2, total: 4, lost: ['a', 'c'] });
  expect(recallOf([], ['a'])).toEqual({ found: 0, total: 0, lost: [] });
  expect(without(['a', 'b', 'a'], ['a', 'x'])).toEqual(['b', 'a']);
});

test('the report sums words over files, and names those that lost most', () => {
  const recall = (found: number, total: number) => ({
    found,
    total,
    lost: Array<string>(total - found).fill('w|x'),
  });
  const report = pdfMarkdown([
    { path: 'long.pdf', all: recall(90, 110), seen: recall(90, 100), failures: [] },
    { path: 'short.pdf', all: recall(0, 1), seen: recall(0, 1), failures: ['It is damaged.'] },
    { path: 'shut.pdf', skipped: 'pdftotext cannot open it' },
  ]);
  expect(report).toContain('pdftotext cannot open it: 1 files');
  expect(report).toContain('| within the borders of the page | 2 | 101 | 89.11 % | 45.00 % |');
  expect(report).toContain('| all | 2 | 111 | 81.08 % | 40.91 % |');
  expect(report.indexOf('| long.pdf | 10 of 100 | w x w x')).toBeLessThan(
    report.indexOf('| short.pdf | 1 of 1 | w x | It is damaged. |'),
  );
});
