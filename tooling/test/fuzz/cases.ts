/** Hostile calls of each package's public API in `pnpm test`: `cases.test.ts` asserts their sum. */
export const CASES = {
  'packages/core': 3000,
  'packages/toolkit': 3000,
  'packages/stores': 500,
  'packages/rag': 3000,
  'integrations/html': 300,
  'integrations/yaml': 300,
  'integrations/pdf': 60,
  'integrations/keyv': 300,
  'integrations/sqlite-vec': 200,
  'integrations/usearch': 200,
  'integrations/gpt-tokenizer': 300,
  'integrations/energetic-ai': 200,
  'integrations/openai': 1500,
  'integrations/anthropic': 1000,
  'integrations/cohere': 1500,
  'integrations/google': 1000,
} as const;
