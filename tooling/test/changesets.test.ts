import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bumpsOf, pendingReleaseProblems } from '../changesets.ts';
import { publishedPackages, root } from '../workspace.ts';

const packages = publishedPackages();
const coreMajor = `---\n'@mortise/core': major\n---\n\nA new contract.\n`;

test('pending changesets name published packages only', () => {
  const names = packages.map((pkg) => pkg.manifest.name);
  for (const bump of pending().flatMap((changeset) => [...bumpsOf(changeset).keys()]))
    expect(names).toContain(bump);
});

test('a pending major of core comes with a major of each package that has core as a peer', () => {
  expect(pendingReleaseProblems(pending(), packages)).toEqual([]);
});

test('the check finds a major of core without the majors of its dependents', () => {
  const problems = pendingReleaseProblems([coreMajor], packages);
  expect(problems).toHaveLength(packages.length - 1);
  expect(problems).toContainEqual(expect.stringContaining('add a major of @mortise/openai'));
});

test('the check accepts the majors in any changeset, and says nothing of a minor', () => {
  const others = packages.map(({ manifest }) => `---\n"${manifest.name}": major\n---\n`);
  expect(pendingReleaseProblems([coreMajor, ...others], packages)).toEqual([]);
  expect(pendingReleaseProblems([coreMajor.replace('major', 'minor')], packages)).toEqual([]);
});

function pending(): string[] {
  const folder = join(root, '.changeset');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
