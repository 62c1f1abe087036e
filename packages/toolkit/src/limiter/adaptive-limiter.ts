import { emitPoint } from '@mortise/core/events';
import { isMortiseError, MortiseError } from '@mortise/core';
import {
  type Lease,
  type LeaseOutcome,
  type RateLimiter,
  MAX_TIMER_MS,
  abortReason,
} from '@mortise/core/call';
import { createHeaderLimits, type HeaderLimits } from './limit-headers.ts';
import { createRateFinder, type RateFinder } from './rate-finder.ts';

interface Waiter {
  readonly tokens: number;
  /** `rate` is the one that was found, in requests a second; absent where the headers rule. */
  grant(rate: number | undefined): void;
}

/**
 * Finds a provider's limit by itself: sends faster while replies come and slower when one is refused (429, 503, 529), so
 * that it stays near what is granted also when that changes. Where replies tell the limits in their headers (OpenAI,
 * Anthropic and those who write them alike), these are kept to instead. Needs no configuration. Share one between the
 * models of one account. First come, first served; a wait ends with its signal. One refusal holds up all for five minutes at
 * most, whatever it asks for.
 *
 * It starts at 10 requests a second and doubles that each second until the first refusal: for a known limit
 * `createRateLimiter` loses nothing in the beginning.
 */
export function createAdaptiveLimiter(): RateLimiter {
  const finder = createRateFinder(performance.now());
  const headers = createHeaderLimits();
  // Those who wait, in order; a set, since one may leave from the middle.
  const queue = new Set<Waiter>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Serves the head of the queue while it may go; else comes back when it may. */
  function serve(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const waiter of queue) {
      const now = performance.now();
      const wait = waitFor(waiter.tokens, now, finder, headers);
      if (wait > 0) {
        finder.limited();
        // A timer comes up to a millisecond early, and a wait of none would spin.
        timer = setTimeout(serve, Math.min(MAX_TIMER_MS, Math.max(1, Math.ceil(wait))));
        return;
      }
      queue.delete(waiter);
      const ruled = headersRule(finder, headers);
      const rate = finder.take(now);
      headers.take(waiter.tokens);
      waiter.grant(ruled ? undefined : rate);
    }
  }

  function lease(tokens: number, rate: number | undefined): Lease {
    const grantedAt = performance.now();
    let released = false;
    return {
      release(outcome: LeaseOutcome = {}) {
        if (released) return;
        released = true;
        const now = performance.now();
        headers.release(tokens, outcome, now);
        const refusal = refusalOf(outcome.error);
        if (refusal !== undefined) finder.refused(grantedAt, now, rate, pauseOf(refusal));
        else if (outcome.error === undefined) finder.succeeded(now);
        serve();
      },
    };
  }

  return {
    acquire({ tokens = 0, signal }) {
      if (signal?.aborted === true) return Promise.reject(abortReason(signal));
      const most = headers.mostTokens;
      if (tokens > most) return Promise.reject(oversize(tokens, most));
      return new Promise<Lease>((resolve, reject) => {
        const began = performance.now();
        const waiter: Waiter = {
          tokens,
          grant(rate) {
            signal?.removeEventListener('abort', onAbort);
            const waitedMs = performance.now() - began;
            if (waitedMs > 1) emitPoint('rate-limit', { waitedMs, tokens });
            resolve(lease(tokens, rate));
          },
        };
        const onAbort = (): void => {
          queue.delete(waiter);
          reject(abortReason(signal as AbortSignal));
          serve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.add(waiter);
        // With others before it there is nothing new to serve.
        if (queue.size === 1) serve();
      });
    },
  };
}

function waitFor(tokens: number, now: number, finder: RateFinder, headers: HeaderLimits): number {
  const told = headers.waitFor(tokens, now);
  return headersRule(finder, headers) ? told : Math.max(told, finder.waitFor(now));
}

/** Limits that the provider tells are better than any that was found; a refusal all the same means there is another. */
function headersRule(finder: RateFinder, headers: HeaderLimits): boolean {
  return headers.tellRequests && !finder.found;
}

function refusalOf(error: unknown): MortiseError | undefined {
  if (!isMortiseError(error)) return undefined;
  const refused = error.code === 'rate-limit' || error.code === 'overloaded';
  return refused && error.retryable ? error : undefined;
}

/** The longest that one refusal holds up the calls of all, in milliseconds, whatever its `Retry-After` asks for. */
const MAX_PAUSE_MS = 300_000;

function pauseOf({ retryAfterMs }: MortiseError): number | undefined {
  return retryAfterMs === undefined ? undefined : Math.min(MAX_PAUSE_MS, retryAfterMs);
}

function oversize(tokens: number, most: number): MortiseError {
  const message = `A request of about ${tokens} tokens can never fit: the provider takes ${most} at once. Shorten it.`;
  return new MortiseError('rate-limit', message, { retryable: false });
}
