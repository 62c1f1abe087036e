import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { conditions, execArgv, roots } from './vitest.config.ts';

/** The tests that need a server or a browser beside them; `pnpm test` leaves them out. */
export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    include: roots.map((root) => `${root}/test/**/*.services.test.ts`),
    // By default it would be one on two processors, and these wait for servers, browsers and programs half of the time.
    maxWorkers: availableParallelism(),
    execArgv,
    // A server or a browser starts by the first of them, or before it.
    testTimeout: 120_000,
    hookTimeout: 600_000,
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
