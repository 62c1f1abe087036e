export { createAdaptiveLimiter } from './adaptive-limiter.ts';
export { createRateLimiter, type RateLimitOptions } from './rate-limit.ts';
