import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const workspace = import.meta.dirname;

/** With this set the suites see packages as a consumer does: through `dist`, without the source condition. */
const onTarballs = process.env['MORTISE_TARBALLS'] === '1';

/** Those of Node, to which they are handed too. Not `module`: what it names is for bundlers, and AWS's SDK does not load by it. */
export const conditions = [...(onTarballs ? [] : ['mortise-source']), 'node', 'development|production'];

// Examples are TypeScript that Node runs as it is; Node 22.13 runs what is published, but cannot do that.
const groups = ['packages', 'integrations', 'compat', ...(process.features.typescript ? ['examples'] : [])];

export const roots = [
  ...groups.flatMap((group) => readdirSync(join(workspace, group)).map((name) => `${group}/${name}`)),
  ...(onTarballs ? [] : ['tooling', 'site']),
].filter((root) => existsSync(join(workspace, root, 'package.json')));

/** Their tests leave nothing behind in the process, so that files share a worker and what it has loaded: a third of the time. */
const isSharing = (root: string): boolean => /^(packages|integrations|compat)\//.test(root);

/** What measures time or memory, kills processes, or embeds for half a minute: `pnpm test:thorough` and `pnpm test:hostile` run it. */
const LONG = [
  'linear.properties',
  'limits.properties',
  'properties/linear',
  'hostile-servers',
  'killed',
  'tools-killed',
  'vector-mutants',
  'parser-mutants',
  'splitter-mutants',
  'type-cost',
  'evaluation',
  'sample',
  'program',
  'readme-rag',
  'cookbook',
  'guides/test/packages',
  'pdf/test/bounds',
  'tooling/test/verdicts',
  'create-mortise-app/test/types',
  'tooling/test/api',
].map((name) => `**/${name}.test.ts`);
/** What shows that cases can fail, and tries many inputs: it says of what is published what it says of the sources. */
const OF_SOURCES = ['**/*mutants.test.ts', '**/*properties.test.ts'];
const isThorough =
  Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000 || process.env['MORTISE_HOSTILE'] !== undefined;

const byPackage = process.argv.some((argument) => argument.startsWith('--project'));

function project(
  name: string,
  folders: readonly string[],
  isShared: boolean,
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      root: workspace,
      isolate: !isShared,
      include: folders.map((folder) => `${folder}/test/**/*.test.ts`),
      setupFiles: [join(workspace, 'tooling/property-seed.ts')],
      exclude: [
        '**/node_modules/**',
        '**/*.services.test.ts',
        ...(isThorough ? [] : LONG),
        ...(onTarballs ? OF_SOURCES : []),
      ],
    },
  };
}

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    // They wait for sockets, timers and processes most of the time: with one worker a core, half of it is idle.
    maxWorkers: availableParallelism() + 2,
    // Tests over sockets, processes and timers meet busy machines: they get time, and in CI a second try. What fails
    // twice has failed.
    testTimeout: 120_000,
    retry: process.env['CI'] === undefined ? 0 : 1,
    // A project for each package where one is asked for by name. Else two: each would transform core for itself.
    projects: byPackage
      ? roots.map((root) => project(root, [root], isSharing(root)))
      : [
          project('shared', roots.filter(isSharing), true),
          project(
            'alone',
            roots.filter((root) => !isSharing(root)),
            false,
          ),
        ],
  },
});
