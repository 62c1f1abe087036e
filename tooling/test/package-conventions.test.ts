import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSIONS } from 'create-mortise';
import { VERSIONS as APP_VERSIONS } from 'create-mortise-app';
import { describe, expect, test } from 'vitest';
import { packageProblems, registryProblems } from '../package-conventions.ts';
import { publishedPackages, root, type Package } from '../workspace.ts';

const packages = publishedPackages();

test.each(packages)('$folder follows the conventions of every published package', (pkg) => {
  expect(packageProblems(pkg, root)).toEqual([]);
});

test('package names are unique and follow their folders', () => {
  expect(packages.map((pkg) => pkg.manifest.name)).toEqual(
    packages.map((pkg) => {
      const folder = pkg.folder.split('/')[1] ?? '';
      return folder.startsWith('create-') ? folder : `@mortise/${folder}`;
    }),
  );
});

test('no lock file and no .npmrc names a registry', () => {
  const files = ['.', 'bench', 'interop', 'runtimes', 'tooling/rehearsal'].flatMap((folder) => [
    `${folder}/pnpm-lock.yaml`,
    `${folder}/.npmrc`,
  ]);
  const present = files.filter((file) => existsSync(join(root, file)));
  expect(present).toContain('./pnpm-lock.yaml');
  expect(present.flatMap((file) => registryProblems(file, readFileSync(join(root, file), 'utf8')))).toEqual(
    [],
  );
});

test('the scaffolder installs the versions that the workspace is tested with', () => {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  for (const [name, range] of Object.entries(VERSIONS.tools))
    expect(catalog.replaceAll("'", ''), 'packages/create-mortise/src/versions.ts').toContain(
      `  ${name}: ${range}\n`,
    );
  for (const name of ['core', 'conformance', 'openai'] as const) {
    const version = packages.find((pkg) => pkg.manifest.name === `@mortise/${name}`)?.manifest.version ?? '';
    expect(version.split('.')[0], name).toBe(VERSIONS[name].slice(1).split('.')[0]);
  }
});

test('the scaffolder of applications installs them too', () => {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').replaceAll("'", '');
  const { zod, ...own } = APP_VERSIONS.packages;
  for (const [name, range] of Object.entries({ ...APP_VERSIONS.tools, zod }))
    expect(catalog, 'packages/create-mortise-app/src/versions.ts').toContain(`  ${name}: ${range}\n`);
  for (const [name, range] of Object.entries(own)) {
    const version = packages.find((pkg) => pkg.manifest.name === name)?.manifest.version ?? '';
    expect(version.split('.')[0], name).toBe(range.slice(1).split('.')[0]);
  }
});

describe('the check itself', () => {
  const openai = packages.find((pkg) => pkg.folder === 'integrations/openai');
  const broken = (change: Partial<Package['manifest']>) =>
    openai ? packageProblems({ ...openai, manifest: { ...openai.manifest, ...change } }, root) : [];

  test.each([
    ['a drifted script', { scripts: { build: 'tsc' } }, 'set "scripts" to'],
    ['core as a plain dependency', { dependencies: { '@mortise/core': '^1.0.0' } }, 'remove @mortise/core'],
    [
      'a peer that follows the workspace',
      { peerDependencies: { '@mortise/core': 'workspace:^' } },
      'such as "^1.0.0"',
    ],
    ['core missing from the devDependencies', { devDependencies: {} }, 'of @mortise/core to "workspace:^"'],
    [
      'suites that every application would have to install',
      { peerDependenciesMeta: {} },
      'as an optional peer',
    ],
    ['an SDK by exact version', { dependencies: { openai: '7.57.0' } }, 'caret range'],
    [
      'an export without its source',
      { exports: { './nowhere': './dist/x.js' } },
      'needs src/nowhere/index.ts',
    ],
    [
      'published exports that keep the source condition',
      { publishConfig: { access: 'public' } },
      'without "mortise-source"',
    ],
    ['another licence', { license: 'ISC' }, 'set "license" to "MIT"'],
    ['issues that go elsewhere', { bugs: 'https://example.org' }, 'set "bugs" to "https://'],
  ])('finds %s, names the file and the fix', (_, change, fix) => {
    const problems = broken(change);
    expect(problems).toContainEqual(expect.stringContaining(fix));
    expect(problems.every((problem) => problem.startsWith('integrations/openai/package.json: '))).toBe(true);
  });

  test('finds a README without its name, the installation or the end, in a folder of its own', () => {
    const base = mkdtempSync(join(tmpdir(), 'mortise-conventions-'));
    for (const entry of ['presets', 'conformance'])
      mkdirSync(join(base, 'integrations/openai/src', entry), { recursive: true });
    const folder = join(base, 'integrations/openai');
    for (const name of ['LICENSE', 'tsconfig.json', 'tsup.config.ts', 'src/index.ts'])
      writeFileSync(join(folder, name), '');
    for (const entry of ['presets', 'conformance']) writeFileSync(join(folder, 'src', entry, 'index.ts'), '');
    writeFileSync(join(base, 'LICENSE'), '');
    writeFileSync(join(folder, 'README.md'), '# OpenAI\n\n## When not to use this\n\n## Options\n');
    const problems = openai ? packageProblems(openai, base) : [];
    rmSync(base, { recursive: true });
    expect(problems).toEqual([
      'integrations/openai/README.md: begin with "# @mortise/openai"',
      expect.stringContaining('npm install @mortise/core @mortise/openai'),
      'integrations/openai/README.md: end with a section "## When not to use this"',
      expect.stringContaining('show a program that a test runs'),
    ]);
  });

  test.each(['registry=https://registry.example.org/', '  resolution: {tarball: https://example.org/a.tgz}'])(
    'finds the registry in %s',
    (line) => {
      expect(registryProblems('.npmrc', line)).toHaveLength(1);
    },
  );
});
