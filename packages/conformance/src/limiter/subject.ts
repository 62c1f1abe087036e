import type { RateLimiter } from '@mortise/core/call';

/** What a case needs of a limiter. */
export interface LimiterTarget {
  /** Absent: whatever it has. */
  readonly tokensPerMinute?: number;
  /** Requests in flight. Absent: whatever it has. */
  readonly concurrency?: number;
}

/** What a case of the rate limiter suite may require: that the limiter can be given such a limit. */
export type RateLimiterFeature = 'tokens' | 'concurrency';

export interface RateLimiterSubject {
  /** A new limiter with these limits, as far as it takes any. */
  create(target: LimiterTarget): RateLimiter;
}
