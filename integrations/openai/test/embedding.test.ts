import { json, startWire, type WireHandler } from '@mortise/conformance';
import { OpenAIEmbedding, type OpenAIEmbeddingOptions } from '@mortise/openai';
import { describe, expect, it } from 'vitest';

const base64 = (...numbers: number[]): string =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

const reply = (...rows: [index: number, embedding: unknown][]): unknown => ({
  object: 'list',
  model: 'text-embedding-3-small',
  data: rows.map(([index, embedding]) => ({ object: 'embedding', index, embedding })),
  usage: { prompt_tokens: 4, total_tokens: 4 },
});

async function embedding(handler: WireHandler, options: Partial<OpenAIEmbeddingOptions> = {}) {
  const wire = await startWire(handler);
  const model = new OpenAIEmbedding({
    model: 'text-embedding-3-small',
    baseURL: `${wire.url}/v1`,
    apiKey: 'sk-test',
    retry: false,
    ...options,
  });
  return { wire, model, [Symbol.asyncDispose]: () => wire.close() };
}

describe('OpenAIEmbedding', () => {
  it('M-02: sends one body and places base64 rows by their index', async () => {
    await using it = await embedding((_request, answer) =>
      json(answer, reply([1, base64(3, 4)], [0, base64(1, 2)])),
    );
    const result = await it.model.embedTexts(['a', 'b']);
    expect(result.embeddings).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    expect(result).toMatchObject({
      usage: { inputTokens: 4 },
      model: 'text-embedding-3-small',
      providerMetadata: { openai: { model: 'text-embedding-3-small' } },
    });
    expect(it.wire.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/embeddings',
      body: { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'base64' },
    });
  });

  it('takes plain numbers from a server that ignores base64', async () => {
    await using it = await embedding((_request, answer) => json(answer, reply([0, [0.5, -1]])));
    expect(await it.model.embedQuery('a')).toEqual(Float32Array.of(0.5, -1));
  });

  it.each([
    [{ dimensions: 2 }, {}, 2],
    [{}, { dimensions: 2 }, 2],
    [{ dimensions: 7 }, { dimensions: 2 }, 2],
  ])('asks for dimensions of the model %j and of the call %j', async (settings, options, dimensions) => {
    await using it = await embedding((_request, answer) => json(answer, reply([0, base64(1, 2)])), settings);
    await it.model.embedText('a', { ...options, providerOptions: { openai: { user: 'u' } } });
    expect(it.wire.requests[0]!.body).toEqual({
      model: 'text-embedding-3-small',
      input: ['a'],
      encoding_format: 'base64',
      dimensions,
      user: 'u',
    });
  });

  it.each([
    ['a row too few', reply([0, base64(1, 2)])],
    ['a row twice', reply([0, base64(1, 2)], [0, base64(1, 2)])],
    ['rows of two lengths', reply([0, base64(1, 2)], [1, base64(1)])],
    ['a number that is not finite', reply([0, base64(1, 2)], [1, base64(NaN, 1)])],
    ['an empty row', reply([0, base64(1, 2)], [1, ''])],
    ['bytes that are no floats', reply([0, base64(1, 2)], [1, 'AAA='])],
    ['no index', { data: [{ embedding: base64(1) }, { embedding: base64(1) }] }],
    ['no rows', {}],
  ])('M-03: %s is malformed-response', async (_title, body) => {
    await using it = await embedding((_request, answer) => json(answer, body));
    await expect(it.model.embedTexts(['a', 'b'])).rejects.toMatchObject({
      code: 'malformed-response',
      provider: 'openai',
    });
  });

  it('M-01: keeps to 2,048 texts and 300,000 tokens a request', async () => {
    const sizes: number[] = [];
    await using it = await embedding((request, answer) => {
      const { input } = request.body as { input: string[] };
      sizes.push(input.length);
      json(answer, reply(...input.map((_text, at): [number, unknown] => [at, base64(1)])));
    });
    expect(it.model.metadata).toEqual({
      maxBatchSize: 2048,
      maxBatchTokens: 300_000,
      maxInputTokens: 8192,
      asymmetric: false,
    });
    await it.model.embedTexts(Array.from({ length: 2049 }, (_, at) => `t${at}`));
    expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 2048]);
    sizes.length = 0;
    await it.model.embedTexts(Array.from({ length: 60 }, (_, at) => `${at} ${'word '.repeat(6000)}`));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
  });

  it('M-05: refuses an empty string and sends nothing for no texts', async () => {
    await using it = await embedding((_request, answer) => json(answer, reply()));
    await expect(it.model.embedTexts(['a', ''])).rejects.toMatchObject({ code: 'invalid-request' });
    expect((await it.model.embedTexts([])).embeddings).toEqual([]);
    expect(it.wire.requests).toHaveLength(0);
  });

  it('E-04: maps errors like the language model', async () => {
    const body = {
      error: {
        message: 'This model takes at most 8192 tokens',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
    };
    await using it = await embedding((_request, answer) => json(answer, body, { status: 400 }));
    await expect(it.model.embedText('a')).rejects.toMatchObject({
      code: 'context-length',
      status: 400,
      provider: 'openai',
    });
    await using page = await embedding(
      (_request, answer) => void answer.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    );
    await expect(page.model.embedText('a')).rejects.toMatchObject({ code: 'malformed-response' });
  });
});
