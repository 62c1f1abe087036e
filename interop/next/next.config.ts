import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { NextConfig } from 'next';

const root = join(import.meta.dirname, '../..');

/** The sources of our packages, as `mortise-source` names them: Turbopack knows no conditions of others. */
function sources(...folders: string[]): Record<string, string> {
  return Object.fromEntries(
    folders.flatMap((folder) => {
      const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
        name: string;
        exports: Record<string, string | { 'mortise-source': string }>;
      };
      return Object.entries(exports).flatMap(([subpath, target]) =>
        typeof target === 'string'
          ? []
          : [
              [
                name + subpath.slice(1),
                `./${relative(import.meta.dirname, join(root, folder, target['mortise-source']))}`,
              ],
            ],
      );
    }),
  );
}

const config: NextConfig = {
  typescript: { ignoreBuildErrors: true },
  turbopack: { root, resolveAlias: sources('packages/core', 'integrations/openai') },
};

export default config;
