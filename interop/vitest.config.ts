import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { conditions, execArgv, longestFirst } from '../vitest.config.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}

/** The libraries that Mortise bridges to, in the versions of this folder's lock file. */
export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions } },
  test: {
    include: ['*/**/*.test.ts'],
    // As in the workspace: they wait most of the time, and with a worker a core, less one, that is all that is done.
    maxWorkers: availableParallelism() + 2,
    execArgv,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    retry: process.env['CI'] === undefined ? 0 : 1,
    setupFiles: [join(import.meta.dirname, '../tooling/property-seed.ts')],
  },
});
