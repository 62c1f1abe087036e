import type { RateLimiter } from '@mortise/core/call';
import { type ChatOptions, type LLM, type ChatInput, estimateInputTokens } from '@mortise/core/llm';
import { checkOptions, reading } from '@mortise/core/shared';
import { createRateLimiter, type RateLimitOptions } from '../limiter/rate-limit.ts';
import { aroundLLM } from './wrap.ts';

export interface WithRateLimitOptions {
  /** What a request will use. Default: the estimated input and `maxOutputTokens`, where it is given. */
  estimateTokens?: ((input: ChatInput, options: ChatOptions) => number) | undefined;
}

/**
 * `llm` within limits: numbers, or a limiter that several models share. One place a call; the retries inside the
 * call are the model's own (its `limiter` option counts those too). Waiting is FIFO and ends with the signal.
 */
export function withRateLimit<L extends LLM>(
  llm: L,
  limits: RateLimitOptions | RateLimiter,
  options: WithRateLimitOptions = {},
): L {
  const { estimateTokens = estimateTokensOf } = checkOptions(options, 'configuration');
  const limiter = reading(
    'The limits',
    () => ('acquire' in limits ? limits : createRateLimiter(limits)),
    'configuration',
  );
  return aroundLLM(llm, async ({ input, options, signal }) => {
    const lease = await limiter.acquire({ tokens: estimateTokens(input, options), signal });
    return ({ usage, error }) => lease.release({ tokens: usage?.totalTokens, error });
  });
}

function estimateTokensOf(input: ChatInput, options: ChatOptions): number {
  return estimateInputTokens(input, options) + (options.maxOutputTokens ?? 0);
}
