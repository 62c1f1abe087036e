import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { examplePackages, publishedPackages, root, type Manifest } from '../workspace.ts';

let copy: string | undefined;
afterEach(() => {
  if (copy) rmSync(copy, { recursive: true });
  copy = undefined;
});

test('a minor of core and a minor of openai in one release leave the peer of openai at its floor', () => {
  const before = manifests(root);
  const after = release({ '@mortise/core': 'minor', '@mortise/openai': 'minor' });

  expect(after.get('@mortise/openai')?.peerDependencies).toEqual({
    '@mortise/conformance': '^1.0.0',
    '@mortise/core': '^1.0.0',
  });
  expect(changedVersions(before, after)).toEqual({
    '@mortise/core': nextMinor(before.get('@mortise/core')),
    '@mortise/openai': nextMinor(before.get('@mortise/openai')),
  });
});

test('a patch of core alone releases core alone', () => {
  const before = manifests(root);
  const after = release({ '@mortise/core': 'patch' });

  expect(Object.keys(changedVersions(before, after))).toEqual(['@mortise/core']);
  for (const [name, manifest] of after) {
    if (name !== '@mortise/core') expect(manifest).toEqual(before.get(name));
  }
});

/** The real `changeset version`, over a copy of the manifests and with no other changeset in it. */
function release(bumps: Record<string, 'patch' | 'minor' | 'major'>): Map<string, Manifest> {
  copy = mkdtempSync(join(tmpdir(), 'mortise-release-'));
  const files = [
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    '.changeset/config.json',
    'tooling/package.json',
    'compat/1.0/package.json',
    ...[...publishedPackages(), ...examplePackages()].map(({ folder }) => `${folder}/package.json`),
  ];
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const frontMatter = Object.entries(bumps).map(([name, bump]) => `'${name}': ${bump}`);
  writeFileSync(
    join(copy, '.changeset/change.md'),
    ['---', ...frontMatter, '---', '', 'A change.', ''].join('\n'),
  );
  // changesets asks git which commit brought each change; outside a repository it would find the wrong one.
  execFileSync('git', ['init', '--quiet'], { cwd: copy });

  const changeset = join(root, 'node_modules/@changesets/cli/bin.js');
  execFileSync(process.execPath, [changeset, 'version'], { cwd: copy, stdio: 'pipe' });
  return manifests(copy);
}

function manifests(base: string): Map<string, Manifest> {
  const all = [...publishedPackages(base), ...examplePackages(base)].map(({ manifest }) => manifest);
  all.push(JSON.parse(readFileSync(join(base, 'tooling/package.json'), 'utf8')) as Manifest);
  return new Map(all.map((manifest) => [manifest.name, manifest]));
}

function changedVersions(before: Map<string, Manifest>, after: Map<string, Manifest>) {
  return Object.fromEntries(
    [...after].flatMap(([name, { version }]) =>
      before.get(name)?.version === version ? [] : [[name, version]],
    ),
  );
}

function nextMinor(manifest: Manifest | undefined): string {
  const [major, minor] = (manifest?.version ?? '').split('.').map(Number);
  return `${major}.${(minor ?? 0) + 1}.0`;
}
