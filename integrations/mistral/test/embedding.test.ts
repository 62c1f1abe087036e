import { MistralEmbedding, type MistralEmbeddingOptions } from '@mortise/mistral';
import { describe, expect, it } from 'vitest';

type Body = Record<string, any>;

function embeddingOf(
  options: Partial<MistralEmbeddingOptions> = {},
  row: (at: number) => unknown = (at) => [at, 1],
) {
  const bodies: Body[] = [];
  const urls: unknown[] = [];
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(init?.body as string) as Body;
    urls.push(url);
    bodies.push(body);
    const data = (body['input'] as string[]).map((_text, index) => ({
      object: 'embedding',
      index,
      embedding: row(index),
    }));
    const usage = { prompt_tokens: 2 * data.length, completion_tokens: 0, total_tokens: 2 * data.length };
    // W-03: by their index, not by their order.
    return Response.json({
      id: 'e1',
      object: 'list',
      data: data.toReversed(),
      model: 'mistral-embed',
      usage,
    });
  };
  const model = { model: 'mistral-embed', apiKey: 'test', retry: false as const, fetch };
  return { embedding: new MistralEmbedding({ ...model, ...options }), bodies, urls };
}

describe('embeddings', () => {
  it('M-02: are those of the texts, in their order', async () => {
    const { embedding, bodies, urls } = embeddingOf();
    const { embeddings, usage, model } = await embedding.embedTexts(['a', 'b']);
    expect(embeddings.map((each) => [...each])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(usage.inputTokens).toBe(4);
    expect(model).toBe('mistral-embed');
    expect(urls).toEqual(['https://api.mistral.ai/v1/embeddings']);
    expect(bodies).toEqual([{ model: 'mistral-embed', input: ['a', 'b'] }]);
  });

  it('M-01: are of the length that is asked for', async () => {
    const { embedding, bodies } = embeddingOf({ model: 'codestral-embed', dimensions: 2 });
    await embedding.embedTexts(['a']);
    expect(bodies[0]).toEqual({ model: 'codestral-embed', input: ['a'], output_dimension: 2 });
    await expect(embedding.embedTexts(['a'], { dimensions: 3 })).rejects.toMatchObject({
      code: 'malformed-response',
    });
    expect(bodies[1]).toMatchObject({ output_dimension: 3 });
  });

  it('M-01: go in requests of at most 512 texts, and of 16,384 tokens', async () => {
    const { embedding, bodies } = embeddingOf();
    await embedding.embedTexts(Array.from({ length: 600 }, (_each, at) => `text ${at}`));
    expect(bodies.map(({ input }) => input.length)).toEqual([512, 88]);
    const long = Array.from({ length: 3 }, (_each, at) => `${at}${' word'.repeat(8_000)}`);
    await embedding.embedTexts(long);
    expect(bodies.slice(2).map(({ input }) => input.length)).toEqual([1, 1, 1]);
  });

  it('C-07: may be whole numbers', async () => {
    const { embedding, bodies } = embeddingOf({}, () => [-128, 127]);
    const providerOptions = { mistral: { output_dtype: 'int8' } };
    const { embeddings } = await embedding.embedTexts(['a'], { providerOptions });
    expect(bodies[0]).toMatchObject({ output_dtype: 'int8' });
    expect([...embeddings[0]!]).toEqual([-128, 127]);
  });

  it('C-07: may come as base64', async () => {
    const base64 = Buffer.from(new Float32Array([0.5, -2]).buffer).toString('base64');
    const { embedding } = embeddingOf({}, () => base64);
    const providerOptions = { mistral: { encoding_format: 'base64' } };
    expect([...(await embedding.embedTexts(['a'], { providerOptions })).embeddings[0]!]).toEqual([0.5, -2]);
  });

  it.each([
    { output_dtype: 'binary' },
    { output_dtype: 'ubinary' },
    { output_dtype: 'int8', encoding_format: 'base64' },
  ])('C-08: are not packed bytes: %j', async (mistral) => {
    const { embedding, bodies } = embeddingOf();
    const packed = embedding.embedTexts(['a'], { providerOptions: { mistral } });
    await expect(packed).rejects.toMatchObject({ code: 'unsupported', provider: 'mistral' });
    expect(bodies).toEqual([]);
  });
});

describe('E-06: what is no embedding', () => {
  it.each([
    ['JSON without rows', { usage: {} }],
    ['rows that are none', { data: ['x'] }],
    ['a row without a vector', { data: [{ index: 0 }] }],
  ])('%s', async (_name, body) => {
    const { embedding } = embeddingOf({ fetch: async () => Response.json(body) });
    await expect(embedding.embedQuery('a')).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

it('says what is known of the model, under what the caller knows better', () => {
  const { embedding } = embeddingOf({ dimensions: 256, metadata: { maxBatchSize: 8 } });
  expect(embedding.metadata).toEqual({
    maxBatchSize: 8,
    maxBatchTokens: 16_384,
    maxInputTokens: 8192,
    asymmetric: false,
    dimensions: 256,
  });
});
