import { describe, expect, it } from 'vitest';
import { json, startWire, type WireHandler } from '@mortise/conformance';
import type { EmbeddingInput } from '@mortise/core/embedding';
import type { ContentBlock } from '@mortise/core/llm';
import { VoyageEmbedding, type VoyageEmbeddingOptions } from '@mortise/voyage';

const PNG = Uint8Array.of(137, 80, 78, 71);
const DATA = 'data:image/png;base64,iVBORw==';
const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const bytes: ContentBlock = { type: 'image', source: { data: PNG, mediaType: 'image/png' } };
const address = (url: string): ContentBlock => ({ type: 'image', source: { url } });

/** What Voyage answers to images: a row's first number is how many pieces its input had, and usage says what each cost. */
const answer: WireHandler = ({ body }, reply) => {
  const { inputs } = body as { inputs: { content: unknown[] }[] };
  json(reply, {
    object: 'list',
    data: inputs
      .map(({ content }, index) => ({
        object: 'embedding',
        embedding: Buffer.from(Float32Array.of(content.length, index).buffer).toString('base64'),
        index,
      }))
      .toReversed(),
    model: 'voyage-multimodal-3.5',
    usage: { text_tokens: 5, image_pixels: 2_000_000, total_tokens: 3576 },
  });
};

async function withWire<T>(
  use: (embedding: VoyageEmbedding, bodies: () => any[]) => Promise<T>,
  options: Partial<VoyageEmbeddingOptions> = {},
): Promise<T> {
  await using wire = await startWire(answer);
  const embedding = new VoyageEmbedding({
    model: 'voyage-multimodal-3.5',
    baseURL: `${wire.url}/v1`,
    retry: false,
    ...options,
  });
  return await use(embedding, () => {
    expect(wire.requests.every(({ path }) => path === '/v1/multimodalembeddings')).toBe(true);
    return wire.requests.map(({ body }) => body);
  });
}

describe('inputs of texts and images', () => {
  it('M-01: sends them as one input, in the order of their blocks, and reads what the reply says', async () => {
    await withWire(
      async (embedding, bodies) => {
        const inputs: EmbeddingInput[] = ['a dog', [text('a cat'), bytes], [address(DATA)]];
        const result = await embedding.embedTexts(inputs);
        expect(result).toMatchObject({
          provider: 'voyage',
          model: 'voyage-multimodal-3.5',
          usage: { inputTokens: 3576 },
          warnings: [],
        });
        expect(result.embeddings.map((vector) => [...vector])).toEqual([
          [1, 0],
          [2, 1],
          [1, 2],
        ]);
        const picture = { type: 'image_base64', image_base64: DATA };
        expect(bodies()).toEqual([
          {
            model: 'voyage-multimodal-3.5',
            inputs: [
              { content: [{ type: 'text', text: 'a dog' }] },
              { content: [{ type: 'text', text: 'a cat' }, picture] },
              { content: [picture] },
            ],
            input_type: 'document',
            truncation: false,
            encoding_format: 'base64',
            output_dimension: 2,
          },
        ]);
      },
      { dimensions: 2 },
    );
  });

  it('M-01: asks for images by their URLs apart from those by their bytes, each in its place', async () => {
    await withWire(async (embedding, bodies) => {
      const url = 'https://example.com/cat.png';
      const inputs = [[bytes], [text('x'), text('y'), address(url)], 'a', [address(url), text('z')]];
      const { embeddings, usage } = await embedding.embedTexts(inputs);
      expect(embeddings.map((vector) => [...vector])).toEqual([
        [1, 0],
        [3, 0],
        [1, 1],
        [2, 1],
      ]);
      expect(usage).toEqual({ inputTokens: 7152 });
      const kinds = bodies().map(({ inputs: sent }) =>
        sent.map(({ content }: any) => content.map(({ type }: any) => type).join()),
      );
      expect(kinds).toEqual([
        ['image_base64', 'text'],
        ['text,text,image_url', 'image_url,text'],
      ]);
      expect(bodies()[1].inputs[0].content[2]).toEqual({ type: 'image_url', image_url: url });
    });
  });

  it.each([
    [
      'an input with both kinds of images',
      'voyage-multimodal-3.5',
      [bytes, address('https://example.com/a.png')],
      'one of the two',
    ],
    ['an image for a model of text', 'voyage-4', [bytes], 'texts[0][0]'],
  ])('C-08: refuses %s before anything is sent', async (_what, model, input, said) => {
    await withWire(
      async (embedding, bodies) => {
        await expect(embedding.embedText(input)).rejects.toMatchObject({
          code: 'unsupported',
          message: expect.stringContaining(said) as string,
        });
        expect(bodies()).toEqual([]);
      },
      { model },
    );
  });

  it('takes images where the metadata says so, whatever the name of the model', async () => {
    await withWire(
      async (embedding, bodies) => {
        await embedding.embedQuery([bytes]);
        expect(bodies()[0]).toMatchObject({ model: 'ours', input_type: 'query' });
      },
      { model: 'ours', metadata: { inputModalities: ['text', 'image'] } },
    );
  });

  it('M-01: leaves room in a request for images of many pixels', async () => {
    await withWire(async (embedding, bodies) => {
      const images = Array.from({ length: 60 }, (_, at) => [
        { type: 'image' as const, source: { data: Uint8Array.of(at), mediaType: 'image/png' } },
      ]);
      await embedding.embedTexts(images, { concurrency: 1 });
      expect(bodies().map(({ inputs }) => inputs.length)).toEqual([37, 23]);
    });
  });
});
