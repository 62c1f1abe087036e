import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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

/**
 * What measures the memory of its process, or counts its timers: other files leave streams behind that nobody ends. Else
 * files share a worker and what it has loaded: a third of the time.
 */
const ALONE = [
  ...['fuzz/*', 'hostile-servers', 'type-cost'].map((name) => `tooling/test/${name}.test.ts`),
  'packages/core/test/store/key-lease.test.ts',
];

/**
 * What measures time or memory, kills processes, tries thousands of hostile inputs, or embeds for half a minute:
 * `pnpm test:thorough` runs it, and `pnpm test` leaves it out.
 */
const LONG = [
  'linear.properties',
  'limits.properties',
  'properties/linear',
  'fuzz/*',
  'hostile-servers',
  'killed',
  'tools-killed',
  'thousand',
  'node-test',
  'bm25-turns',
  'index-turns',
  'memory-vector-turns',
  'vector-mutants',
  'parser-mutants',
  'splitter-mutants',
  'ingestion-mutants',
  'type-cost',
  'evaluation',
  'sample',
  'program',
  'readme-rag',
  'cookbook',
  'guides/test/packages',
  'guides/test/ollama-conformance',
  'pdf/test/bounds',
  'tooling/test/verdicts',
  'create-mortise-app/test/types',
  'tooling/test/api',
].map((name) => `**/${name}.test.ts`);
/** Of these `pnpm test` tries some inputs, and `pnpm test:thorough` 10,000. */
const PROPERTIES = ['**/properties/*.test.ts', '**/*properties.test.ts'];
/** What shows that cases can fail, and tries many inputs: it says of what is published what it says of the sources. */
const OF_SOURCES = ['**/*mutants.test.ts', '**/*properties.test.ts'];
/** `pnpm test:thorough`, which runs these alone. */
const isThorough = process.env['MORTISE_THOROUGH'] === '1';
/** One of the long tests is asked for by its name. */
const isLong =
  isThorough ||
  Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000 ||
  process.env['MORTISE_HOSTILE'] !== undefined;

const byPackage = process.argv.some((argument) => argument.startsWith('--project'));

interface Project {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly isolate?: boolean;
}

function project({ name, include, exclude = [], isolate = false }: Project): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      root: workspace,
      isolate,
      include: [...include],
      setupFiles: [join(workspace, 'tooling/property-seed.ts')],
      exclude: [
        '**/node_modules/**',
        '**/*.services.test.ts',
        ...exclude,
        ...(isLong ? [] : LONG),
        ...(onTarballs ? OF_SOURCES : []),
      ],
    },
  };
}

/** What takes longest, of each form of the tests, in this order. The suites of packages stand in the smallest files of all. */
const LONGEST = [
  /rag\/test\/conformance/,
  /properties\/(reads|any-text|values)/,
  /\/(killed|sample|readme-rag|program|type-cost|linear\.properties|pdf)\./,
  /\/(conformance|round-trip|llm-reference|once)\./,
];

/** Else larger files begin before smaller ones, and at the end one processor waits for a suite on the other. */
export function longestFirst<F extends { readonly moduleId: string }>(files: readonly F[]): F[] {
  const place = ({ moduleId }: F): number => {
    const found = LONGEST.findIndex((pattern) => pattern.test(moduleId));
    return found < 0 ? LONGEST.length : found;
  };
  return files.toSorted((a, b) => place(a) - place(b));
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}

// Programs that tests start load the same sources each time: half of their time is compiling these.
process.env['NODE_COMPILE_CACHE'] ??= join(workspace, 'node_modules/.cache/compiled');

/** A tenth of the tests' time: they leave much garbage, and run most code too seldom for it ever to be compiled well. */
export const execArgv = ['--max-semi-space-size=64', '--always-sparkplug'];

const testsOf = (root: string): string => `${root}/test/**/*.test.ts`;

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    // They wait for sockets, timers and processes most of the time: with one worker a core, half of it is idle.
    maxWorkers: availableParallelism() + 2,
    execArgv,
    // Tests over sockets, processes and timers meet busy machines: they get time, and in CI a second try. What fails
    // twice has failed.
    testTimeout: 120_000,
    hookTimeout: 600_000,
    retry: process.env['CI'] === undefined ? 0 : 1,
    sequence: { sequencer: LongestFirst },
    // A project for each package where one is asked for by name. Else two: each would transform core for itself.
    projects: byPackage
      ? roots.map((root) => project({ name: root, include: [testsOf(root)], isolate: root === 'tooling' }))
      : [
          project({
            name: 'shared',
            include: isThorough ? [...LONG, ...PROPERTIES] : roots.map(testsOf),
            exclude: [...ALONE, '{interop,bench,runtimes}/**'],
          }),
          project({ name: 'alone', include: ALONE, isolate: true }),
        ],
  },
});
