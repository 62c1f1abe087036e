import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BedrockEmbedding, BedrockLLM, BedrockReranker } from '@mortise/bedrock';

const KEYS = {
  accessKeyId: 'AKIDOFATEST',
  secretAccessKey: 'secret-key-of-a-test',
  sessionToken: 'token-of-a-test',
};
const options = { model: 'cohere.m', region: 'us-east-1', retry: false as const };

function failing(
  reply: (init: RequestInit) => Response | Promise<Response>,
  connection: object = { apiKey: 'key-of-a-test' },
) {
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => reply(init ?? {});
  const given = { ...options, ...connection, fetch };
  return [
    () => new BedrockLLM(given).chat('Hi'),
    () => new BedrockLLM(given).streamChat('Hi').final(),
    () => new BedrockEmbedding(given).embedQuery('Hi'),
    () => new BedrockReranker(given).rerank('Hi', ['a']),
  ];
}

describe('E-04: errors', () => {
  it.each([
    [400, 'ValidationException', 'Malformed input request', 'invalid-request', false],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context-length', false],
    [400, 'ServiceQuotaExceededException', 'Your account is at its limit', 'quota', false],
    [403, 'AccessDeniedException', "You don't have access to the model", 'permission', false],
    [
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'authentication',
      false,
    ],
    [403, 'ExpiredTokenException', 'The security token is expired', 'authentication', false],
    [
      403,
      'InvalidSignatureException',
      'The request signature we calculated does not match',
      'authentication',
      false,
    ],
    [404, 'ResourceNotFoundException', 'Could not resolve the foundation model', 'not-found', false],
    [408, 'ModelTimeoutException', 'The model took too long', 'timeout', true],
    [424, 'ModelErrorException', 'The model failed', 'server', false],
    [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', 'rate-limit', true],
    [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'quota', false],
    [429, 'ModelNotReadyException', 'The model is not ready', 'rate-limit', true],
    [500, 'InternalServerException', 'Oh', 'server', true],
    [503, 'ServiceUnavailableException', 'Later', 'overloaded', true],
  ])('%i %s: %s', async (status, name, message, code, retryable) => {
    const headers = {
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/`,
      'x-amzn-requestid': 'r-1',
    };
    for (const call of failing(() => Response.json({ message }, { status, headers })))
      await expect(call()).rejects.toMatchObject({
        code,
        retryable,
        status,
        provider: 'bedrock',
        requestId: 'r-1',
      });
  });
});

describe('E-02: what is no reply', () => {
  it('JSON of another kind', async () => {
    for (const call of failing(() => Response.json({ hologram: 1 })))
      await expect(call()).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('a block that is none', async () => {
    const [chat] = failing(() =>
      Response.json({ output: { message: { content: ['x'] } }, stopReason: 'end_turn' }),
    );
    await expect(chat!()).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('C-10: nothing is sent', () => {
  it('where credentials cannot be had', async () => {
    const credentials = () => Promise.reject(new Error(`no session for ${KEYS.secretAccessKey}`));
    for (const call of failing(() => Response.json({}), { credentials }))
      await expect(call()).rejects.toMatchObject({ code: 'configuration', provider: 'bedrock' });
  });

  it('where the call was aborted', async () => {
    const reason = new Error('enough');
    const llm = new BedrockLLM({ ...options, apiKey: 'k', fetch: () => Promise.reject(new Error('never')) });
    await expect(llm.chat('Hi', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('C-09: no secret shows in what a failed call rejects with', () => {
  const echoing = (init: RequestInit): Response =>
    Response.json(
      {
        message: `The Canonical String was ${JSON.stringify([...new Headers(init.headers)])}; ${KEYS.secretAccessKey}`,
      },
      { status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } },
    );
  /** As HTTP libraries throw: with the request. */
  const throwing = (init: RequestInit): Promise<Response> =>
    Promise.reject(
      Object.assign(new Error('socket hang up'), {
        config: { headers: Object.fromEntries(new Headers(init.headers)) },
      }),
    );

  it.each([
    ['an echoed signature', echoing, { credentials: async () => KEYS }],
    ['an echoed key', echoing, { apiKey: KEYS.sessionToken }],
    ['a fetch that throws the request, which is signed', throwing, { credentials: KEYS }],
    ['a fetch that throws the request', throwing, { apiKey: KEYS.sessionToken }],
    ['a key with a line break', echoing, { apiKey: `${KEYS.sessionToken}\n` }],
  ])('%s', async (_name, reply, connection) => {
    let signature = 'Signature=';
    const spying = (init: RequestInit): Response | Promise<Response> => {
      signature =
        /Signature=(\w+)/.exec(new Headers(init.headers).get('authorization') ?? '')?.[1] ?? signature;
      return reply(init);
    };
    for (const call of failing(spying, connection)) {
      const error: unknown = await call().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ provider: 'bedrock' });
      const shown = [
        String(error),
        JSON.stringify(error),
        inspect(error, { depth: 12, showHidden: true }),
      ].join('\n');
      for (const secret of [...Object.values(KEYS), ...(signature === 'Signature=' ? [] : [signature])])
        if (shown.includes(secret) && !(secret === KEYS.secretAccessKey && 'apiKey' in connection))
          expect.fail(`${secret} shows: ${shown.slice(0, 500)}`);
    }
  });
});
