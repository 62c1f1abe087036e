import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lifecycleProblems, lockProblems, scriptProblems } from '../supply-chain.ts';
import { examplePackages, publishedPackages, root, type Manifest } from '../workspace.ts';

const read = (name: string) => readFileSync(join(root, name), 'utf8');

describe('what is installed', () => {
  test('comes from the registry, each package with its hash', () => {
    expect(lockProblems(read('pnpm-lock.yaml'))).toEqual([]);
  });

  test('runs no script but those of a short list', () => {
    expect(scriptProblems(read('pnpm-workspace.yaml'))).toEqual([]);
  });

  test('runs none of ours', () => {
    const folders = [...publishedPackages(), ...examplePackages()].map(({ folder }) => folder);
    for (const file of ['package.json', ...folders.map((folder) => `${folder}/package.json`)])
      expect(lifecycleProblems(file, (JSON.parse(read(file)) as Manifest).scripts)).toEqual([]);
  });
});

describe('the check itself', () => {
  const entry = (resolution: string) =>
    `packages:\n\n  a@1.0.0:\n    resolution: ${resolution}\n\nsnapshots:\n`;

  test.each([
    [
      'a package of a server of its own',
      '{tarball: https://a.example/a.tgz}',
      'take a@1.0.0 from the registry',
    ],
    ['a package of a repository', '{commit: abc, repo: https://a.example/a, type: git}', 'from the registry'],
    ['a package without its hash', '{integrity: sha1-abc}', 'a@1.0.0 has no SHA-512'],
  ])('finds %s', (_, resolution, fix) => {
    expect(lockProblems(entry(resolution))).toEqual([expect.stringContaining(fix)]);
  });

  test('says nothing of a package of the registry', () => {
    expect(lockProblems(entry('{integrity: sha512-abc==}'))).toEqual([]);
  });

  test('finds a script that nobody gave a reason for', () => {
    expect(scriptProblems('allowBuilds:\n  node: true\n  left-pad: true\n  usearch: false\n')).toEqual([
      expect.stringContaining('"left-pad" runs a script'),
    ]);
    expect(lifecycleProblems('a/package.json', { postinstall: 'node x.js', test: 'vitest' })).toEqual([
      expect.stringContaining('"postinstall"'),
    ]);
  });
});
