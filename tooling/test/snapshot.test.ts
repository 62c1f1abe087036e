import { expect, test } from 'vitest';
import { isTag, snapshotOf } from '../snapshot.ts';
import { publishedPackages, type Package } from '../workspace.ts';

const pkg = (name: string, needs: Partial<Package['manifest']> = {}): Package => ({
  folder: name,
  manifest: { name, version: '1.0.0', ...needs },
});
const core = { '@acme/core': '^1.0.0' };
const packages = [
  pkg('@acme/over', { dependencies: { '@acme/llm': '^1.0.0' } }),
  pkg('@acme/core'),
  pkg('@acme/llm', { peerDependencies: core }),
  pkg('@acme/store', { peerDependencies: core, devDependencies: { '@acme/llm': '^1.0.0' } }),
];
const namesOf = (changeset: string): string[] =>
  snapshotOf([`---\n${changeset}\n---\n\nMore.\n`], packages).map(({ manifest }) => manifest.name);

test('a snapshot is what changed and all that needs it, through others too, but not what only tests with it', () => {
  expect(namesOf("'@acme/llm': minor")).toEqual(['@acme/over', '@acme/llm']);
  expect(namesOf("'@acme/store': patch")).toEqual(['@acme/store']);
});

test('a snapshot of core is one of every package', () => {
  expect(namesOf("'@acme/core': minor")).toHaveLength(packages.length);
});

test('without changesets there is no snapshot', () => {
  expect(snapshotOf([], publishedPackages())).toEqual([]);
});

test.each(['latest', '', 'v1', '1.0.0', 'pr 12', 'PR-12', '-x', '--publish'])('%j is not a tag', (name) => {
  expect(isTag(name)).toBe(false);
});

test('a pull request is a tag', () => {
  expect(isTag('pr-12')).toBe(true);
});
