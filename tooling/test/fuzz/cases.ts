/** Hostile calls of each package's public API in `pnpm test`: `cases.test.ts` asserts their sum. */
export const CASES = {
  'packages/core': 1500,
} as const;
