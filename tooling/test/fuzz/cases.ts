/** Hostile calls of each package's public API in `pnpm test`: `cases.test.ts` asserts their sum. */
export const CASES = {
  'packages/core': 3000,
  'packages/toolkit': 3000,
  'integrations/openai': 1500,
  'integrations/anthropic': 1000,
  'integrations/cohere': 1500,
} as const;
