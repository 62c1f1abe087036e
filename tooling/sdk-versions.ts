/**
 * `pnpm check:sdks lowest` and `pnpm check:sdks highest`: the integrations' types and tests, in a copy of the tree, on the
 * lowest version that the range of each SDK allows, or on the newest that it does. Names after it choose integrations.
 * `lowest` goes for core too: an integration whose floor is below the tree's core gets that core from the registry, beside
 * the tree's own, which the conformance kit has. The tree's core is the highest there is.
 */
import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTree, run, step } from './shell.ts';
import { publishedPackages, type Package } from './workspace.ts';

const CORE = '@mortise/core';
const coreVersion = publishedPackages().find(({ manifest }) => manifest.name === CORE)?.manifest.version;
const [end = 'lowest', ...names] = process.argv.slice(2).filter((argument) => argument !== '--');
const integrations = publishedPackages()
  .filter(({ folder }) => folder.startsWith('integrations/'))
  .filter(({ folder }) => names.length === 0 || names.includes(folder.split('/')[1] ?? ''))
  .filter((pkg) => pinsOf(pkg).length > 0);
const work = mkdtempSync(join(tmpdir(), 'mortise-sdks-'));

try {
  if (end !== 'lowest' && end !== 'highest') throw new Error(`Say lowest or highest, not ${end}.`);
  const pins = integrations.flatMap(pinsOf);
  step('a copy of the tree', () => copyTree(work));
  step(pins.map(({ name, version }) => `${name}@${version}`).join(', '), () => {
    const path = join(work, 'pnpm-workspace.yaml');
    const overrides = pins.map(({ of, name, version }) => `  '${of}>${name}': '${version}'\n`).join('');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\noverrides:\n${overrides}`);
    // Without the lock file a range is its newest version.
    rmSync(join(work, 'pnpm-lock.yaml'));
    run('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline'], { cwd: work, quiet: true });
  });
  step('installed', () => {
    for (const pkg of integrations)
      for (const { name, version } of pinsOf(pkg)) {
        const found = installed(pkg, name);
        console.log(`${pkg.folder}: ${name} ${found}`);
        if (end === 'lowest' && found !== version)
          throw new Error(`${pkg.folder} has ${name} ${found}, not ${version}.`);
      }
  });
  step('types', () => {
    for (const { folder } of integrations) run('tsc', ['--noEmit', '--project', folder], { cwd: work });
  });
  step('tests', () => {
    const projects = integrations.flatMap(({ folder }) => ['--project', folder]);
    run('vitest', ['run', '--reporter=dot', ...projects], { cwd: work });
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

interface Pin {
  /** The integration that gets it. */
  readonly of: string;
  readonly name: string;
  readonly version: string;
}

function pinsOf({ manifest }: Package): Pin[] {
  const of = manifest.name;
  const sdks = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter(([name]) => !name.startsWith('@mortise/'))
    .map(([name, range]) => ({ of, name, version: end === 'lowest' ? lowestOf(range) : range }));
  const floor = lowestOf(manifest.peerDependencies?.[CORE] ?? '');
  return end === 'lowest' && floor !== coreVersion ? [...sdks, { of, name: CORE, version: floor }] : sdks;
}

/** `^7.57.0` allows nothing below 7.57.0, `^5.11.1 || ^6.0.0` nothing below 5.11.1: every range is of that form. */
function lowestOf(range: string): string {
  return range.replace(/ \|\|.*/, '').replace(/^\^/, '');
}

function installed({ folder }: Package, name: string): string {
  const path = join(work, folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
