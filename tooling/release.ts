/**
 * `pnpm release`: publishes what the registry has not, under its version of today. Only that is built, and what it needs to be built, so a
 * release of one package does not wait for all of them.
 */
import { spawnSync } from 'node:child_process';
import { registryStates } from './registry-state.ts';
import { run, step } from './shell.ts';
import { publishedPackages, type Package } from './workspace.ts';

/** Builds `packages` and what they need, with the guides that they ship. */
export function buildFor(packages: readonly Package[]): void {
  step(`build ${packages.map(({ manifest }) => manifest.name).join(', ')}`, () => {
    const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
    run('pnpm', ['exec', 'turbo', 'run', 'build', ...filters], { quiet: true });
    run(process.execPath, ['tooling/package-docs.ts'], { quiet: true });
  });
}

/** The registry that npm and pnpm are told of. */
export function registryOf(): string {
  return spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();
}

if (import.meta.main) {
  const packages = publishedPackages();
  const states = await registryStates(
    registryOf(),
    packages.map(({ manifest }) => manifest.name),
    {},
  );
  const waiting = packages.filter(({ manifest }, at) => {
    const state = states[at];
    return state?.state !== 'known' || !state.versions.includes(manifest.version);
  });
  if (waiting.length === 0) console.log('The registry has every package in its version of today.');
  else {
    buildFor(waiting);
    step('publish', () => {
      run('pnpm', ['exec', 'changeset', 'publish'], { quiet: true });
    });
  }
}
