import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { json, startWire } from '@mortise/conformance';
import { VoyageEmbedding, VoyageReranker, type VoyageEmbeddingOptions } from '@mortise/voyage';

const REPLY = { object: 'list', data: [{ index: 0, embedding: [1] }], usage: { total_tokens: 1 } };

function setKey(value: string): void {
  vi.stubEnv('VOYAGE_API_KEY', value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function sent(options: Partial<VoyageEmbeddingOptions> = {}) {
  let request: { url: string; headers: Headers } | undefined;
  const embedding = new VoyageEmbedding({
    model: 'voyage-4',
    apiKey: 'pa-test',
    retry: false,
    fetch: async (url, init) => {
      request = { url: url as string, headers: new Headers(init?.headers) };
      return Response.json(REPLY);
    },
    ...options,
  });
  await embedding.embedText('a');
  if (request === undefined) throw new Error('Nothing was sent.');
  return request;
}

describe('the connection', () => {
  it('sends the key to Voyage AI by default', async () => {
    const { url, headers } = await sent();
    expect(url).toBe('https://api.voyageai.com/v1/embeddings');
    expect(headers.get('authorization')).toBe('Bearer pa-test');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('reads the key from the environment at the first call', async () => {
    setKey('pa-environment');
    expect((await sent({ apiKey: undefined })).headers.get('authorization')).toBe('Bearer pa-environment');
  });

  it('sends no key where there is none and a base URL was given', async () => {
    setKey('');
    const { url, headers } = await sent({ apiKey: undefined, baseURL: 'http://gateway.test/voyage/v1/?a=b' });
    expect(url).toBe('http://gateway.test/voyage/v1/embeddings?a=b');
    expect(headers.has('authorization')).toBe(false);
  });

  it('sends headers, of which Authorization stands in for the key', async () => {
    setKey('');
    const own = { Authorization: 'Basic eDp5', 'X-Client-Name': 'tides' };
    const { headers } = await sent({ apiKey: undefined, headers: own });
    expect(headers.get('authorization')).toBe('Basic eDp5');
    expect(headers.get('x-client-name')).toBe('tides');
  });

  it('asks the server for a model that the SDK would run on this machine', async () => {
    expect((await sent({ model: 'voyage-4-nano' })).url).toBe('https://api.voyageai.com/v1/embeddings');
  });

  it('makes one attempt, and leaves no timer of the SDK behind', async () => {
    await using wire = await startWire((_request, reply) =>
      json(reply, { detail: 'The server is overloaded.' }, { status: 503 }),
    );
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const reranker = new VoyageReranker({ model: 'm', apiKey: 'k', baseURL: wire.url, retry: false });
    await expect(reranker.rerank('q', ['a'])).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    expect(wire.requests).toHaveLength(1);
    expect(timers.mock.calls.map(([, ms]) => ms)).not.toContain(60_000);
  });

  it('C-09: shows no key', async () => {
    const options = { model: 'm', apiKey: 'pa-never-to-be-seen', headers: { 'x-secret': 'pa-hidden' } };
    const fetch = async (): Promise<Response> => Response.json(REPLY);
    const models = [new VoyageEmbedding({ ...options, fetch }), new VoyageReranker({ ...options, fetch })];
    await (models[0] as VoyageEmbedding).embedText('a');
    for (const model of models) {
      const shown = inspect(model, { depth: 9, showHidden: true }) + JSON.stringify(model);
      expect(shown).not.toMatch(/pa-never|pa-hidden|Bearer/);
    }
  });
});

describe('failures', () => {
  /** In Voyage's words, as they were seen. */
  it.each<[status: number, said: object, code: string]>([
    [401, { detail: 'Provided API key is invalid.' }, 'authentication'],
    // https://github.com/sigoden/aichat/pull/825
    [
      400,
      {
        detail:
          "Request to model 'voyage-large-2-instruct' failed. The max allowed tokens per submitted batch is 120000. Your batch has 121138 tokens after truncation. Please lower the number of tokens in the batch.",
      },
      'invalid-request',
    ],
    // https://github.com/latitude-dev/latitude-llm/pull/3554
    [
      400,
      {
        detail:
          "Request to model 'voyage-4-large' failed. The example at index 0 in your batch has too many tokens and does not fit into the model's context window of 32000 tokens. Please lower the number of tokens in the listed example(s) or use truncation.",
      },
      'context-length',
    ],
    // https://github.com/assafelovic/gpt-researcher/issues/1148
    [
      429,
      {
        detail:
          'You have not yet added your payment method in the billing page and will have reduced rate limits of 3 RPM and 10K TPM.',
      },
      'rate-limit',
    ],
    [200, { detail: 'Something went wrong.' }, 'server'],
  ])('E-04: %i %j is %s', async (status, said, code) => {
    const fetch = async (): Promise<Response> => Response.json(said, { status });
    const options = { model: 'm', apiKey: 'k', retry: false, fetch } as const;
    for (const call of [
      () => new VoyageEmbedding(options).embedText('a'),
      () => new VoyageReranker(options).rerank('q', ['a']),
    ])
      await expect(call()).rejects.toMatchObject({ code, provider: 'voyage', model: 'm' });
  });
});
