import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { rateLimiterSuite } from './suite.ts';
import type { RateLimiterFeature, RateLimiterSubject } from './subject.ts';

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
