import { defineConfig } from 'vitest/config';
import { conditions, roots } from './vitest.config.ts';

/** The tests that need a server beside them (a database, a search engine); `pnpm test` leaves them out. */
export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    // A server or a browser starts by the first of them.
    testTimeout: 120_000,
    projects: roots.map((root) => ({
      extends: true as const,
      test: { name: root, root, include: ['test/**/*.services.test.ts'] },
    })),
  },
});
