import type { RateLimiter } from '@mortise/core/call';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { rateLimiterSuite } from './suite.ts';

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

/** A limiter under test, and what it says it can do. */
export interface RateLimiterConformanceOptions extends RateLimiterSubject {
  /** In titles and reports. */
  readonly name: string;
  readonly declares: readonly RateLimiterFeature[];
  /** Why a feature that is not declared is not there. */
  readonly reasons?: Readonly<Partial<Record<RateLimiterFeature, string>>> | undefined;
}

/** The contract of rate limiters as tests of `functions`' runner, one for each case of {@link rateLimiterSuite}. */
export function rateLimiterConformance(
  functions: TestFunctions,
  options: RateLimiterConformanceOptions,
): ConformanceResults {
  const { name, declares, reasons = {} } = options;
  return conformance(functions, {
    contract: 'rate-limiter',
    name,
    suite: rateLimiterSuite,
    subject: options,
    declared: declares,
    reasons,
  });
}
