import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const workspace = import.meta.dirname;

/** With this set the suites see packages as a consumer does: through `dist`, without the source condition. */
const onTarballs = process.env['MORTISE_TARBALLS'] === '1';

export const conditions = [
  ...(onTarballs ? [] : ['mortise-source']),
  'module',
  'node',
  'development|production',
];

export const roots = [
  ...['packages', 'integrations', 'examples'].flatMap((folder) =>
    readdirSync(join(workspace, folder)).map((name) => `${folder}/${name}`),
  ),
  ...(onTarballs ? [] : ['tooling']),
].filter((root) => existsSync(join(workspace, root, 'package.json')));

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    projects: roots.map((root) => ({
      extends: true as const,
      test: {
        name: root,
        root,
        include: ['test/**/*.test.ts'],
        exclude: ['**/*.services.test.ts'],
      },
    })),
  },
});
