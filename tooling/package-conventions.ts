import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { shippedFolders } from './package-docs.ts';
import { addresses, linksOf } from './repository.ts';
import type { Manifest, Package } from './workspace.ts';

const CORE = '@mortise/core';
const SUITES = '@mortise/conformance';
/** The scaffolders run before there is a core, and ship what they write. */
const SCAFFOLDERS: readonly string[] = ['create-mortise', 'create-mortise-app'];
/** What a vendor that speaks OpenAI's wire builds on. */
const OPENAI = '@mortise/openai';
const SOURCE_CONDITION = 'mortise-source';

/** What a published package and its folder must look like. Each problem names the file and the fix. */
export function packageProblems(pkg: Package, base: string): string[] {
  const file = `${pkg.folder}/package.json`;
  return [
    ...identityProblems(pkg),
    ...scriptProblems(pkg),
    ...exportProblems(pkg, base),
    ...dependencyProblems(pkg.manifest),
  ]
    .map((problem) => `${file}: ${problem}`)
    .concat(folderProblems(pkg.folder, base), readmeProblems(pkg, base));
}

function identityProblems({ folder, manifest }: Package): string[] {
  const expected: Partial<Manifest> = {
    license: 'MIT',
    // Where a reader on the registry goes on, and where the sources and the issues are.
    ...linksOf(manifest.name, folder, addresses()),
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22.13' },
    files: [
      'dist',
      ...(SCAFFOLDERS.includes(manifest.name) ? ['templates'] : []),
      ...shippedFolders(manifest.name),
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
    ],
  };
  const problems = Object.entries(expected).flatMap(([key, value]) =>
    isDeepStrictEqual(manifest[key as keyof Manifest], value)
      ? []
      : [`set "${key}" to ${JSON.stringify(value)}`],
  );
  if (!manifest.description) problems.push('add a "description" of one sentence');
  if (manifest.private)
    problems.push('remove "private": packages in packages/ and integrations/ are published');
  if (manifest.publishConfig?.access !== 'public') problems.push('set "publishConfig.access" to "public"');
  return problems;
}

function scriptProblems({ folder, manifest }: Package): string[] {
  const expected = {
    build: 'tsup',
    test: `vitest run --root ../.. --project ${folder}`,
    typecheck: 'tsc --noEmit',
    lint: 'oxlint -c ../../.oxlintrc.json',
  };
  return isDeepStrictEqual(manifest.scripts, expected)
    ? []
    : [`set "scripts" to ${JSON.stringify(expected)}`];
}

