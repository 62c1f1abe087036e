import { describe, expect, it } from 'vitest';
import { json, startWire, type WireHandler } from '@mortise/conformance';
import { binarySimilarity, quantizeBinary } from '@mortise/toolkit/vectors';
import { similarity } from '@mortise/core/embedding';
import { VoyageEmbedding, type VoyageEmbeddingOptions } from '@mortise/voyage';

const base64 = (...numbers: number[]): string =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

/** What Voyage answers: the first number of a row tells its text, and the second what it was embedded as. */
const answer: WireHandler = (request, reply) => {
  const { input, input_type: type, encoding_format: format } = request.body as Record<string, any>;
  const rows = input.map((text: string) => [Number(text), type === 'query' ? 1 : 2]);
  json(reply, {
    object: 'list',
    data: rows.map((row: number[], index: number) => ({
      object: 'embedding',
      embedding: format === 'base64' ? base64(...row) : row,
      index,
    })),
    model: 'voyage-answered',
    usage: { total_tokens: input.length },
  });
};

async function withWire<T>(
  use: (embedding: VoyageEmbedding, bodies: () => any[]) => Promise<T>,
  options: Partial<VoyageEmbeddingOptions> = {},
  handler: WireHandler = answer,
): Promise<T> {
  await using wire = await startWire(handler);
  const embedding = new VoyageEmbedding({
    model: 'voyage-test',
    baseURL: `${wire.url}/v1`,
    retry: false,
    ...options,
  });
  return await use(embedding, () => {
    expect(wire.requests.map(({ method, path }) => [method, path])).toEqual(
      wire.requests.map(() => ['POST', '/v1/embeddings']),
    );
    return wire.requests.map(({ body }) => body);
  });
}

const BODY = {
  model: 'voyage-test',
  input: ['7'],
  input_type: 'document',
  truncation: false,
  encoding_format: 'base64',
};

const replyOf =
  (...rows: unknown[]): WireHandler =>
  (_request, reply) =>
    json(reply, { object: 'list', data: rows.map((embedding, index) => ({ embedding, index })) });

