import { describe, expect, it } from 'vitest';
import { CohereEmbedding, type CohereEmbeddingOptions } from '@mortise/cohere';
import { json, startWire, type WireHandler } from '@mortise/conformance';

const base64 = (...numbers: number[]): string =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

/** What Cohere answers: the first number of a row tells its text, and the second what it was embedded as. */
const answer: WireHandler = (request, reply) => {
  const { texts, input_type: type, embedding_types: types } = request.body as Record<string, any>;
  const rows = texts.map((text: string) => [Number(text), type === 'search_query' ? 1 : 2]);
  json(reply, {
    id: 'e',
    texts,
    embeddings:
      types[0] === 'base64' ? { base64: rows.map((row: number[]) => base64(...row)) } : { float: rows },
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: texts.length } },
    response_type: 'embeddings_by_type',
  });
};

async function withWire<T>(
  use: (embedding: CohereEmbedding, bodies: () => unknown[]) => Promise<T>,
  options: Partial<CohereEmbeddingOptions> = {},
  handler: WireHandler = answer,
): Promise<T> {
  await using wire = await startWire(handler);
  const embedding = new CohereEmbedding({ model: 'embed-test', baseURL: wire.url, retry: false, ...options });
  return await use(embedding, () => {
    expect(wire.requests.every(({ method, path }) => method === 'POST' && path === '/v2/embed')).toBe(true);
    return wire.requests.map(({ body }) => body);
  });
}

const BODY = {
  model: 'embed-test',
  texts: ['7'],
  input_type: 'search_document',
  embedding_types: ['base64'],
  truncate: 'NONE',
};