function exportProblems({ folder, manifest }: Package, base: string): string[] {
  const problems: string[] = [];
  const published: NonNullable<Manifest['exports']> = {};
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (subpath === './package.json') {
      published[subpath] = './package.json';
      continue;
    }
    const stem = subpath === '.' ? 'index' : `${subpath.slice(2)}/index`;
    const built = { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` };
    const expected = { [SOURCE_CONDITION]: `./src/${stem}.ts`, ...built };
    published[subpath] = built;
    // Conditions are matched in order, so the order is part of the value.
    if (JSON.stringify(target) !== JSON.stringify(expected)) {
      problems.push(`set "exports" of "${subpath}" to ${JSON.stringify(expected)}`);
    }
    if (!existsSync(join(base, folder, 'src', `${stem}.ts`))) {
      problems.push(`"exports" of "${subpath}" needs src/${stem}.ts: write it, or remove the subpath`);
    }
  }
  if (!manifest.exports?.['.']) problems.push('add "." to "exports"');
  if (!manifest.exports?.['./package.json']) problems.push('add "./package.json" to "exports"');
  if (JSON.stringify(manifest.publishConfig?.exports) !== JSON.stringify(published)) {
    problems.push(
      `set "publishConfig.exports" to "exports" without "${SOURCE_CONDITION}": ${JSON.stringify(published)}`,
    );
  }
  return problems;
}

function dependencyProblems(manifest: Manifest): string[] {
  if (SCAFFOLDERS.includes(manifest.name)) {
    return manifest.dependencies || manifest.peerDependencies
      ? [`remove "dependencies" and "peerDependencies": ${manifest.name} has none`]
      : [];
  }
  if (manifest.name === CORE) {
    return manifest.dependencies || manifest.peerDependencies
      ? [`remove "dependencies" and "peerDependencies": ${CORE} has none`]
      : [];
  }
  const problems: string[] = [];
  if (!/^\^\d+\.\d+\.\d+$/.test(manifest.peerDependencies?.[CORE] ?? '')) {
    problems.push(`set "peerDependencies" of ${CORE} to the lowest version that works, such as "^1.0.0"`);
  }
  if (manifest.exports?.['./conformance'] !== undefined) {
    // Who uses the package need not install what holds it to its contracts.
    const { [SUITES]: peer } = manifest.peerDependencies ?? {};
    if (peer !== '^1.0.0' || manifest.peerDependenciesMeta?.[SUITES]?.optional !== true)
      problems.push(`"./conformance" needs ${SUITES} as an optional peer: "^1.0.0"`);
  }
  for (const [name, range] of Object.entries({ [CORE]: undefined, ...manifest.devDependencies })) {
    if (name.startsWith('@mortise/') && range !== 'workspace:^') {
      problems.push(`set "devDependencies" of ${name} to "workspace:^"`);
    }
  }
  if (manifest.dependencies?.[CORE]) {
    problems.push(`remove ${CORE} from "dependencies": a second copy of core would be installed`);
  }
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (name === OPENAI && range === 'workspace:^') continue;
    if (!/^\^\d|^catalog:$/.test(range)) {
      problems.push(
        `give the dependency ${name} a caret range from the lowest version that works, not "${range}"`,
      );
    }
  }
  return problems;
}

function folderProblems(folder: string, base: string): string[] {
  const problems = ['README.md', 'tsconfig.json', 'tsup.config.ts', 'LICENSE']
    .filter((name) => !existsSync(join(base, folder, name)))
    .map((name) => `${folder}/${name}: add the file`);
  if (problems.length === 0 && read(base, folder, 'LICENSE') !== read(base, '.', 'LICENSE')) {
    problems.push(`${folder}/LICENSE: copy the root's LICENSE`);
  }
  return problems;
}

/** Readers who find a package on a registry read one page: its name, how to install it, and when it is the wrong one. */
function readmeProblems({ folder, manifest }: Package, base: string): string[] {
  if (!existsSync(join(base, folder, 'README.md'))) return [];
  const text = read(base, folder, 'README.md');
  const file = `${folder}/README.md`;
  const problems: string[] = [];
  if (!text.startsWith(`# ${manifest.name}\n`)) problems.push(`${file}: begin with "# ${manifest.name}"`);
  if (!new RegExp(`npm (install|create) [^\n]*${manifest.name.replace(/^create-/, '')}\\b`).test(text))
    problems.push(`${file}: say how to install it: "npm install @mortise/core ${manifest.name}"`);
  const headings = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^## (.+)$/gm)].map(
    ([, title]) => title,
  );
  if (headings.at(-1) !== 'When not to use this')
    problems.push(`${file}: end with a section "## When not to use this"`);
  // What a scaffolded package still has to do, an example is a part of; the scaffolder's own is a command.
  if (
    !SCAFFOLDERS.includes(manifest.name) &&
    !headings.includes('To do') &&
    !/^<!-- file: \S+ -->$/m.test(text)
  )
    problems.push(
      `${file}: show a program that a test runs: <!-- file: examples/guides/packages/${folder.split('/')[1]}.ts -->`,
    );
  return problems;
}

const read = (base: string, folder: string, name: string) => readFileSync(join(base, folder, name), 'utf8');

/** A lock file or .npmrc with a registry in it would bind every clone to one network. */
export function registryProblems(file: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /\/\/registry\.|^\s*registry\s*[=:]|tarball:\s*https?:/.test(line)
        ? [`${file}:${index + 1}: remove the registry address, so that each machine uses its own`]
        : [],
    );
}