describe('VoyageEmbedding', () => {
  it('M-02: embeds queries as queries and documents as documents', async () => {
    await withWire(async (embedding, bodies) => {
      expect(await embedding.embedQuery('7')).toEqual(Float32Array.from([7, 1]));
      expect(await embedding.embedText('7')).toEqual(Float32Array.from([7, 2]));
      expect(await embedding.embedTexts(['7'])).toMatchObject({
        provider: 'voyage',
        model: 'voyage-answered',
        usage: { inputTokens: 1 },
      });
      expect(bodies()).toEqual([{ ...BODY, input_type: 'query' }, BODY, BODY]);
    });
  });

  it.each<[string, Partial<VoyageEmbeddingOptions>, Record<string, unknown>]>([
    ['dimensions', { dimensions: 2 }, { output_dimension: 2 }],
    ['truncation', { truncation: true }, { truncation: true }],
  ])('takes %s', async (_name, options, more) => {
    await withWire(async (embedding, bodies) => {
      expect(await embedding.embedText('7')).toEqual(Float32Array.from([7, 2]));
      expect(bodies()).toEqual([{ ...BODY, ...more }]);
    }, options);
  });

  it('C-07: takes dimensions and providerOptions of a call, the latter last', async () => {
    await withWire(async (embedding, bodies) => {
      const voyage = { input_type: null, encoding_format: null, truncation: true };
      expect(await embedding.embedText('7', { dimensions: 2, providerOptions: { voyage } })).toEqual(
        Float32Array.from([7, 2]),
      );
      expect(bodies()).toEqual([
        { model: 'voyage-test', input: ['7'], output_dimension: 2, truncation: true },
      ]);
    });
  });

  it('M-01: places rows by their index', async () => {
    const handler: WireHandler = (_request, reply) =>
      json(reply, {
        data: [
          { index: 1, embedding: [2, 2] },
          { index: 0, embedding: [1, 1] },
        ],
      });
    await withWire(
      async (embedding) => {
        const { embeddings, usage } = await embedding.embedTexts(['a', 'b']);
        expect(embeddings.map(([first]) => first)).toEqual([1, 2]);
        expect(usage).toEqual({});
      },
      {},
      handler,
    );
  });

  it.each([
    ['voyage-4', 320_000],
    ['voyage-3.5-lite', 1_000_000],
    ['voyage-4-large', 120_000],
    ['a-model-of-tomorrow', 120_000],
  ])('M-01: knows what a request of %s takes', (model, maxBatchTokens) => {
    const { metadata } = new VoyageEmbedding({ model, dimensions: 256 });
    expect(metadata).toEqual({ maxBatchSize: 1000, maxBatchTokens, asymmetric: true, dimensions: 256 });
  });

  it('M-01: makes requests of at most so many texts and tokens', async () => {
    await withWire(async (embedding, bodies) => {
      await embedding.embedTexts(Array.from({ length: 1500 }, (_, at) => String(at)));
      const sizes = bodies().map(({ input }) => input.length);
      expect(sizes.toSorted((a, b) => b - a)).toEqual([1000, 500]);
    });
    await withWire(
      async (embedding, bodies) => {
        await embedding.embedTexts(['1', '2', '3'].map((digit) => digit.repeat(30)));
        expect(bodies().map(({ input }) => input.length)).toEqual([2, 1]);
      },
      {
        metadata: { maxBatchTokens: 70 },
        concurrency: 1,
        tokenizer: { name: 'letters', count: (text) => text.length },
      },
    );
  });

  it('gives int8 as the numbers that they are', async () => {
    await withWire(
      async (embedding, bodies) => {
        expect(await embedding.embedText('7')).toEqual(Float32Array.from([-128, 0, 127]));
        const { encoding_format: _, ...body } = BODY;
        expect(bodies()).toEqual([{ ...body, output_dtype: 'int8' }]);
      },
      { outputDtype: 'int8' },
      replyOf([-128, 0, 127]),
    );
  });

  it.each([
    ['ubinary', [0b1010_0001, 0b1111_0000]],
    // The same bits, as numbers from -128: https://docs.voyageai.com/docs/flexible-dimensions-and-quantization
    ['binary', [0b1010_0001 - 128, 0b1111_0000 - 128]],
  ] as const)('gives %s as signs, of which the toolkit makes the same bytes', async (outputDtype, row) => {
    await withWire(
      async (embedding) => {
        const [vector = new Float32Array(), other = vector] = (await embedding.embedTexts(['a', 'b']))
          .embeddings;
        expect([...vector]).toEqual([1, -1, 1, -1, -1, -1, -1, 1, 1, 1, 1, 1, -1, -1, -1, -1]);
        expect([...quantizeBinary(vector)]).toEqual([0b1010_0001, 0b1111_0000]);
        // Two of sixteen bits differ.
        expect(similarity(vector, other)).toBeCloseTo(1 - 2 * (2 / 16));
        expect(binarySimilarity(quantizeBinary(vector), quantizeBinary(other), 16)).toBeGreaterThan(0.9);
      },
      { outputDtype, dimensions: 16 },
      replyOf([...row], [row[0], row[1] ^ 0b11]),
    );
  });

  it.each(['uint8', 'half'])('refuses the output type %s', (outputDtype) => {
    expect(() => new VoyageEmbedding({ model: 'm', outputDtype: outputDtype as 'int8' })).toThrow(
      expect.objectContaining({ code: 'configuration' }) as Error,
    );
  });

  it.each<[string, Partial<VoyageEmbeddingOptions>, unknown]>([
    ['too few rows', {}, { data: [] }],
    ['no rows', {}, { object: 'list' }],
    ['rows that are none', {}, { data: [1] }],
    ['half a number', {}, { data: [{ index: 0, embedding: 'AAAA' }] }],
    ['no embedding', {}, { data: [{ index: 0 }] }],
    ['no index', {}, { data: [{ embedding: [1, 2] }] }],
    ['wrong dimensions', { dimensions: 3 }, { data: [{ index: 0, embedding: [1, 2] }] }],
    ['bits beyond a byte', { outputDtype: 'ubinary' }, { data: [{ index: 0, embedding: [256] }] }],
    ['bits below a byte', { outputDtype: 'binary' }, { data: [{ index: 0, embedding: [-129] }] }],
    ['bits that are no numbers', { outputDtype: 'binary' }, { data: [{ index: 0, embedding: [null] }] }],
    ['too few bits', { outputDtype: 'binary', dimensions: 16 }, { data: [{ index: 0, embedding: [1] }] }],
  ])('M-03: refuses %s as malformed', async (_name, options, body) => {
    await withWire(
      async (embedding) => {
        await expect(embedding.embedText('7')).rejects.toMatchObject({ code: 'malformed-response' });
      },
      options,
      (_request, reply) => json(reply, body),
    );
  });
});
