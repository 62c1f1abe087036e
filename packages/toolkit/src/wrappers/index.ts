export {
  createBudget,
  withBudget,
  type Budget,
  type BudgetedModel,
  type BudgetOptions,
  type WithBudgetOptions,
} from './budget.ts';
export { costOf, type ModelPrices, type Priced, type Prices, type TokenPrices } from './prices.ts';
export { embeddingCacheKey } from './embedding-cache.ts';
export { fitMessages, type FitMessagesOptions } from './fit-messages.ts';
export {
  modelHealth,
  type ModelHealth,
  type ModelHealthOptions,
  type ModelState,
  type ModelVisit,
} from './model-health.ts';
export { createStoreGuard } from './store-guard.ts';
export { withCache, type WithCacheOptions } from './with-cache.ts';
export { withDefaults, type ChatDefaults } from './with-defaults.ts';
export {
  lookUpEmbeddings,
  withEmbeddingCache,
  type WithEmbeddingCacheOptions,
} from './with-embedding-cache.ts';
export { withFallback, type WithFallbackOptions } from './with-fallback.ts';
export { withRateLimit, type WithRateLimitOptions } from './with-rate-limit.ts';
