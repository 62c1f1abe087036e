import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Package } from './workspace.ts';

const CORE = '@mortise/core';

/** The bump that each package gets in a changeset's front matter: `'@mortise/core': minor`. */
export function bumpsOf(changeset: string): Map<string, string> {
  const frontMatter = /^---\n([^]*?)\n---/.exec(changeset)?.[1] ?? '';
  return new Map(
    [...frontMatter.matchAll(/^['"]?([^'":\s]+)['"]?\s*:\s*(\w+)\s*$/gm)].map(([, name = '', bump = '']) => [
      name,
      bump,
    ]),
  );
}

/**
 * changesets releases the dependents of a core major as a patch with a moved peer. A moved peer breaks whoever
 * stays on the old core, so it has to be a major, and said so in a changeset.
 */
export function pendingReleaseProblems(
  changesets: readonly string[],
  packages: readonly Package[],
): string[] {
  const bumps = changesets.map(bumpsOf);
  if (!bumps.some((bump) => bump.get(CORE) === 'major')) return [];
  return packages
    .filter(({ manifest }) => manifest.peerDependencies?.[CORE] !== undefined)
    .filter(({ manifest }) => !bumps.some((bump) => bump.get(manifest.name) === 'major'))
    .map(
      ({ manifest }) =>
        `.changeset: add a major of ${manifest.name}, since a major of ${CORE} moves its peer`,
    );
}

/** Whether a pending changeset makes the next release of a package a major one. */
export function isMajorPending(changesets: readonly string[], name: string): boolean {
  return changesets.some((changeset) => bumpsOf(changeset).get(name) === 'major');
}

/** The texts of the changesets that wait for the next release. */
export function pendingChangesets(base: string = root): string[] {
  const folder = join(base, '.changeset');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
