/**
 * Where a published package says that its page, its sources and its issues are. The manifest of the workspace says it for
 * all. The publishing workflow writes it anew, as it knows the repository: the registry refuses a provenance that names
 * another one than the package does, and a fork publishes as itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from './workspace.ts';

/** What a browser takes. */
export interface Addresses {
  /** Such as `https://github.com/owner/name`. */
  readonly repository: string;
  /** The documentation's, with a slash at the end. */
  readonly homepage: string;
}

/** Those of the workspace. */
export function addresses(): Addresses {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Addresses;
}

/** The members of a manifest that say where a package's page, sources and issues are. */
export function linksOf(name: string, directory: string, { repository, homepage }: Addresses): Links {
  return {
    homepage: `${homepage}packages/${name.replace('@mortise/', '')}`,
    repository: { type: 'git', url: `git+${repository}.git`, directory },
    bugs: `${repository}/issues`,
  };
}

export interface Links {
  homepage: string;
  repository: { type: 'git'; url: string; directory: string };
  bugs: string;
}

/** `manifest` with its links, which stand before its `type` where it has none yet. */
export function withLinks<T extends { readonly name: string }>(
  manifest: T,
  directory: string,
  given: Addresses,
): T & Links {
  const { homepage: _, repository: __, bugs: ___, ...others } = manifest as T & Partial<Links>;
  const members = Object.entries(others);
  const at = members.findIndex(([key]) => key === 'type');
  const links = Object.entries(linksOf(manifest.name, directory, given));
  return Object.fromEntries(members.toSpliced(Math.max(at, 0), 0, ...links)) as T & Links;
}

if (import.meta.main) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  if (server === undefined || name === undefined) {
    throw new Error(
      'GITHUB_SERVER_URL and GITHUB_REPOSITORY say where the sources are; the workflow sets them.',
    );
  }
  for (const { folder } of publishedPackages()) {
    const path = join(root, folder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { name: string };
    const linked = withLinks(manifest, folder, { ...addresses(), repository: `${server}/${name}` });
    writeFileSync(path, `${JSON.stringify(linked, undefined, 2)}\n`);
  }
}
