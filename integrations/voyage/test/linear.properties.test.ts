import { slowReadings } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { VoyageEmbedding, VoyageReranker } from '@mortise/voyage';
import * as voyage from '@mortise/voyage';

const answering = (text: string, status = 200) => ({
  model: 'm' as const,
  apiKey: 'k',
  retry: false as const,
  fetch: () =>
    Promise.resolve(new Response(text, { status, headers: { 'content-type': 'application/json' } })),
});

describe('C-13: takes time in proportion to what it reads', () => {
  it.each([
    ['vectors', (body: string) => new VoyageEmbedding(answering(body)).embedTexts(['a'])],
    [
      'bits',
      (body: string) => new VoyageEmbedding({ ...answering(body), outputDtype: 'binary' }).embedTexts(['a']),
    ],
    ['a ranking', (body: string) => new VoyageReranker(answering(body)).rerank('q', ['a'])],
    ['an error', (body: string) => new VoyageReranker(answering(body, 400)).rerank('q', ['a'])],
  ])(
    'of %s',
    async (_, read) => {
      const heads = ['{"data":[{"index":0,"embedding":[', '{"data":[{"embedding":"', '{"detail":"'];
      const given = { heads, repeated: ['0', '1,', '"', '[', ' '], tails: ['a', ']}]}'] };
      expect(await slowReadings(read, given)).toEqual([]);
    },
    300_000,
  );

  it('of rows, signs and images of a list', async () => {
    const rows = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ index, embedding: [index % 128] }));
    const read = (text: string): Promise<unknown> => {
      const inputs = Array.from(text, (_letter, at) => `text ${at}`);
      const body = JSON.stringify({ data: rows(inputs.length) });
      const options = { ...answering(body), outputDtype: 'binary' as const };
      return new VoyageEmbedding({ ...options, metadata: { maxBatchSize: 1e6 } }).embedTexts(inputs);
    };
    expect(await slowReadings(read, { length: 2_000, repeated: ['a'], heads: [''], tails: [''] })).toEqual(
      [],
    );
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(voyage).toSorted()).toEqual(['VoyageEmbedding', 'VoyageReranker']);
  });
});
