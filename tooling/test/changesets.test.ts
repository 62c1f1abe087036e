import { expect, test } from 'vitest';
import { bumpsOf, pendingChangesets, pendingReleaseProblems } from '../changesets.ts';
import { publishedPackages } from '../workspace.ts';

const packages = publishedPackages();
const dependents = packages.filter(({ manifest }) => manifest.peerDependencies?.['@mortise/core']);
const coreMajor = `---\n'@mortise/core': major\n---\n\nA new contract.\n`;

test('pending changesets name published packages only', () => {
  const names = packages.map((pkg) => pkg.manifest.name);
  for (const bump of pendingChangesets().flatMap((changeset) => [...bumpsOf(changeset).keys()]))
    expect(names).toContain(bump);
});

test('a pending major of core comes with a major of each package that has core as a peer', () => {
  expect(pendingReleaseProblems(pendingChangesets(), packages)).toEqual([]);
});

test('the check finds a major of core without the majors of its dependents', () => {
  const problems = pendingReleaseProblems([coreMajor], packages);
  expect(problems).toHaveLength(dependents.length);
  expect(problems).toContainEqual(expect.stringContaining('add a major of @mortise/openai'));
});

test('the check accepts the majors in any changeset, and says nothing of a minor', () => {
  const others = packages.map(({ manifest }) => `---\n"${manifest.name}": major\n---\n`);
  expect(pendingReleaseProblems([coreMajor, ...others], packages)).toEqual([]);
  expect(pendingReleaseProblems([coreMajor.replace('major', 'minor')], packages)).toEqual([]);
});
