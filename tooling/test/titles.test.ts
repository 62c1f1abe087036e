import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { titlesOf, titlesWithoutColon } from '../titles.ts';

test('a title that begins with the id of a rule has a colon behind it', () => {
  expect(titlesWithoutColon()).toEqual([]);
});

test('titles are those of every way to write a test', () => {
  const text = `
    describe('a', () => {
      it('b', run);
      it.skip("c", run);
      it.each([['no title']])('d %s', run);
      test(\`e \${f}\`, run);
      other('none');
    });`;
  expect(titlesOf(text)).toEqual(['a', 'b', 'c', 'd %s', 'e ...']);
});

test('a title without its colon is named with its file, wherever its test stands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'titles-'));
  mkdirSync(join(folder, 'packages/a/test'), { recursive: true });
  const titles = ['M-03 refuses', 'M-03: refuses', 'X-01, X-02: cuts', 'X-01 and X-02: cuts'];
  writeFileSync(
    join(folder, 'packages/a/test/a.test.ts'),
    titles.map((title) => `it('${title}', run);\n`).join(''),
  );
  const found = titlesWithoutColon(folder);
  rmSync(folder, { recursive: true });
  expect(found).toEqual([
    'packages/a/test/a.test.ts: M-03 refuses',
    'packages/a/test/a.test.ts: X-01 and X-02: cuts',
  ]);
});
