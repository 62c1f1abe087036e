import { inspect } from 'node:util';
import { json, startWire } from '@mortise/conformance';
import { BedrockEmbedding, BedrockLLM, BedrockReranker } from '@mortise/bedrock';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { REPLY, sent } from './sent.ts';

const KEY = 'bedrock-key-0123456789-secret';
const KEYS = {
  accessKeyId: 'AKIDOFATEST',
  secretAccessKey: 'secret-key-of-a-test',
  sessionToken: 'token-of-a-test',
};

function setEnv(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('the key', () => {
  it('C-09: is read from the environment at the first call, not before', async () => {
    setEnv({ AWS_BEARER_TOKEN_BEDROCK: undefined });
    const headers: Headers[] = [];
    const llm = new BedrockLLM({
      model: 'm',
      region: 'us-east-1',
      fetch: async (_url, init) => {
        headers.push(new Headers(init?.headers));
        return Response.json(REPLY);
      },
    });
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', KEY);
    await llm.chat('q');
    expect(headers[0]!.get('authorization')).toBe(`Bearer ${KEY}`);
  });

  it('may be a header of the caller’s, and then nothing is signed', async () => {
    const headers = { Authorization: 'Bearer token', 'X-Team': 'search' };
    const request = await sent('Hi', {}, { apiKey: undefined, headers });
    expect(request.headers.get('authorization')).toBe('Bearer token');
    expect(request.headers.get('x-team')).toBe('search');
    expect(request.headers.has('x-amz-date')).toBe(false);
  });

  it('C-09: and keys of AWS are the only things that are taken from the environment, though the SDK reads more', async () => {
    setEnv({
      AWS_BEARER_TOKEN_BEDROCK: KEY,
      AWS_ENDPOINT_URL: 'https://elsewhere.test',
      AWS_MAX_ATTEMPTS: '9',
    });
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'https://elsewhere.test');
    const { url } = await sent('Hi', {}, { apiKey: undefined });
    expect(new URL(url).origin).toBe('https://bedrock-runtime.eu-west-1.amazonaws.com');
  });

  it.each([
    ['given', { credentials: KEYS }],
    ['given by a function', { credentials: async () => KEYS }],
  ])('of AWS, %s, signs the request, whatever key stands in the environment', async (_name, options) => {
    setEnv({ AWS_BEARER_TOKEN_BEDROCK: KEY });
    const { headers } = await sent('Hi', {}, { ...options, headers: { 'x-team': 'search' } });
    expect(headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDOFATEST\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=.*\bx-team\b.*, Signature=[\da-f]{64}$/,
    );
    expect(headers.get('x-amz-security-token')).toBe(KEYS.sessionToken);
  });

  it('of AWS is read from the environment, and so is the region', async () => {
    setEnv({
      AWS_BEARER_TOKEN_BEDROCK: undefined,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_REGION: 'ap-south-1',
    });
    const { headers, url } = await sent('Hi', {}, { apiKey: undefined, region: undefined });
    expect(headers.get('authorization')).toContain('/ap-south-1/bedrock/');
    expect(url).toContain('//bedrock-runtime.ap-south-1.amazonaws.com/');
  });

  it('C-10: of both kinds is refused when the model is made', () => {
    for (const Made of [BedrockLLM, BedrockEmbedding, BedrockReranker])
      expect(() => new Made({ model: 'cohere.m', apiKey: KEY, credentials: KEYS })).toThrow(
        expect.objectContaining({ code: 'configuration', provider: 'bedrock' }),
      );
  });

  it('C-09: does not show in inspect or JSON, before and after a call', async () => {
    const options = {
      model: 'm',
      region: 'us-east-1',
      headers: { 'x-secret': KEY },
      fetch: async () => Response.json(REPLY),
    };
    const models = [
      new BedrockLLM({ ...options, apiKey: KEY }),
      new BedrockLLM({ ...options, credentials: KEYS }),
    ];
    const shown = (): string =>
      models
        .map((model) => `${inspect(model, { depth: 20, showHidden: true })}${JSON.stringify(model)}`)
        .join('');
    for (const model of models) await model.chat('q');
    for (const secret of [KEY, ...Object.values(KEYS)]) expect(shown()).not.toContain(secret);
  });
});

describe('the address', () => {
  it('may be another, with a path, and needs no region with a key', async () => {
    await using wire = await startWire((_request, reply) => json(reply, REPLY));
    await new BedrockLLM({ model: 'a:0', apiKey: KEY, baseURL: `${wire.url}/gateway/` }).chat('q');
    expect(wire.requests[0]!.path).toBe('/gateway/model/a%3A0/converse');
  });

  it.each([
    ['cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'https://bedrock-runtime.us-gov-west-1.amazonaws.com'],
  ])('is that of the partition of %s', async (region, origin) => {
    expect(new URL((await sent('Hi', {}, { region })).url).origin).toBe(origin);
  });
});

describe('C-10: an injected client', () => {
  it('may be the SDK, and its requests go through our fetch, once', async () => {
    const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime');
    const client = new BedrockRuntimeClient({ region: 'eu-north-1', credentials: KEYS, maxAttempts: 5 });
    const urls: unknown[] = [];
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      urls.push(url);
      // What is signed is what fetch sends.
      expect(new Headers(init?.headers).get('authorization')).toMatch(/SignedHeaders=[^,:]*\bhost\b[^,:]*,/);
      return Response.json({ message: 'no' }, { status: 500 });
    };
    const llm = new BedrockLLM({ model: 'm', client, fetch, retry: false });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'server' });
    expect(urls).toEqual(['https://bedrock-runtime.eu-north-1.amazonaws.com/model/m/converse']);
  });

  it('that does not run the command is told', async () => {
    const llm = new BedrockLLM({ model: 'm', client: { send: async () => ({}) }, retry: false });
    await expect(llm.chat('Hi')).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('metadata', () => {
  it('is what the API can do, under what the caller knows better', () => {
    const metadata = { contextWindow: 8192, capabilities: { structuredOutput: 'tool' as const } };
    expect(new BedrockLLM({ model: 'm', metadata }).metadata).toMatchObject({
      contextWindow: 8192,
      capabilities: { structuredOutput: 'tool', streaming: true, caching: true, seed: false },
    });
  });
});
