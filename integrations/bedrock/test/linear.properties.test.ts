import { slowReadings } from '@mortise/conformance';
import * as bedrock from '@mortise/bedrock';
import { BedrockEmbedding, BedrockReranker } from '@mortise/bedrock';
import { describe, expect, it } from 'vitest';
import { answering, bytesOf, eventsOf, REPLY, streamed, type Event } from './sent.ts';

type Delta = readonly [index: number, delta: object];

const stream = (deltas: readonly Delta[], chunk?: number): Promise<unknown> => {
  const bytes = bytesOf(eventsOf(deltas));
  return answering(() => streamed(bytes, chunk ?? bytes.length))
    .llm.streamChat('q')
    .final();
};
const whole = (content: readonly object[]): Promise<unknown> =>
  answering(() => Response.json({ ...REPLY, output: { message: { content } } })).llm.chat('q');

const CITATION = {
  title: 'T',
  sourceContent: [{ text: 'q' }],
  location: { documentChar: { documentIndex: 0 } },
};
const start = (toolUseId: string, more: object = {}): object => ({
  start: { toolUse: { toolUseId, name: 'f', ...more } },
});

/** What a reply may bring again and again, a character of the text a piece. */
const READ: { readonly [what: string]: (letters: readonly string[]) => Promise<unknown> } = {
  'pieces of a text': (letters) => stream(letters.map((text): Delta => [0, { text }])),
  'pieces of a text, five bytes at a time': (letters) =>
    stream(
      letters.slice(0, letters.length / 8 + 1).map((text): Delta => [0, { text }]),
      5,
    ),
  'one long frame, in small pieces': (letters) => stream([[0, { text: letters.join('') }]], 3),
  texts: (letters) => stream(letters.map((text, at): Delta => [at, { text }])),
  'pieces of a thought': (letters) =>
    stream(letters.map((text): Delta => [0, { reasoningContent: { text } }])),
  'signatures of a thought': (letters) =>
    stream(letters.map((signature): Delta => [0, { reasoningContent: { signature } }])),
  'texts and thoughts in turn at one place': (letters) =>
    stream(letters.map((text, at): Delta => [0, at % 2 === 0 ? { text } : { reasoningContent: { text } }])),
  'citations of a text': (letters) =>
    stream([[0, { text: 'a' }], ...letters.map((): Delta => [0, { citation: CITATION }])]),
  'arguments of a call of the provider’s': (letters) =>
    stream([
      [0, start('a', { type: 'server_tool_use' })],
      ...letters.map((input): Delta => [0, { toolUse: { input } }]),
    ]),
  'pieces of what a tool gave': (letters) =>
    stream([
      [0, { start: { toolResult: { toolUseId: 'a' } } }],
      ...letters.map((text): Delta => [0, { toolResult: [{ text }] }]),
    ]),
  'texts of a whole reply': (letters) => whole(letters.map((text) => ({ text }))),
  'pieces and citations of a cited text': (letters) =>
    whole([
      {
        citationsContent: {
          content: letters.map((text) => ({ text })),
          citations: letters.map(() => CITATION),
        },
      },
    ]),
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(READ))(
    'of a reply: %s',
    async (_, readOf) => {
      const read = (pieces: string): Promise<unknown> => readOf(pieces.split(''));
      expect(await read('aaa')).toHaveProperty('message');
      expect(await slowReadings(read, { length: 1_000, repeated: ['a'], tails: [''] })).toEqual([]);
    },
    300_000,
  );

  it('of calls that are opened', async () => {
    const read = (letters: string): Promise<unknown> => {
      const events: Event[] = eventsOf(
        letters.split('').map((_, at): Delta => [at, start(`c${at}`)]),
        'tool_use',
      );
      return answering(() => streamed(bytesOf(events)))
        .llm.streamChat('q')
        .final();
    };
    expect(await slowReadings(read, { length: 1_000, repeated: ['a'], tails: [''] })).toEqual([]);
  }, 300_000);

  it('of an error, whatever comes again and again', async () => {
    const read = (body: string): Promise<unknown> =>
      answering(() => new Response(body, { status: 400 })).llm.chat('q');
    expect(await slowReadings(read, { heads: ['', '{"message":"'], tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('of titles of documents', async () => {
    const read = (title: string): Promise<unknown> => {
      const document = { type: 'document' as const, title, source: { text: 'W' } };
      const text = { type: 'text' as const, text: 'Q' };
      const documents = Array.from({ length: Math.min(title.length, 500) }, () => document);
      const { llm } = answering(() => Response.json(REPLY));
      return llm.chat([{ role: 'user', content: [...documents, text] }]);
    };
    expect(await slowReadings(read, { length: 2_000, repeated: [' ', '_', 'a', '( '], tails: [''] })).toEqual(
      [],
    );
  }, 300_000);

  it('of vectors and rankings', async () => {
    const options = (body: string) => ({
      model: 'cohere.m',
      region: 'us-east-1',
      apiKey: 'k',
      retry: false as const,
      fetch: async () => new Response(body),
    });
    const repeated = ['0', '1,', '{},', '"', '[', ' '];
    const embed = (body: string): Promise<unknown> => new BedrockEmbedding(options(body)).embedTexts(['a']);
    const heads = ['{"embeddings":{"float":[[', '{"embeddings":['];
    expect(await slowReadings(embed, { heads, repeated, tails: ['a'] })).toEqual([]);
    const rank = (body: string): Promise<unknown> => new BedrockReranker(options(body)).rerank('q', ['a']);
    expect(await slowReadings(rank, { heads: ['{"results":['], repeated, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(bedrock).toSorted()).toEqual(['BedrockEmbedding', 'BedrockLLM', 'BedrockReranker']);
  });
});
