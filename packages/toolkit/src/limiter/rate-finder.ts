/** What a limiter knows of an unknown limit: the rate at which it sends, moved by what comes of it. Times in ms. */
export interface RateFinder {
  /** A refusal has shown where the limit is. */
  readonly found: boolean;
  waitFor(now: number): number;
  /** The rate it is sent at. */
  take(now: number): number;
  /** Somebody waits because of the rate. Only a rate that is made use of may grow. */
  limited(): void;
  succeeded(now: number): void;
  /** `sentRate` is what `take` gave; absent where another limiter ruled. */
  refused(
    grantedAt: number,
    now: number,
    sentRate: number | undefined,
    retryAfterMs: number | undefined,
  ): void;
}

/** Requests a second. */
const INITIAL_RATE = 10;
const LOWEST_RATE = 0.1;
const HIGHEST_RATE = 100_000;
/** Until the first refusal: doubling each second. */
const STARTING_GROWTH = Math.LN2;
/** Shares of the rate a second, afterwards: after a slight overshoot, and after a limit that fell. */
const SLOW_GROWTH = 0.008;
const FAST_GROWTH = 0.08;
/** Above this rate, in requests a second, one refusal more is a smaller share of all: growth rises with its root. */
const SLOW_RATE = 20;
/** Without a refusal the growth itself doubles in so many seconds: a limit that was raised is found. */
const GROWTH_DOUBLES_IN = 8;
/** What is left of the rate after a refusal, the next one, and all further ones in a row. */
const CUTS = [0.95, 0.85, 0.7] as const;
/** Of the first refusal of all, where the rate may have been anything up to twice the limit. */
const FIRST_CUT = 0.6;
/** Refusals are of one row when less lies between than the longer of the two, and the time a refusal takes twice. */
const CALM_MS = 250;
const CALM_REQUESTS = 8;
/** A refusal of a request sent before the cut, heard so long after it, came late: enough of them have come to count. */
const LATE_MS = 1000;
/** Replies, at least: over as many as a second has, their share of refusals is taken. */
const FEWEST_COUNTED = 20;
/** Refusals may be heard of sooner than successes, and then seem to be all there is. */
const LEAST_ACCEPTED = 0.5;
/** A wait the provider asks for is for all when it is longer; a shorter one says no more than the refusal. */
const LONG_RETRY_AFTER_MS = 1000;

/**
 * Additive growth and multiplicative cuts (Chiu and Jain 1989), on a rate and not a window, since providers count
 * requests a time and not those in flight. A refusal counts once: of the requests sent before it was heard of, all
 * others say the same. One cut is slight, as it is usually our own growth that has met the limit; refusals that go on
 * after it mean that the limit fell, and cut deeper.
 *
 * Where refusals take seconds, the rate has moved on: a refusal reports on the rate at which its request was sent, and is
 * counted from there. All of them together tell the limit: that rate, less the share that is refused, as TCP Westwood
 * takes what was acknowledged (Mascolo et al. 2001). It does not wait for a round trip after each cut.
 */
export function createRateFinder(start: number): RateFinder {
  let rate = INITIAL_RATE;
  let found = false;
  let growth = STARTING_GROWTH;
  let used = false;
  /** Requests that may go now: a fraction, or below zero after a refusal. */
  let level = 2;
  let filledAt = start;
  let grownAt = start;
  /** Leases granted before tell nothing new. */
  let cutAt = -Infinity;
  let pausedUntil = -Infinity;
  /** Refusals in the row that is going on. */
  let row = 0;
  /** How long the last refusal took: for so long nothing is known of what a faster rate comes to. */
  let blindSeconds = 0;
  /** Of the replies of the last second or so. */
  let refusedShare = 0;
  /** Requests sent in this second and in the one before it. */
  let [second, sent, sentBefore] = [0, 0, 0];

  function fill(now: number): void {
    // Enough to make up for late timers, and less than any provider's allowance for bursts.
    const most = Math.max(2, rate * 0.05);
    level = Math.min(most, level + (Math.max(0, now - filledAt) / 1000) * rate);
    filledAt = now;
  }

  function grow(now: number): void {
    // The rate does not grow for the time in which no reply comes.
    const seconds = Math.min(1, (now - grownAt) / 1000);
    grownAt = now;
    if (!used) return;
    used = false;
    // What grows unseen is refused unseen: both the overshoot and the time until it is heard of count.
    const caution = Math.max(1, (6 * Math.min(1, blindSeconds)) ** 2);
    rate = Math.min(HIGHEST_RATE, rate * Math.exp((growth * seconds) / caution));
    if (found) growth = Math.min(STARTING_GROWTH, growth * 2 ** (seconds / GROWTH_DOUBLES_IN));
  }

  function heard(refusals: 0 | 1): void {
    refusedShare += (refusals - refusedShare) / Math.max(FEWEST_COUNTED, rate);
  }

  function count(now: number): void {
    const current = Math.floor(now / 1000);
    if (current !== second) [sentBefore, sent] = [current === second + 1 ? sent : 0, 0];
    second = current;
    sent++;
  }

  return {
    get found() {
      return found;
    },
    waitFor(now) {
      fill(now);
      const forRate = level >= 1 ? 0 : ((1 - level) / rate) * 1000;
      return Math.max(forRate, pausedUntil - now);
    },
    take(now) {
      fill(now);
      // Not below zero: where another limiter rules, nobody asked how long to wait.
      level = Math.max(level - 1, Math.min(level, 0));
      count(now);
      if (found) grow(now);
      return rate;
    },
    limited() {
      used = true;
    },
    succeeded(now) {
      heard(0);
      if (!found) grow(now);
    },
    // Where the limits were told and there is another one all the same, the rate was not in force.
    refused(grantedAt, now, sentRate = Math.max(rate, sent, sentBefore), retryAfterMs = 0) {
      heard(1);
      if (retryAfterMs > LONG_RETRY_AFTER_MS) pausedUntil = Math.max(pausedUntil, now + retryAfterMs);
      if (grantedAt < cutAt) {
        const accepted = sentRate * Math.max(LEAST_ACCEPTED, 1 - refusedShare);
        if (now - cutAt > LATE_MS) rate = Math.max(LOWEST_RATE, Math.min(rate, accepted));
        return;
      }
      fill(now);
      blindSeconds = (now - grantedAt) / 1000;
      const calmMs = Math.max(CALM_MS, (CALM_REQUESTS / rate) * 1000) + 2 * (now - grantedAt);
      row = now - cutAt < calmMs ? row + 1 : 0;
      const cut = found ? (CUTS[row] ?? CUTS[CUTS.length - 1]!) : FIRST_CUT;
      rate = Math.max(LOWEST_RATE, (found ? Math.min(rate, sentRate) : sentRate) * cut);
      growth = (row > 0 || !found ? FAST_GROWTH : SLOW_GROWTH) * Math.sqrt(Math.max(1, rate / SLOW_RATE));
      found = true;
      cutAt = grownAt = now;
      // The provider has nothing left: it is let gain a little, or the next request would be refused too.
      level = Math.min(level, 0) - Math.max(0.5, rate * 0.02);
    },
  };
}
