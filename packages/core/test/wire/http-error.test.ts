import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { MortiseError } from '@mortise/core';
import { errorFromResponse, float32FromBase64, redact, thrownWithoutSecrets } from '@mortise/core/wire';

const about = { provider: 'acme', model: 'a-1' };

describe('errorFromResponse', () => {
  it.each([
    [400, 'invalid-request', false],
    [401, 'authentication', false],
    [402, 'quota', false],
    [403, 'permission', false],
    [404, 'not-found', false],
    [408, 'timeout', true],
    [409, 'conflict', true],
    [413, 'invalid-request', false],
    [422, 'invalid-request', false],
    [429, 'rate-limit', true],
    [500, 'server', true],
    [502, 'server', true],
    [503, 'overloaded', true],
    [504, 'server', true],
    [529, 'overloaded', true],
  ] as const)('E-04: maps %i to %s, retryable: %s', (status, code, retryable) => {
    expect(errorFromResponse({ ...about, status })).toMatchObject({ code, retryable, status, ...about });
  });

  it('E-04: does not retry what is known to be no matter of waiting, whatever the status', () => {
    expect(errorFromResponse({ ...about, status: 500, code: 'context-length' }).retryable).toBe(false);
    expect(errorFromResponse({ ...about, status: 500, code: 'overloaded' }).retryable).toBe(true);
    expect(errorFromResponse({ ...about, status: 409, code: 'conflict' }).retryable).toBe(true);
    expect(errorFromResponse({ ...about, status: 400, code: 'rate-limit' }).retryable).toBe(false);
  });

  it('E-04: does not retry a quota behind a 429', () => {
    expect(errorFromResponse({ ...about, status: 429, code: 'quota' }).retryable).toBe(false);
  });

  it('E-04: reads how long to wait only where waiting helps', () => {
    const headers = new Headers({ 'retry-after': '7' });
    expect(errorFromResponse({ ...about, status: 429, headers }).retryAfterMs).toBe(7000);
    expect(errorFromResponse({ ...about, status: 503, headers }).retryAfterMs).toBe(7000);
    expect(errorFromResponse({ ...about, status: 400, headers }).retryAfterMs).toBeUndefined();
  });

  it('C-09: keeps an echoed key out of the message, the cause and toJSON', () => {
    const secret = 'sk-very-secret';
    const cause = Object.assign(new Error(`bad key ${secret}`), {
      headers: new Headers({ authorization: secret }),
    });
    const error = errorFromResponse({
      ...about,
      status: 401,
      message: `Incorrect API key: ${secret}`,
      cause,
      secrets: [secret],
    });
    expect(error.message).toContain('[redacted]');
    expect(
      inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + (error.stack ?? ''),
    ).not.toContain(secret);
  });

  it('keeps a cause that holds no secret', () => {
    const cause = new Error('plain');
    expect(errorFromResponse({ ...about, status: 500, cause, secrets: ['sk-1234'] }).cause).toBe(cause);
  });
});

/** What a refusal with these headers asks to be waited for, at a moment. */
function retryAfter(headers: Record<string, string>, now = Date.now()): number | undefined {
  vi.useFakeTimers({ now, toFake: ['Date'] });
  try {
    return errorFromResponse({ ...about, status: 429, headers: new Headers(headers) }).retryAfterMs;
  } finally {
    vi.useRealTimers();
  }
}

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [{ 'retry-after-ms': '1500' }, 1500],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:10 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m2.5s' }, 62_500],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '20ms' }, 20],
    [{ 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '6m0s' }, undefined],
    [
      {
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:30Z',
      },
      30_000,
    ],
    [{}, undefined],
  ])('E-04: %o is %s ms', (headers, expected) => {
    expect(retryAfter(headers as Record<string, string>, now)).toBe(expected);
  });

  it.each(['1.2.3s', '.s', '..ms', '6m..s', '-6m', 'Infinity', '1e309s'])(
    'E-04: a reset of %s is no time, and no wait',
    (reset) =>
      expect(retryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })).toBe(undefined),
  );
});

describe('float32FromBase64', () => {
  it('gives the floats back, in a buffer of their own', () => {
    for (const length of [1, 3, 512, 1536]) {
      const floats = Float32Array.from({ length }, (_, at) => Math.sin(at));
      const text = Buffer.from(floats.buffer).toString('base64');
      const decoded = float32FromBase64(text, about);
      expect(decoded).toEqual(floats);
      expect(decoded.buffer.byteLength).toBe(length * 4);
    }
  });

  it.each(['*AAAAAA=', 'AA*AAA==', 'AAAA AAA'])('E-02: refuses %j, which is no base64', (text) => {
    expect(() => float32FromBase64(text, about)).toThrow(/not base64/);
  });

  it('takes base64 without its padding, and of the URL alphabet', () => {
    expect(float32FromBase64('AACAPw', about)).toEqual(Float32Array.of(1));
    expect(float32FromBase64('-_-_Pw==', about)).toEqual(float32FromBase64('+/+/Pw==', about));
  });

  it('E-02: refuses half a float', () => {
    expect(() => float32FromBase64('AAAA', about)).toThrow(/not a multiple of 4/);
  });
});

it('E-04: takes a reset that is a moment since the epoch for one, in seconds or milliseconds', () => {
  const now = Date.UTC(2026, 0, 1);
  const after = (reset: number) =>
    retryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }, now);
  expect([after(now + 5000), after(now / 1000 + 5), after(7)]).toEqual([5000, 5000, 7000]);
});

describe('thrownWithoutSecrets', () => {
  const secrets = ['sk-secret'];
  it('C-09: keeps what holds no secret as it is', () => {
    const thrown = new Error('boom');
    expect(thrownWithoutSecrets(thrown, about, secrets)).toBe(thrown);
  });

  it('C-09: says what happened without the secret, and without the cause that holds it', () => {
    const held = Object.assign(new Error('socket hang up'), {
      config: { headers: { key: 'Bearer sk-secret' } },
    });
    const thrown = new Error('wrapped sk-secret', { cause: held });
    const error = thrownWithoutSecrets(thrown, about, secrets);
    expect(error).toMatchObject({ code: 'connection', retryable: true, ...about });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('sk-secret');
  });
});

describe('errors, at their edges', () => {
  it('E-04: waits for the longest reset of the limits that are used up, in whatever order they come', () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '0' };
    const of = (requests: string, tokens: string) =>
      retryAfter({
        ...headers,
        'x-ratelimit-reset-requests': requests,
        'x-ratelimit-reset-tokens': tokens,
      });
    expect([of('2s', '5s'), of('5s', '2s')]).toEqual([5000, 5000]);
  });

  it('C-09: takes nothing for a secret that stands in every text', () => {
    expect(redact('a key', ['a', '', undefined])).toBe('a key');
  });

  it('C-09: does not print what had arrived', () => {
    const error = new MortiseError('server', 'down', { partial: { text: 'private' } });
    expect([inspect(error), JSON.stringify(error)].join()).not.toContain('private');
    expect(error.partial).toEqual({ text: 'private' });
  });
});
