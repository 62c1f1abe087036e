import type { Usage } from '@mortise/core/llm';

/** The counts that add up. */
export const COUNTS = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const;

/** Adds up calls, which are separate; within one call usage never adds up (L-02). */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum: Usage = {};
  for (const field of COUNTS) {
    const values = usages.map((usage) => usage[field]);
    if (values.length > 0 && values.every((value) => value !== undefined)) {
      sum[field] = values.reduce((total: number, value) => total + (value ?? 0), 0);
    }
  }
  return sum;
}
