import type { JsonObject } from '../shared/json.ts';

/** Tokens. A count that the provider did not give is absent, not zero. */
export interface Usage {
  /** The whole prompt, cached and cache-written tokens included. */
  inputTokens?: number;
  /** The whole reply, reasoning included. */
  outputTokens?: number;
  totalTokens?: number;
  /** Part of `inputTokens`: read from the provider's cache. */
  cachedInputTokens?: number;
  /** Part of `inputTokens`: written to the provider's cache. */
  cacheWriteTokens?: number;
  /** Part of `outputTokens`. */
  reasoningTokens?: number;
  /** The provider's own object. */
  raw?: JsonObject;
}
