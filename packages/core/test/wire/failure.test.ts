import { describe, expect, it } from 'vitest';
import { describeFailure, errorFromReply, eventJson, failedEnd, throwFailure } from '@mortise/core/wire';
import { TOO_LONG_SENTENCES } from './too-long-sentences.ts';

const about = { provider: 'acme', model: 'a-1' };

/** What `act` throws, if it does. */
function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a prompt that is too long', () => {
  it.each(TOO_LONG_SENTENCES)('E-04: knows the words of %s', async (_server, sentence) => {
    expect(describeFailure(sentence).code).toBe('context-length');
    const refusal = Response.json({ error: { message: sentence } }, { status: 400 });
    expect((await errorFromReply(refusal, { touch: () => undefined }, about)).code).toBe('context-length');
  });

  it.each([
    'too many tokens: max tokens must be less than or equal to 4096.',
    'Too many tokens, please wait before trying again.',
    'Rate limit reached for model on tokens per minute (TPM): Limit 6000, Used 5000, Requested 2000.',
    '`max_tokens` must be less than or equal to `16384`, the maximum value for `max_tokens` for this model',
    'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.',
    'Too many tokens in batch. Max is 16384 got 17555',
    'The tool name is longer than 64 characters.',
    "Invalid 'user': string too long. Expected a string with maximum length 64.",
  ])('E-04: takes %j for something else', (message) => {
    expect(describeFailure(message).code).not.toBe('context-length');
  });
});

describe('throwFailure', () => {
  it.each<[string, unknown]>([
    ['a reply of Chat Completions', { id: 'c', choices: [], usage: null, error: null }],
    ['a reply of Responses', { id: 'r', status: 'completed', error: null, output: [] }],
    [
      'a reply of Cohere',
      { id: 'c', message: { role: 'assistant', content: [] }, finish_reason: 'COMPLETE' },
    ],
    ['a chunk', { choices: [{ delta: { content: 'the error is 500' } }] }],
    ['an empty error', { error: {}, errors: [], error_code: 0 }],
    ['an empty list', []],
    ['a list of texts', ['error']],
    ['a text', 'error'],
  ])('E-06: sees none in %s', (_name, said) => {
    expect(thrown(() => throwFailure(said, about))).toBeUndefined();
  });

  it.each<[unknown, object]>([
    [{ error: 'no such model' }, { message: 'no such model' }],
    [{ error: { message: 'm', code: '429' } }, { status: 429, message: 'm' }],
    [
      // Azure's, with the categories that were filtered.
      {
        error: {
          message: 'The prompt was filtered',
          code: 'content_filter',
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: {
              hate: { filtered: true, severity: 'high' },
              jailbreak: { filtered: true, detected: true },
              violence: { filtered: false, severity: 'safe' },
            },
          },
        },
      },
      { code: 'content-filter', message: 'The prompt was filtered: hate, jailbreak' },
    ],
    [
      { error: 'The input is long', error_type: 'validation' },
      { code: 'invalid-request', word: 'validation' },
    ],
    [
      { object: 'error', message: 'x', type: 'NotFoundError', code: 404 },
      { code: 'not-found', status: 404 },
    ],
    [{ success: false, errors: [{ code: 7003, message: 'No route' }] }, { message: 'No route' }],
    [
      { __type: 'com.amazon.coral.service#ThrottlingException', errorMessage: 'Slow' },
      { code: 'rate-limit' },
    ],
    [
      { fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2' } } },
      { message: 'Invalid ApiKey' },
    ],
    [
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'q',
          details: [{ '@type': 't/google.rpc.RetryInfo', retryDelay: '34.5s' }],
        },
      },
      { code: 'rate-limit', retryAfterMs: 34_500 },
    ],
    [
      {
        type: 'error',
        error: { type: 'rate_limit_error', message: 'm', details: { error_code: 'org_spend_limit_reached' } },
      },
      { code: 'quota' },
    ],
    [
      { error: { message: 'm', type: 'invalid_request_error', code: 'context_length_exceeded' } },
      { code: 'context-length' },
    ],
  ])('E-06: reads %j', (said, expected) => {
    expect(thrown(() => throwFailure(said, about))).toMatchObject({ provider: 'acme' });
    expect(describeFailure(said)).toMatchObject(expected);
  });

  it('E-06: takes bare words for a failure only where nothing of a reply is beside them', () => {
    const detail = { detail: [{ loc: ['body', 'model'], msg: 'Field required', type: 'missing' }] };
    const alone = (said: unknown) => thrown(() => throwFailure(said, about, true));
    expect(thrown(() => throwFailure(detail, about))).toBeUndefined();
    expect(alone(detail)).toMatchObject({ message: expect.stringContaining('Field required') });
    expect(alone({ message: { role: 'assistant' } })).toBeUndefined();
    expect(alone({ status: 'ok' })).toBeUndefined();
  });

  it('E-06: believes the name of an event', () => {
    const named = (data: string) => thrown(() => eventJson({ event: 'error', data }, about));
    expect(named('{"code":400,"details":"Too many"}')).toMatchObject({
      status: 400,
      message: expect.stringContaining('Too many'),
    });
    expect(named('upstream died')).toMatchObject({ message: expect.stringContaining('upstream died') });
  });

  it('keeps what a server says short, in one line, and without its page', () => {
    expect(describeFailure({ error: { message: `a\n  b${' c'.repeat(5_000)}` } }).message).toMatch(
      /^a b c.{590,}$/,
    );
    expect(describeFailure('<html>Sign in</html>').message).toBeUndefined();
  });

  it('C-13: is linear in what came', () => {
    const deep = (depth: number): unknown => (depth === 0 ? 'x' : { error: deep(depth - 1) });
    const begin = performance.now();
    describeFailure(deep(2_000));
    describeFailure({ error: { message: ' .'.repeat(200_000) } });
    describeFailure({ error: Array.from({ length: 100_000 }, () => ({ message: 'x' })) });
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});

it.each([
  ['error', 'server'],
  ['ERROR', 'server'],
  ['network_error', 'server'],
  ['function_call_filter: MALFORMED_FUNCTION_CALL', 'malformed-response'],
  ['malformed_tool_use', 'malformed-response'],
  ['stop', undefined],
  ['', undefined],
  [null, undefined],
])('E-06: takes the finish reason %j for %s', (reason, code) => {
  expect(failedEnd(reason)).toBe(code);
});
