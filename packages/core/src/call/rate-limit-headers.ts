/**
 * How long the provider asks to wait, in milliseconds: `retry-after-ms`, `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3), else the reset of the limits that are used up (`x-ratelimit-*` as OpenAI and Groq write them,
 * `anthropic-ratelimit-*`). Undefined when it says nothing of use.
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const wait = waitAsked(headers, now);
  return wait === undefined ? undefined : Math.min(MAX_WAIT_MS, wait);
}

/** A day: the longest wait of a server that is believed, in milliseconds. */
export const MAX_WAIT_MS = 86_400_000;

function waitAsked(headers: Headers, now: number): number | undefined {
  const ms = number(headers.get('retry-after-ms'));
  if (ms !== undefined) return ms;
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = number(after);
    if (seconds !== undefined) return seconds * 1000;
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  return resetOfExhausted(headers, now);
}

/** The longest reset among the limits with nothing left; others do not stand in the way. */
function resetOfExhausted(headers: Headers, now: number): number | undefined {
  let longest: number | undefined;
  headers.forEach((value, name) => {
    const kind = /^((?:x-|anthropic-)ratelimit-)(.*)reset(.*)$/.exec(name);
    if (kind === null) return;
    const remaining = headers.get(`${kind[1]}${kind[2]}remaining${kind[3]}`);
    const wait = remaining === null || Number(remaining) > 0 ? undefined : duration(value, now);
    if (wait !== undefined) longest = Math.max(longest ?? 0, wait);
  });
  return longest;
}

/**
 * `6m0s`, `1.5s`, `20ms` (OpenAI, Groq), an RFC 3339 time (Anthropic), bare seconds, or, where a wait of decades would
 * come of it, a moment in seconds or milliseconds since the epoch (OpenRouter).
 */
function duration(text: string, now: number): number | undefined {
  const seconds = number(text);
  if (seconds !== undefined) {
    if (seconds < 1e9) return seconds * 1000;
    return Math.max(0, (seconds < 1e11 ? seconds * 1000 : seconds) - now);
  }
  if (/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return durationIn(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Milliseconds of `1m2.5s`. */
export function durationIn(text: string): number {
  let total = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gi))
    total += Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  return total;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function number(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
