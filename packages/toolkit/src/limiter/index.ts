export { createAdaptiveLimiter } from './adaptive-limiter.ts';
