/**
 * Writes where the sources are into every published package, as the publishing workflow knows it: the registry refuses a
 * provenance that names another repository than the package does, and a fork publishes as itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from './workspace.ts';

/** `manifest` with its `repository`. `url` is the address that a browser takes, such as `https://github.com/owner/name`. */
export function withRepository<T extends object>(manifest: T, url: string, directory: string): T {
  return { ...manifest, repository: { type: 'git', url: `git+${url}.git`, directory } };
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
    const manifest = withRepository(
      JSON.parse(readFileSync(path, 'utf8')) as object,
      `${server}/${name}`,
      folder,
    );
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}
