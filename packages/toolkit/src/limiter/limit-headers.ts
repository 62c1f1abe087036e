import type { LeaseOutcome } from '@mortise/core/call';

/** The provider's limits as far as its replies tell them. */
export interface HeaderLimits {
  /** How many requests may be sent is known. */
  readonly tellRequests: boolean;
  /** The most tokens one request can ever have; Infinity where that is unknown. */
  readonly mostTokens: number;
  waitFor(tokens: number, now: number): number;
  take(tokens: number): void;
  release(tokens: number, outcome: LeaseOutcome, now: number): void;
}

/** The limits are those of a minute, with the providers that tell them this way. */
const WINDOW_MS = 60_000;

/**
 * `x-ratelimit-{limit,remaining}-{requests,tokens}` (OpenAI, Groq and others) and
 * `anthropic-ratelimit-{requests,tokens}-{limit,remaining}` as what they describe: buckets that refill evenly.
 */
export function createHeaderLimits(): HeaderLimits {
  const requests = mirror();
  const tokens = mirror();

  return {
    get tellRequests() {
      return requests.limit !== Infinity;
    },
    get mostTokens() {
      return tokens.limit;
    },
    waitFor: (asked, now) => Math.max(requests.waitFor(1, now), tokens.waitFor(asked, now)),
    take(asked) {
      requests.take(1);
      tokens.take(asked);
    },
    release(asked, { headers, tokens: used = asked }, now) {
      requests.settle(1, 1);
      tokens.settle(asked, used);
      if (headers === undefined) return;
      requests.told(read(headers, 'requests'), now);
      tokens.told(read(headers, 'tokens'), now);
    },
  };
}

interface Told {
  readonly limit: number;
  readonly remaining: number;
}

/** Undefined unless both are numbers that make sense. */
function read(headers: Headers, what: 'requests' | 'tokens'): Told | undefined {
  const header = (name: string) =>
    headers.get(`x-ratelimit-${name}-${what}`) ?? headers.get(`anthropic-ratelimit-${what}-${name}`);
  const [limit, remaining] = [count(header('limit')), count(header('remaining'))];
  if (limit === undefined || remaining === undefined || limit === 0) return undefined;
  return { limit, remaining: Math.min(limit, remaining) };
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

/** The provider's bucket as it must stand now, by what it last said. */
function mirror() {
  let limit = Infinity;
  let level = Infinity;
  let filledAt = 0;
  /** Of requests under way, which the provider may not have counted when it spoke. */
  let inFlight = 0;

  function fill(now: number): void {
    if (limit === Infinity) return;
    level = Math.min(limit, level + (Math.max(0, now - filledAt) / WINDOW_MS) * limit);
    filledAt = now;
  }

  return {
    get limit() {
      return limit;
    },
    waitFor(amount: number, now: number): number {
      fill(now);
      const missing = Math.min(amount, limit) - level;
      return missing <= 1e-6 ? 0 : (missing / limit) * WINDOW_MS;
    },
    take(amount: number): void {
      inFlight += amount;
      level -= amount;
    },
    settle(reserved: number, used: number): void {
      inFlight -= reserved;
      level -= used - reserved;
    },
    told(said: Told | undefined, now: number): void {
      if (said === undefined) return;
      limit = said.limit;
      level = said.remaining - inFlight;
      filledAt = now;
    },
  };
}