describe('CohereEmbedding', () => {
  it('embeds queries as queries and documents as documents', async () => {
    await withWire(async (embedding, bodies) => {
      expect(await embedding.embedQuery('7')).toEqual(Float32Array.from([7, 1]));
      expect(await embedding.embedText('7')).toEqual(Float32Array.from([7, 2]));
      expect((await embedding.embedTexts(['7'], { kind: 'query' })).embeddings[0]![1]).toBe(1);
      expect(bodies()).toEqual([
        { ...BODY, input_type: 'search_query' },
        BODY,
        { ...BODY, input_type: 'search_query' },
      ]);
    });
  });

  it('M-01: what counts nothing is no count in sum with another either', async () => {
    const handler: WireHandler = (_request, reply) =>
      json(reply, {
        id: 'e',
        texts: ['a'],
        embeddings: { base64: [base64(1, 2)] },
        meta: { billed_units: { input_tokens: -5, image_tokens: 260 } },
      });
    await withWire(
      async (embedding) => {
        const { usage, warnings } = await embedding.embedTexts(['a']);
        expect([usage, warnings]).toMatchObject([{}, [{ setting: 'usage' }]]);
        expect(usage.inputTokens).toBeUndefined();
      },
      {},
      handler,
    );
  });

  it('M-01: sends text and images as one input, in the order of their blocks, and counts both', async () => {
    const PNG = Uint8Array.of(137, 80, 78, 71);
    const handler: WireHandler = (_request, reply) =>
      json(reply, {
        id: 'e',
        texts: [],
        images: [{ width: 8, height: 8, format: 'png', bit_depth: 24 }],
        embeddings: { base64: [base64(1, 2), base64(3, 4), base64(5, 6)] },
        meta: { billed_units: { input_tokens: 5, image_tokens: 260, images: 2 } },
        response_type: 'embeddings_by_type',
      });
    await withWire(
      async (embedding, bodies) => {
        const result = await embedding.embedTexts([
          'a dog',
          [
            { type: 'text', text: 'a cat' },
            { type: 'image', source: { data: PNG, mediaType: 'image/png' } },
          ],
          [{ type: 'image', source: { url: 'data:image/webp;base64,AAAA' } }],
        ]);
        expect(result).toMatchObject({
          provider: 'cohere',
          model: 'embed-v4.0',
          usage: { inputTokens: 265 },
        });
        expect(result.embeddings.map((vector) => [...vector])).toEqual([
          [1, 2],
          [3, 4],
          [5, 6],
        ]);
        expect(bodies()).toEqual([
          {
            model: 'embed-v4.0',
            inputs: [
              { content: [{ type: 'text', text: 'a dog' }] },
              {
                content: [
                  { type: 'text', text: 'a cat' },
                  { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
                ],
              },
              { content: [{ type: 'image_url', image_url: { url: 'data:image/webp;base64,AAAA' } }] },
            ],
            input_type: 'search_document',
            embedding_types: ['base64'],
            truncate: 'NONE',
          },
        ]);
      },
      { model: 'embed-v4.0' },
      handler,
    );
  });

  it.each([
    ['an image by its URL', 'embed-v4.0', { url: 'https://example.com/cat.png' }, 'an image by its URL'],
    [
      'an image for a model of text',
      'embed-english-v3.0',
      { data: 'AAAA', mediaType: 'image/png' },
      'texts[0][0]',
    ],
  ])('C-08: refuses %s before anything is sent', async (_what, model, source, said) => {
    await withWire(
      async (embedding, bodies) => {
        await expect(embedding.embedText([{ type: 'image', source }])).rejects.toMatchObject({
          code: 'unsupported',
          message: expect.stringContaining(said) as string,
        });
        expect(bodies()).toEqual([]);
      },
      { model },
    );
  });

  it('M-01: makes requests of at most 20 MB of images', async () => {
    const handler: WireHandler = ({ body }, reply) => {
      const { inputs } = body as { inputs: unknown[] };
      json(reply, { id: 'e', embeddings: { base64: inputs.map(() => base64(1)) }, meta: {} });
    };
    await withWire(
      async (embedding, bodies) => {
        const images = ['A', 'B', 'C'].map((letter) => [
          { type: 'image' as const, source: { data: letter.repeat(8_000_000), mediaType: 'image/png' } },
        ]);
        await embedding.embedTexts(images, { concurrency: 1 });
        const sizes = bodies().map((body) => (body as { inputs: unknown[] }).inputs.length);
        expect(sizes).toEqual([2, 1]);
      },
      { model: 'embed-v4.0' },
      handler,
    );
  });

  it.each<[string, Partial<CohereEmbeddingOptions>, Record<string, unknown>]>([
    ['dimensions', { dimensions: 2 }, { output_dimension: 2 }],
    ['truncate', { truncate: 'END' }, { truncate: 'END' }],
    ['encodingFormat', { encodingFormat: 'float' }, { embedding_types: ['float'] }],
  ])('takes %s', async (_name, options, more) => {
    await withWire(async (embedding, bodies) => {
      expect(await embedding.embedText('7')).toEqual(Float32Array.from([7, 2]));
      expect(bodies()).toEqual([{ ...BODY, ...more }]);
    }, options);
  });

  it('takes dimensions and providerOptions of a call, the latter last', async () => {
    await withWire(async (embedding, bodies) => {
      const cohere = { input_type: 'clustering', priority: 3 };
      await embedding.embedText('7', { dimensions: 2, providerOptions: { cohere } });
      expect(bodies()).toEqual([{ ...BODY, output_dimension: 2, ...cohere }]);
    });
  });

  it('M-01: sends 96 texts at once, and M-02 keeps their order', async () => {
    await withWire(async (embedding, bodies) => {
      const texts = Array.from({ length: 200 }, (_, at) => String(at));
      const { embeddings, usage } = await embedding.embedTexts(texts);
      expect(embeddings.map(([first]) => first)).toEqual(texts.map(Number));
      expect(usage).toEqual({ inputTokens: 200 });
      const sizes = bodies().map((body) => (body as typeof BODY).texts.length);
      expect(sizes.sort((a, b) => b - a)).toEqual([96, 96, 8]);
    });
  });

  it('hands on what Cohere warns of', async () => {
    const handler: WireHandler = (_request, reply) =>
      json(reply, {
        embeddings: { float: [[1]] },
        meta: { tokens: { input_tokens: 5 }, warnings: ['Old model.'] },
      });
    await withWire(
      async (embedding) => {
        const { warnings, usage } = await embedding.embedTexts(['7']);
        expect(warnings).toEqual([{ type: 'other', message: 'Old model.' }]);
        expect(usage).toEqual({ inputTokens: 5 });
      },
      {},
      handler,
    );
  });

  it.each<[string, unknown]>([
    ['too few rows', { embeddings: { float: [] } }],
    ['rows that are no numbers', { embeddings: { base64: [[1]] } }],
    ['half a number', { embeddings: { base64: ['AAAA'] } }],
    ['another type', { embeddings: { int8: [[1, 2]] } }],
    ['no embeddings', { id: 'e' }],
    ['wrong dimensions', { embeddings: { float: [[1, 2, 3]] } }],
  ])('M-03: refuses %s as malformed', async (_name, body) => {
    await withWire(
      async (embedding) => {
        await expect(embedding.embedText('7')).rejects.toMatchObject({ code: 'malformed-response' });
      },
      { dimensions: 2 },
      (_request, reply) => json(reply, body),
    );
  });

  it('says of a text that is too long that it is, instead of leaving its end out', async () => {
    const message = 'too many tokens: total number of tokens in text 0 cannot exceed 512 - received 700.';
    await withWire(
      async (embedding) => {
        await expect(embedding.embedText('7')).rejects.toMatchObject({ code: 'context-length', status: 400 });
      },
      {},
      (_request, reply) => json(reply, { message }, { status: 400 }),
    );
  });
});
