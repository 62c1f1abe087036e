import { MortiseError } from '@mortise/core';
import {
  abortReason,
  MAX_TIMER_MS,
  type Lease,
  type LeaseOutcome,
  type RateLimiter,
} from '@mortise/core/call';
import { emitPoint } from '@mortise/core/events';
import { checkOptions, positive } from '@mortise/core/shared';

/** At least one of the three. */
export interface RateLimitOptions {
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
  /** Requests in flight. */
  concurrency?: number | undefined;
}

interface Waiter {
  readonly tokens: number;
  grant(): void;
}

/**
 * Token buckets for requests and tokens a minute, and a bound on what is in flight. Buckets start full and refill
 * evenly. First come, first served: a large request is not overtaken by small ones. A request above
 * `tokensPerMinute` could never be served and is refused at once with `rate-limit`, not retryable. What a request
 * really used replaces its estimate; the bucket may go below zero, and those who come later wait for it.
 */
export function createRateLimiter(given: RateLimitOptions): RateLimiter {
  const options = checkOptions(given, 'configuration');
  const requests = bucket('requestsPerMinute', options.requestsPerMinute);
  const tokens = bucket('tokensPerMinute', options.tokensPerMinute);
  const concurrency =
    options.concurrency === undefined ? Infinity : positive('concurrency', options.concurrency, true);
  if (requests === undefined && tokens === undefined && concurrency === Infinity) {
    const message = 'A rate limiter needs requestsPerMinute, tokensPerMinute or concurrency.';
    throw new MortiseError('configuration', message);
  }
  const queue: Waiter[] = [];
  let running = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Serves the head of the queue while it fits; else comes back when it will. */
  function serve(): void {
    clearTimeout(timer);
    timer = undefined;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      if (running >= concurrency) return;
      const wait = Math.max(requests?.waitFor(1) ?? 0, tokens?.waitFor(head.tokens) ?? 0);
      if (wait > 0) {
        timer = setTimeout(serve, Math.min(MAX_TIMER_MS, wait));
        return;
      }
      queue.shift();
      requests?.take(1);
      tokens?.take(head.tokens);
      running++;
      head.grant();
    }
  }

  function lease(reserved: number): Lease {
    let released = false;
    return {
      release(outcome: LeaseOutcome = {}) {
        if (released) return;
        released = true;
        running--;
        if (outcome.tokens !== undefined) tokens?.take(outcome.tokens - reserved);
        serve();
      },
    };
  }

  return {
    acquire({ tokens: asked = 0, signal }) {
      if (signal?.aborted === true) return Promise.reject(abortReason(signal));
      if (!(asked >= 0)) return Promise.reject(noCount(asked));
      if (tokens !== undefined && asked > tokens.capacity)
        return Promise.reject(oversize(asked, tokens.capacity));
      const began = performance.now();
      let waitedMs = 0;
      const granted = new Promise<Lease>((resolve, reject) => {
        const waiter: Waiter = {
          tokens: asked,
          grant() {
            signal?.removeEventListener('abort', onAbort);
            waitedMs = performance.now() - began;
            resolve(lease(asked));
          },
        };
        const onAbort = (): void => {
          queue.splice(queue.indexOf(waiter), 1);
          reject(abortReason(signal as AbortSignal));
          serve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiter);
        // With others before it there is nothing new to serve.
        if (queue.length === 1) serve();
      });
      // Told in the waiting call's own context: what grants is a timer, or another call's release.
      return granted.then((place) => {
        if (waitedMs > 1) emitPoint('rate-limit', { waitedMs, tokens: asked });
        return place;
      });
    },
  };
}

function noCount(asked: number): MortiseError {
  const message = `A limiter was asked for ${asked} tokens; it takes a number from 0. Check what estimates them.`;
  return new MortiseError('configuration', message);
}

function oversize(asked: number, capacity: number): MortiseError {
  const message = `A request of about ${asked} tokens can never fit into ${capacity} tokens a minute. Shorten it, or raise tokensPerMinute.`;
  return new MortiseError('rate-limit', message, { retryable: false });
}

const MINUTE_MS = 60_000;

/** Refills evenly, `capacity` a minute, and never holds more than that. */
function bucket(name: string, perMinute: number | undefined) {
  if (perMinute === undefined) return undefined;
  const capacity = positive(name, perMinute);
  let level = capacity;
  let filledAt = performance.now();

  function fill(): void {
    const now = performance.now();
    level = Math.min(capacity, level + ((now - filledAt) / MINUTE_MS) * capacity);
    filledAt = now;
  }

  return {
    capacity,
    /** Milliseconds until `amount` is there; 0 when it is. Rounded up, so that a timer does not come too early. */
    waitFor(amount: number): number {
      fill();
      const missing = amount - level;
      // A millionth of a token is the rounding of the refill, not a lack.
      return missing <= 1e-6 ? 0 : Math.max(1, Math.ceil((missing / capacity) * MINUTE_MS));
    },
    take(amount: number): void {
      fill();
      level = Math.min(capacity, level - amount);
    },
  };
}
