import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runtimes } from '../runtimes/runtimes.ts';
import type { Outcome } from '../runtimes/program.ts';
import { withSecondTry } from '../runtimes/second-try.ts';
import { embedRuntimes, runtimesPage } from '../runtimes/table.ts';
import { root } from '../workspace.ts';

const cells = (text: string): string => text.replaceAll(/[ -]+/g, ' ');

test('docs/runtimes.md has the runtimes that passed, as they are pinned and tried', () => {
  const page = readFileSync(join(root, runtimesPage), 'utf8');
  const passed = runtimes.map(({ name }) => name).filter((name) => page.includes(`\n| ${name} `));
  expect(passed).not.toEqual([]);
  expect(cells(embedRuntimes(page, runtimes, passed)), 'run `pnpm test:runtimes`').toBe(cells(page));
});

test('what is left out of a runtime has a reason, and every runtime a remedy where it is absent', () => {
  for (const { name, leftOut, remedy, version } of runtimes) {
    expect(Object.values(leftOut).filter((reason) => reason.trim() === '')).toEqual([]);
    expect(remedy, name).toContain('install');
    expect(version, name).not.toContain('unknown');
  }
});

test.each([
  ['nothing', ['', 'a'], []],
  ['once', ['a', ''], []],
  ['another one each time', ['a', 'b'], []],
  ['the same one twice, and another', ['ab', 'ac'], ['a']],
])('what fails twice has failed: %s', async (_what, tries, expected) => {
  const outcomes = tries.map((failing): Outcome => [
    {
      name: 'suite',
      tests: ['a', 'b', 'c'].map((title) => ({
        title,
        status: failing.includes(title) ? 'failed' : 'passed',
      })),
    },
  ]);
  const [suite] = await withSecondTry(async () => outcomes.shift()!);
  expect(suite!.tests.filter(({ status }) => status === 'failed').map(({ title }) => title)).toEqual(
    expected,
  );
});
