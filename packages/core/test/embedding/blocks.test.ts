import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock, EmbeddingInput, PartialEmbeddingResult } from '@mortise/core';
import { BaseEmbedding, inputKey, type EmbeddingMetadata, type EmbedReply } from '@mortise/core/embedding';
import { FakeEmbedding, vectorOf } from './fake.ts';

const BYTES = Uint8Array.of(1, 2, 3);
const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const image = (data: string | Uint8Array): ContentBlock => ({
  type: 'image',
  source: { data, mediaType: 'image/png' },
});

/** A model of images too, that remembers what it was asked. */
class Seeing extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly requests: (readonly EmbeddingInput[])[] = [];

  constructor(metadata: Partial<EmbeddingMetadata> = {}) {
    super({ provider: 'acme', model: 'seeing', retry: false });
    this.metadata = { maxBatchSize: 10, asymmetric: false, inputModalities: ['text', 'image'], ...metadata };
  }

  async doEmbed(inputs: readonly EmbeddingInput[]): Promise<EmbedReply> {
    this.requests.push(inputs);
    return { embeddings: inputs.map((input) => vectorOf(inputKey(input))) };
  }
}

const code = async (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable('It resolved.'),
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );

describe('inputs of blocks', () => {
  it('M-01: go to a model that declares them as they are, each with its vector', async () => {
    const model = new Seeing();
    const inputs = ['a', [text('a cat'), image(BYTES)], [{ type: 'image', source: { url: 'https://x/y' } }]];
    const { embeddings } = await model.embedTexts(inputs as EmbeddingInput[]);
    expect(model.requests).toEqual([inputs]);
    expect(embeddings.map((vector) => [...vector])).toEqual(
      (inputs as EmbeddingInput[]).map((input) => vectorOf(inputKey(input))),
    );
  });

  it('M-01: equal ones are sent once: the order of members and the form of bytes do not count', async () => {
    const model = new Seeing();
    const other = [
      { text: 'a cat', type: 'text' },
      { source: { mediaType: 'image/png', data: 'AQID' }, type: 'image' },
    ] as ContentBlock[];
    const { embeddings } = await model.embedTexts([[text('a cat'), image(BYTES)], other, [text('a cat')]]);
    expect(model.requests[0]).toHaveLength(2);
    expect([...embeddings[1]!]).toEqual([...embeddings[0]!]);
    expect(embeddings[1]).not.toBe(embeddings[0]);
    expect([...embeddings[2]!]).not.toEqual([...embeddings[0]!]);
  });

  it('M-01: no text has the key of blocks or of another text', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('\0', '\0\0', '['));
    const words = fc.array(part).map((parts) => parts.join(''));
    const blocks = fc.array(words, { minLength: 1 }).map((list) => list.map(text));
    fc.assert(
      fc.property(words, words, blocks, (one, other, list) => {
        expect(inputKey(one) === inputKey(other)).toBe(one === other);
        for (const lookalike of [one, JSON.stringify(list), `\0${JSON.stringify(list)}`, inputKey(list)])
          expect(inputKey(lookalike)).not.toBe(inputKey(list));
      }),
    );
  });

  it('M-01: count with the bytes of their texts, their base64 and their addresses', async () => {
    const model = new Seeing({ maxBatchBytes: 20 });
    const url = [{ type: 'image', source: { url: 'https://x/y' } }] as const;
    // 12 and 8 bytes fit together, 11 more do not, nor 7 with them and 4.
    await model.embedTexts([[image(new Uint8Array(9))], [text('é'), text('tales')], url, 'seven!!', 'four']);
    expect(model.requests.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('M-01: an image counts as 1,600 tokens', async () => {
    const tokenizer = { name: 'one', count: () => 1 };
    class Counted extends FakeEmbedding {}
    const model = new Counted({
      tokenizer,
      metadata: { maxBatchSize: 10, maxBatchTokens: 1602, inputModalities: ['text', 'image'] },
      embed: async (inputs) => ({ embeddings: inputs.map(() => [1]) }),
    });
    await model.embedTexts(['a', [text('b'), image('AAAA')], 'c', [image('BBBB')]]);
    expect(model.requests.map(({ length }) => length)).toEqual([2, 2]);
  });

  it.each([
    [
      'undeclared',
      {},
      [[text('a')]],
      'unsupported: texts[0][0] is a block of type text; fake embeds text alone, given as strings.',
    ],
    ['undeclared', {}, ['a', [text('a'), image(BYTES)]], 'unsupported: texts[1][0]'],
    [
      'another',
      { inputModalities: ['text', 'image'] },
      ['a', [text('a'), { type: 'audio', source: { url: 'x' } }]],
      'unsupported: texts[1][1] is a block of type audio; fake embeds text, image alone.',
    ],
    [
      "a provider's",
      { inputModalities: ['text', 'image'] },
      [[{ type: 'acme:odd' }]],
      'unsupported: texts[0][0]',
    ],
    ['an empty list', { inputModalities: ['text', 'image'] }, [[]], 'invalid-request: Text 0 is empty'],
    [
      'no block',
      { inputModalities: ['text', 'image'] },
      [[text('a'), 7]],
      'invalid-request: texts[0][1] is 7',
    ],
    [
      'an empty text',
      { inputModalities: ['text', 'image'] },
      [[text('')]],
      'invalid-request: texts[0][0].text is empty',
    ],
    [
      'no source',
      { inputModalities: ['text', 'image'] },
      [[{ type: 'image' }]],
      'invalid-request: texts[0][0].source',
    ],
    [
      'no data',
      { inputModalities: ['text', 'image'] },
      [[{ type: 'image', source: { data: '', mediaType: 'image/png' } }]],
      'invalid-request: texts[0][0].source.data',
    ],
    [
      'a getter that throws',
      { inputModalities: ['text', 'image'] },
      [
        [
          {
            get type() {
              throw new Error('mine');
            },
          },
        ],
      ],
      'invalid-request: The blocks cannot be read',
    ],
  ] as const)(
    'M-05: %s is refused before anything is sent, by its place',
    async (_what, metadata, inputs, refusal) => {
      const model = new FakeEmbedding({ metadata });
      expect(await code(model.embedTexts(inputs as never))).toContain(refusal);
      expect(await code(model.embedText(inputs.at(-1) as never))).toContain(refusal.slice(0, 11));
      expect(model.requests).toEqual([]);
      const stream = model.embedStream(inputs as never)[Symbol.asyncIterator]();
      const read = async (): Promise<void> => {
        while ((await stream.next()).done !== true);
      };
      expect(await code(read())).toContain(refusal);
    },
  );
});

describe('what was cut', () => {
  it('M-01: is one warning that names every place, and an event a request', async () => {
    const model = new FakeEmbedding({
      concurrency: 1,
      embed: async (inputs) => ({
        embeddings: inputs.map((input) => vectorOf(input)),
        truncated: inputs.flatMap((input, at) => (input.startsWith('long') ? [at] : [])),
      }),
    });
    const list = ['a', 'long 1', 'b', 'c', 'd', 'long 2', 'long 1'];
    const { warnings } = await model.embedTexts(list);
    expect(warnings).toEqual([
      {
        type: 'other',
        setting: 'maxInputTokens',
        message: 'fake cut 3 of the texts, which are longer than it reads. Split them.',
        inputs: [1, 5, 6],
      },
    ]);
  });
});

describe('who answered', () => {
  it('C-16: is said of results and of what was finished, with the name that the provider gives the model', async () => {
    const model = new FakeEmbedding({
      name: 'eu-gateway',
      concurrency: 1,
      embed: async (inputs) => {
        if (inputs.includes('bad')) throw new Error('No.');
        return { embeddings: inputs.map((input) => vectorOf(input)), model: 'fake-2' };
      },
    });
    expect(await model.embedTexts(['a'])).toMatchObject({
      provider: 'acme',
      server: 'eu-gateway',
      model: 'fake-2',
    });
    expect(await model.embedTexts([])).toMatchObject({
      provider: 'acme',
      server: 'eu-gateway',
      model: 'fake',
    });
    const { partial } = await model.embedTexts(['a', 'b', 'c', 'bad']).then(
      () => expect.unreachable('It resolved.'),
      (error: { partial: PartialEmbeddingResult }) => error,
    );
    expect(partial).toMatchObject({ provider: 'acme', server: 'eu-gateway', model: 'fake-2' });
    expect('server' in (await new FakeEmbedding().embedTexts(['a']))).toBe(false);
    expect(() => new FakeEmbedding({ name: '' })).toThrow(/name is not/);
  });
});
