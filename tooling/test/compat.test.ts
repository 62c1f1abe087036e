import { expect, test } from 'vitest';
import { frozenFolders, hashesOf, readFrozen, thawed } from '../compat.ts';

test.each(frozenFolders())('nothing in %s was edited since it was frozen', (folder) => {
  const frozen = readFrozen(folder);
  expect(Object.keys(frozen).length).toBeGreaterThan(10);
  expect(thawed(folder, frozen, hashesOf(folder))).toEqual([]);
});

test.each([
  ['a change', { 'src/a.ts': '2', 'src/b.ts': '1' }],
  ['a file that is gone', { 'src/b.ts': '1' }],
  ['a new file', { 'src/a.ts': '1', 'src/b.ts': '1', 'src/c.ts': '1' }],
])('the check finds %s, and names it', (_, current) => {
  expect(thawed('compat/1.0', { 'src/a.ts': '1', 'src/b.ts': '1' }, current)).toEqual([
    expect.stringMatching(/^compat\/1\.0\/src\/[ac]\.ts: was frozen/),
  ]);
});
