/**
 * `pnpm release:snapshot NAME`: what the pending changesets would release, under versions that nobody takes by accident
 * (`0.0.0-NAME-20261130180054`). Publishes them under the tag NAME to the registry that npm is told of; `latest` stays where it is. With
 * `--preview` they go to pkg.pr.new instead, from a pull request's workflow: it holds no secret, and no registry trusts it.
 *
 * The working tree has to be clean, and is clean again afterwards.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bumpsOf, pendingChangesets } from './changesets.ts';
import { buildFor } from './release.ts';
import { run, step } from './shell.ts';
import { publishedPackages, root, type Package } from './workspace.ts';

const PREVIEW = 'pkg-pr-new@0.0.88';

/**
 * The packages of a snapshot: those of the changesets, and all that need one of them. A range such as `^1.0.0` does not take a snapshot,
 * so what stays behind could not be installed beside it.
 */
export function snapshotOf(changesets: readonly string[], packages: readonly Package[]): Package[] {
  const names = new Set(changesets.flatMap((changeset) => [...bumpsOf(changeset).keys()]));
  for (let before = -1; before !== names.size;) {
    before = names.size;
    for (const { manifest } of packages) {
      const needs = { ...manifest.dependencies, ...manifest.peerDependencies };
      if (Object.keys(needs).some((name) => names.has(name))) names.add(manifest.name);
    }
  }
  return packages.filter(({ manifest }) => names.has(manifest.name));
}

/** A tag of npm's, which no version may look like. */
export function isTag(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,40}$/.test(name) && name !== 'latest' && !/^v\d/.test(name);
}

if (import.meta.main) main();

function main(): void {
  const options = { preview: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name = ''] = positionals;
  if (!isTag(name))
    throw new Error('Say the name of the snapshot, such as: pnpm release:snapshot pr-12 (not latest).');
  if (git('status', '--porcelain') !== '')
    throw new Error('Commit or stash first: the tree is put back as it was.');
  const packages = snapshotOf(pendingChangesets(), publishedPackages());
  if (packages.length === 0) return console.log('No changeset waits, so there is nothing to try.');
  // Before the versions change, so that what was built already is not built again.
  buildFor(packages);
  process.once('SIGINT', restore).once('SIGTERM', restore);
  try {
    version(name, packages);
    if (values.preview === true) preview(packages);
    else publish(name);
  } finally {
    restore();
  }
  const made = packages.map(({ manifest }) => `${manifest.name}@${name}`).join(' ');
  if (values.preview !== true) console.log(`\nTo try it: npm install ${made}`);
}

function version(name: string, packages: readonly Package[]): void {
  step(`versions of ${packages.map(({ manifest }) => manifest.name).join(', ')}`, () => {
    const bumps = packages.map(({ manifest }) => `'${manifest.name}': patch`);
    const text = ['---', ...bumps, '---', '', 'A snapshot.', ''].join('\n');
    writeFileSync(join(root, '.changeset/snapshot.md'), text);
    run('pnpm', ['exec', 'changeset', 'version', '--snapshot', name], { quiet: true });
  });
}

function publish(tag: string): void {
  step(`publish, as ${tag}`, () => {
    // A signature would say that the branch of releases made it.
    const env = { ...process.env, PNPM_CONFIG_PROVENANCE: 'false' };
    run('pnpm', ['exec', 'changeset', 'publish', '--tag', tag, '--no-git-tag'], { env, quiet: true });
  });
}

function preview(packages: readonly Package[]): void {
  const folders = packages.map(({ folder }) => `./${folder}`);
  const managers = '--packageManager=npm,pnpm,yarn';
  run('pnpm', ['dlx', PREVIEW, 'publish', '--pnpm', '--peerDeps', '--no-template', managers, ...folders]);
}

/** What was tracked, as it was; and without the changelogs and the changeset that were made. */
function restore(): void {
  git('checkout', '--quiet', '--', '.');
  git('clean', '--quiet', '--force', '--', '.changeset', 'packages', 'integrations', 'examples', 'compat');
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
